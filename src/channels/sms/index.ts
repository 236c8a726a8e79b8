export { type CountedText, createSmsAdapter, type SmsAdapter, wholeText } from './adapter.ts';
export { createAliyun } from './aliyun.ts';
export { createSmsDoor } from './door.ts';
export type { SmsDeps } from './ports.ts';
export { type SmsConfig, smsConfig } from './schema.ts';
export { createTencent } from './tencent.ts';
