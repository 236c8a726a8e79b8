export { derivedKeys, keyMigrations } from './derived.ts';
export { masterKeys } from './master.ts';
export { blinder, masterNames, newDataKey, openText, sealText, unwrapKey, wrapKey } from './seal.ts';
export { type FileKeys, openSealed, readSealed, type SealedPlace, SealedWriter, sealing } from './sealed-file.ts';
