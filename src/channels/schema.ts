import { z } from 'zod';
import { pageQuery } from '../base/index.ts';
import { purposeKinds } from './purposes.ts';

const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'must be a time of day such as 22:00' });

const hours = z.object({ from: clockTime, to: clockTime });
const key = z.string().regex(/^[\w-]{1,60}$/, { error: 'must be a word of letters, digits, _ or -' });
const name = z.string().trim().min(1, { error: 'must not be empty' }).max(40, { error: 'must be 40 characters or fewer' });
const twice = <T>(of: readonly T[], mark: (one: T) => string): boolean => new Set(of.map(mark)).size !== of.length;

export const policySchema = z.object({
  /** In each person's own zone where it is known, else in the workspace's; may span midnight. null: none. */
  quietHours: hours.nullable(),
  /** Other hours on some channels; null: none there. */
  quietByChannel: z.record(key, hours.nullable()),
  caps: z
    .array(
      z.object({
        messages: z.number().int().min(0, { error: 'must be 0 or more' }).max(10_000),
        days: z.number().int().min(1, { error: 'must be 1 to 90' }).max(90, { error: 'must be 1 to 90' }),
        /** Only messages on this channel, of this purpose; without: on all channels, all marketing. */
        channel: key.optional(),
        purpose: key.optional(),
      }),
    )
    .max(20, { error: 'has more than 20 caps' })
    .refine((caps) => !twice(caps, (c) => `${c.days} ${c.channel ?? ''} ${c.purpose ?? ''}`), {
      error: 'names the same number of days twice',
    }),
  /** Messages due within so many minutes of each other compete for what caps leave: the higher priority goes. */
  competeMinutes: z.number().int().min(0, { error: 'must be 0 to 1440' }).max(1440, { error: 'must be 0 to 1440' }),
  consentRequired: z.boolean(),
  purposes: z
    .array(z.object({ key, name: z.object({ zh: name, en: name }), kind: z.enum(purposeKinds), retired: z.boolean().optional() }))
    .min(1, { error: 'needs at least one purpose' })
    .max(100, { error: 'has more than 100 purposes' })
    .refine((all) => all.filter((one) => !one.retired).length <= 20, { error: 'has more than 20 purposes that are not retired' })
    .refine((all) => !twice(all, (one) => one.key), { error: 'names the same purpose twice' }),
  /** Whose fatigue is above it gets no marketing. null: everybody does. */
  fatigueAbove: z.number().int().min(1, { error: 'must be 1 to 99' }).max(99, { error: 'must be 1 to 99' }).nullable(),
  /** What reaches more people than this goes out only when another member has approved it. null: whoever may send decides alone. */
  approvalAbove: z.number().int().min(1, { error: 'must be 1 or more' }).max(1_000_000_000).nullable(),
  paused: z.boolean(),
  pausedWhy: z.string().trim().max(200, { error: 'must be 200 characters or fewer' }).nullable(),
  /** Staff who have not confirmed a mass message are reminded after so many hours, outside quiet hours. null: only by hand. */
  remindAfterHours: z.number().int().min(1, { error: 'must be 1 to 72' }).max(72, { error: 'must be 1 to 72' }).nullable(),
});
export const policyView = policySchema.extend({ pausedBy: z.string().nullable(), pausedAt: z.string().nullable() });
export const policyChange = policySchema.partial().refine((c) => Object.keys(c).length > 0, {
  error: 'must change something: quietHours, caps, purposes, paused or another field of the policy',
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
      /** Of e-mail and app push: what stands above the text. */
      title: text,
      /** To a tenth of a fen; null where nothing is charged. */
      costFen: z.number().nullable(),
    }),
  ),
  nextCursor: text,
});
export type MessageList = z.output<typeof messageList>;

const counts = z.record(z.string(), z.number());
export const messageSummary = z.object({
  byState: counts,
  byReason: counts,
  /** What the messages queued in the period cost, in fen, by channel. */
  costFen: counts,
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
      /** Addresses to be entered at the provider, by what they are for. */
      doors: z.record(z.string(), z.string()).optional(),
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
