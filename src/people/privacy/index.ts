export { conceal, concealBag, isToken, personalTypes, tokenShape } from './conceal.ts';
export { ErasedSince } from './erased.ts';
export { isMasked, maskOf } from './mask.ts';
export { privacyMigrations } from './migrations.ts';
export { createPrivacy, type Privacy } from './privacy.ts';
export { type ShownTo, showIn, showPersonalValues } from './show.ts';
export type { Secret } from './vault.ts';
export { type Declared, type Names, namesOf, PersonalNames } from './words.ts';
