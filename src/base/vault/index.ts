export { masterKeys } from './master.ts';
export { blinder, masterNames, newDataKey, openText, sealText, unwrapKey, wrapKey } from './seal.ts';
