export { createWebhookAdapter, type WebhookAdapter, type WebhookDeps } from './adapter.ts';
export { type WebhookConfig, webhookConfig } from './schema.ts';
export { sign } from './signature.ts';
