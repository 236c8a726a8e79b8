export { type IdentityActs, releaseQuarantine, writePolicy } from './acts.ts';
export { IdentityBooks } from './book.ts';
export { cacheKey, IdentityCache } from './cache.ts';
export { conflictMessages, conflictsByHour } from './conflict-counts.ts';
export { type IdentityRouteDeps, identityRoutes } from './identity-routes.ts';
export { defaultRules, type Identity, identityTypes } from './identity-types.ts';
export { checkJoin, hindrances, refuse as refuseJoin, writeJoin } from './join.ts';
export { peopleByIdentities } from './lookup.ts';
export { migrations } from './migrations.ts';
export { isBlocked, normaliseIdentity, normalisePhone } from './normalise.ts';
export { createNotes, type Note, noteMigrations } from './notes/notes.ts';
export { noteRoutes } from './notes/routes.ts';
export { personId, personNo } from './numbers.ts';
export { numberSource } from './numbers-source.ts';
export { peopleZh } from './problems.zh.ts';
export {
  addressesOf,
  type Person,
  personByIdentity,
  type ReadDeps,
  readPeople,
  survivingPeople,
  survivingPerson,
  traitsOf,
} from './read.ts';
export { type Claim, numberKey, type Resolved, resolveBatch } from './resolver.ts';
export { personSchema, routes } from './routes.ts';
export type { IdentityRules } from './rules.ts';
export { type By, planSplit, writeSplit } from './split.ts';
export {
  type Activity,
  type PersonActivity,
  type PersonColumn,
  type PersonStanding,
  partsSql,
  type Standing,
  type StandingFilter,
} from './standing.ts';
export { replaceTraits } from './traits.ts';
