import { z } from 'zod';

/** Settings of a webhook account. */
export const webhookConfig = z.object({
  url: z.url({ protocol: /^https?$/, error: 'must be a full address such as https://example.com/messages' }),
  /** Signs every request; the receiver holds the same. */
  secret: z.string().min(16, { error: 'must have at least 16 characters' }),
  /** Up to 500 messages in one request, as {messages:[…]}. */
  batch: z.boolean().default(false),
  timeoutMs: z.number().int().min(100).max(60_000).default(10_000),
});
export type WebhookConfig = z.output<typeof webhookConfig>;
