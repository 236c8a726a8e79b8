import { z } from 'zod';

const words = { zh: z.string(), en: z.string() };
const staffId = z.string().trim().min(1).max(64);
const at = z.string();

export const waitingTask = z.object({
  id: z.string(),
  /** Who has to confirm it. */
  userId: z.string().nullable(),
  waiting: z.number(),
  receivers: z.number(),
  contentId: z.string(),
  journeyId: z.string().nullable(),
  messageId: z.string(),
  /** As the first receiver would read it. */
  text: z.string().nullable(),
  since: at,
  remindedAt: at.nullable(),
  remindersLeft: z.number(),
  nextReminderAt: at.nullable(),
});
export type WaitingTask = z.output<typeof waitingTask>;
export const waitingList = z.object({ items: z.array(waitingTask) });
export const remindBody = z.strictObject({ ids: z.array(z.string().min(1).max(100)).min(1).max(200) });
export const remindAnswer = z.object({
  reminded: z.number(),
  refused: z.array(z.object({ id: z.string(), code: z.string(), reason: z.string() })),
});
export type Reminded = z.output<typeof remindAnswer>;

export const newMoment = z.strictObject({
  contentId: z.string().min(1).max(64),
  /** Who publishes it; left out: all who have customers. */
  staff: z.array(staffId).min(1).max(1_000).optional(),
  /** Tags of WeCom: only customers who have one of them see it. */
  tags: z.array(z.string().min(1).max(64)).max(100).optional(),
});
export type NewMoment = z.output<typeof newMoment>;

const stopped = z.object({ userId: z.string().nullable(), limit: z.string(), ...words });
export type Stopped = z.output<typeof stopped>;
export const momentCheck = z.object({
  text: z.string(),
  staff: z.array(z.string()),
  /** Customers of those who publish it, each once; with tags, as many at most. */
  customers: z.number(),
  /** Who is left out, by which rule; without a name: what speaks against it altogether. */
  stopped: z.array(stopped),
  warnings: z.array(stopped),
});
export type MomentCheck = z.output<typeof momentCheck>;

export const momentView = z.object({
  id: z.string(),
  contentId: z.string(),
  text: z.string(),
  link: z.object({ url: z.string(), title: z.string() }).nullable(),
  state: z.enum(['calling', 'making', 'made', 'failed', 'cancelled']),
  problem: z.string().nullable(),
  madeAt: at,
  madeBy: z.string(),
  tags: z.array(z.string()),
  staff: z.number(),
  published: z.number(),
  customers: z.number(),
  likes: z.number(),
  comments: z.number(),
});
export type MomentView = z.output<typeof momentView>;
export const momentList = z.object({ items: z.array(momentView), nextCursor: z.string().nullable() });
export type MomentList = z.output<typeof momentList>;
export const momentDetail = momentView.extend({
  members: z.array(
    z.object({
      userId: z.string(),
      refused: z.boolean(),
      publishedAt: at.nullable(),
      customers: z.number(),
      likes: z.number(),
      comments: z.number(),
    }),
  ),
});
export type MomentDetail = z.output<typeof momentDetail>;
export const momentMade = momentView.extend({ stopped: z.array(stopped), warnings: z.array(stopped) });
export type MomentMade = z.output<typeof momentMade>;
export const momentChoices = z.object({
  staff: z.array(z.object({ userId: z.string(), customers: z.number() })),
  /** null: WeCom could not be asked. */
  tags: z.array(z.object({ id: z.string(), name: z.string(), group: z.string() })).nullable(),
});
export type MomentChoices = z.output<typeof momentChoices>;

export const newStaffMessage = z.strictObject({
  staff: z.array(staffId).min(1).max(1_000),
  title: z.string().trim().max(128).default(''),
  text: z.string().trim().min(1).max(500),
  url: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .optional(),
  /** Said twice under one key, it goes once. */
  key: z.string().min(1).max(200).optional(),
});
export type NewStaffMessage = z.input<typeof newStaffMessage>;
export const staffMessage = z.object({
  id: z.string(),
  staff: z.array(z.string()),
  refused: z.array(z.string()),
  title: z.string(),
  text: z.string(),
  url: z.string().nullable(),
  state: z.enum(['calling', 'sent', 'failed', 'in_doubt']),
  reason: z.string().nullable(),
  at,
  by: z.string(),
});
export type StaffMessage = z.output<typeof staffMessage>;
export const staffMessageSent = staffMessage.extend({ stopped: z.array(stopped) });
export type StaffMessageSent = z.output<typeof staffMessageSent>;
export const staffMessageList = z.object({ items: z.array(staffMessage) });
