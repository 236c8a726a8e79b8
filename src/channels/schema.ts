import { z } from 'zod';
import { pageQuery } from '../base/index.ts';

const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'must be a time of day such as 22:00' });

export const policySchema = z.object({
  /** In the workspace's zone; may span midnight. null: none. */
  quietHours: z.object({ from: clockTime, to: clockTime }).nullable(),
  caps: z
    .array(
      z.object({
        messages: z.number().int().min(0, { error: 'must be 0 or more' }).max(10_000),
        days: z.number().int().min(1, { error: 'must be 1 to 90' }).max(90, { error: 'must be 1 to 90' }),
      }),
    )
    .max(5, { error: 'has more than 5 caps' })
    .refine((caps) => new Set(caps.map((c) => c.days)).size === caps.length, { error: 'names the same number of days twice' }),
  consentRequired: z.boolean(),
  paused: z.boolean(),
  /** Staff who have not confirmed a mass message are reminded after so many hours, outside quiet hours. null: only by hand. */
  remindAfterHours: z.number().int().min(1, { error: 'must be 1 to 72' }).max(72, { error: 'must be 1 to 72' }).nullable(),
});
export const policyChange = policySchema.partial().refine((c) => Object.keys(c).length > 0, {
  error: 'must change something: quietHours, caps, consentRequired, paused or remindAfterHours',
});

export const messageStates = ['queued', 'skipped', 'submitting', 'submitted', 'sent', 'failed', 'delivered', 'opened', 'clicked'] as const;

const word = z.string().min(1).max(200);
export const messageQuery = pageQuery.extend({
  state: z.enum(messageStates).optional(),
  channel: word.optional(),
  journeyId: word.optional(),
  nodeId: word.optional(),
  reason: word.optional(),
  personId: word.optional(),
});
export type MessageQuery = z.output<typeof messageQuery>;

const text = z.string().nullable();
export const messageList = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      person: z.object({ id: z.string(), name: text }),
      channel: z.string(),
      state: z.string(),
      reason: text,
      contentId: z.string(),
      contentName: text,
      text,
      linkUrl: text,
      journeyId: text,
      nodeId: text,
      branch: text,
      attempts: z.number(),
      queuedAt: z.string(),
      submittedAt: text,
      sentAt: text,
      endedAt: text,
      clickedAt: text,
    }),
  ),
  nextCursor: text,
});
export type MessageList = z.output<typeof messageList>;

const counts = z.record(z.string(), z.number());
export const messageSummary = z.object({
  byState: counts,
  byReason: counts,
  perDay: z.array(
    z.object({ day: z.string(), queued: z.number(), sent: z.number(), skipped: z.number(), failed: z.number(), clicked: z.number() }),
  ),
});
export type MessageSummary = z.output<typeof messageSummary>;

export const channelList = z.object({
  items: z.array(
    z.object({
      id: text,
      key: z.string(),
      configured: z.boolean(),
      healthy: z.boolean(),
      health: z.object({ zh: z.string(), en: z.string() }),
      settings: z.record(z.string(), z.unknown()),
      /** Secrets that are set; their values are never given out. */
      secretsSet: z.array(z.string()),
    }),
  ),
});

export const settingsBody = z.record(z.string(), z.unknown());
export const probeAnswer = z.object({
  ok: z.boolean(),
  status: z.number().optional(),
  elapsedMs: z.number().optional(),
  error: z.string().optional(),
});
