import { z } from 'zod';
import { pageQuery } from '../../base/index.ts';

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'must be a time as HH:MM' });
const bytes = (most: number) => (text: string) => Buffer.byteLength(text) <= most;
const words = (most: number) =>
  z
    .string()
    .trim()
    .min(1, { error: 'must say something' })
    .refine(bytes(most), { error: `must be ${most} bytes or fewer, as WeCom takes them` });
const link = z.object({
  url: z.url({ protocol: /^https?$/, error: 'must be a whole web address' }),
  title: z.string().trim().min(1).max(40),
});

/** When a group gets a step: some days after it was made (0: that day, at once if the time has passed), or every week. */
const when = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('day'), day: z.number().int().min(0).max(365), time }),
  z.object({ kind: z.literal('weekly'), weekday: z.number().int().min(1).max(7), time }),
]);
export type When = z.output<typeof when>;

const step = z.object({
  id: z.string().regex(/^[\w-]{1,40}$/, { error: 'must be 1 to 40 letters, digits, - or _' }),
  name: z.string().trim().max(60).default(''),
  when,
  text: words(4000),
  link: link.optional(),
});
export type Step = z.output<typeof step>;

const steps = z
  .array(step)
  .min(1, { error: 'needs at least one message' })
  .max(100)
  .refine((all) => new Set(all.map((one) => one.id)).size === all.length, { error: 'has two messages with the same id' });

const purpose = z.string().trim().min(1, { error: 'names the groups that get it' }).max(200);
export const planBody = z.object({
  name: z.string().trim().min(1).max(80),
  purpose,
  steps,
  /** How often owners are reminded, and after how many minutes each. */
  reminders: z.number().int().min(0).max(3).default(2),
  remindAfter: z.number().int().min(5).max(1440).default(60),
});
export type PlanBody = z.output<typeof planBody>;
export const planChange = z.object({
  name: planBody.shape.name.optional(),
  purpose: purpose.optional(),
  steps: steps.optional(),
  reminders: z.number().int().min(0).max(3).optional(),
  remindAfter: z.number().int().min(5).max(1440).optional(),
});
export type PlanChange = z.output<typeof planChange>;

const text = z.string().nullable();
export const planView = planBody.extend({
  id: z.string(),
  state: z.enum(['draft', 'running', 'paused']),
  startedAt: text,
  createdAt: z.string(),
  by: z.string(),
  /** Open groups of the purpose now. */
  groups: z.number(),
  /** What its groups got so far. */
  sent: z.number(),
  waiting: z.number(),
});
export type PlanView = z.output<typeof planView>;
export const planList = z.object({ items: z.array(planView), purposes: z.array(z.object({ purpose: z.string(), groups: z.number() })) });
export type PlanList = z.output<typeof planList>;

const date = z.iso.date();
export const calendarQuery = z.object({ from: date.optional(), days: z.coerce.number().int().min(1).max(31).default(7) });
export type CalendarQuery = z.output<typeof calendarQuery>;

const counts = z.object({
  due: z.number(),
  asked: z.number(),
  sent: z.number(),
  failed: z.number(),
  skipped: z.number(),
  unsent: z.number(),
});
export const calendarView = z.object({
  timezone: z.string(),
  today: date,
  days: z.array(date),
  items: z.array(
    z.object({
      planId: z.string(),
      plan: z.string(),
      purpose: z.string(),
      stepId: z.string(),
      step: z.string(),
      text: z.string(),
      day: date,
      at: z.string(),
      /** Still to come: counted from the groups there are now. */
      ahead: z.boolean(),
      groups: z.number(),
      counts,
      /** Owners who have been asked and have not sent. */
      waitingFor: z.number(),
    }),
  ),
  /** Who has something in hand and has not sent it, longest waiting first. */
  owners: z.array(z.object({ owner: z.string(), messages: z.number(), groups: z.number(), since: z.string(), reminded: z.number() })),
});
export type CalendarView = z.output<typeof calendarView>;

export const entryRef = z.object({ planId: z.string().max(60), stepId: z.string().max(60), at: z.iso.datetime({ offset: true }) });
export type EntryRef = z.output<typeof entryRef>;
export const sendQuery = pageQuery.extend(entryRef.shape).extend({
  state: z.enum(['due', 'asked', 'sent', 'failed', 'skipped', 'unsent']).optional(),
});
export type SendQuery = z.output<typeof sendQuery>;
export const sendList = z.object({
  items: z.array(
    z.object({
      chatId: z.string(),
      group: z.string(),
      owner: z.string(),
      state: z.string(),
      reason: text,
      askedAt: text,
      sentAt: text,
      reminded: z.number(),
    }),
  ),
  nextCursor: text,
});
export type SendList = z.output<typeof sendList>;
export const remindBody = entryRef.extend({ owner: z.string().min(1).max(100).optional() });
export type RemindBody = z.output<typeof remindBody>;
export const remindAnswer = z.object({
  reminded: z.number(),
  /** Reminded as often as the platform allows, or refused by it. */
  refused: z.number(),
});
export type RemindAnswer = z.output<typeof remindAnswer>;

export const welcomeBody = z.object({
  name: z.string().trim().min(1).max(80),
  purpose: z.string().trim().max(200).default(''),
  text: words(3000),
  link: link.optional(),
});
export type WelcomeBody = z.output<typeof welcomeBody>;
export const welcomeView = welcomeBody.extend({
  id: z.string(),
  /** Whether WeCom has it among what owners can choose from; else why not. */
  offered: z.boolean(),
  error: text,
  /** Open groups of its purpose. */
  groups: z.number(),
  updatedAt: z.string(),
});
export type WelcomeView = z.output<typeof welcomeView>;
export const welcomeList = z.object({ items: z.array(welcomeView) });
export type WelcomeList = z.output<typeof welcomeList>;

export const handoverBody = z.object({
  from: z.string().min(1).max(64),
  to: z.array(z.string().min(1).max(64)).min(1, { error: 'names who takes over' }).max(50),
  /** Only these groups; without it all that `from` owns. */
  chatIds: z.array(z.string().min(1).max(100)).min(1).max(1000).optional(),
});
export type HandoverBody = z.output<typeof handoverBody>;
const handoverFailures = z.array(z.object({ chatId: z.string(), to: z.string(), code: z.number(), reason: z.string() }));
export const handoverAnswer = z.object({
  moved: z.array(z.object({ chatId: z.string(), to: z.string() })),
  failed: handoverFailures,
  /** Written down, and moved on the days after: the platform moves so many a day. */
  left: z.number(),
});
export type HandoverAnswer = z.output<typeof handoverAnswer>;

export const handoverList = z.object({
  /** Of one owner in a day. */
  most: z.number(),
  items: z.array(
    z.object({
      from: z.string(),
      to: z.array(z.string()),
      /** Still to go, as fast as the platform allows. */
      waiting: z.number(),
      today: z.number(),
      failed: handoverFailures,
      by: z.string(),
      askedAt: z.string(),
    }),
  ),
});
export type HandoverList = z.output<typeof handoverList>;
