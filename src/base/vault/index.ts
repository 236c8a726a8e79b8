export { masterKeys } from './master.ts';
export { blindOf, masterNames, newDataKey, openText, sealText, unwrapKey, wrapKey } from './seal.ts';
