export { createEmailAdapter, type EmailAdapter } from './adapter.ts';
export { createBounceDoor } from './door.ts';
export type { EmailDeps } from './ports.ts';
export { type EmailConfig, emailConfig } from './schema.ts';
