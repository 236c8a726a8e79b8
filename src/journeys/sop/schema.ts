import { z } from 'zod';
import { purposes } from '../../content/index.ts';
import type { EntryNode, Graph } from '../graph.ts';

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'must be a time as HH:MM' });
const id = z.string().min(1).max(200);
const name = z.string().trim().min(1, { error: 'must not be empty' }).max(120, { error: 'must have at most 120 characters' });
const text = z.string().trim().min(1, { error: 'must say something' }).max(4000);
const nullable = z.string().nullable();
const fallback = z.object({ channel: z.string().max(40), contentId: id.optional() });

const row = z.object({
  id,
  /** 0: the day they come in. */
  day: z.number().int().min(0).max(366),
  at: time,
  name: z.string().trim().max(120),
  channel: z.string().min(1).max(40),
  contentId: nullable,
  among: z.array(id).max(1000),
  fallback: z.array(fallback).max(4),
  /** Only of whom this holds, asked at that moment; null: everyone. */
  rule: z.unknown(),
});
export type SopRow = z.output<typeof row>;
/** `id`: the row that is changed; without it, or where no row has it, a new one. `text`: words to be kept as new content. */
const rowInput = row
  .partial({ id: true, name: true, contentId: true, among: true, fallback: true, rule: true })
  .extend({ text: text.optional() });
export type SopRowInput = z.output<typeof rowInput>;
const rows = z.array(rowInput).min(1, { error: 'needs at least one message' }).max(60, { error: 'may have up to 60 messages' });
const entry = z.record(z.string(), z.unknown());

export const newSop = z.object({ name, purpose: z.enum(purposes).nullish(), entry, rows });
export type NewSop = z.output<typeof newSop>;
export const sopChange = z.object({
  name: name.optional(),
  purpose: z.enum(purposes).nullish(),
  entry: entry.optional(),
  rows,
  /** What becomes of who is inside, as with a journey. */
  inside: z.enum(['keep', 'move'], { error: 'must be "keep" or "move"' }).optional(),
});
export type SopChange = z.output<typeof sopChange>;

const problems = z.array(z.object({ field: z.string(), reason: z.string() }));
export const sopView = z.object({
  id: z.string(),
  name: z.string(),
  purpose: z.enum(purposes).nullable(),
  state: z.enum(['draft', 'running', 'paused', 'archived']),
  version: z.number(),
  entries: z.custom<EntryNode[]>(),
  rows: z.array(row),
  /** What keeps it from being launched; of a row as `rows.<n>.…`. */
  problems,
});
export type SopView = z.output<typeof sopView>;
/** null: the journey is more than a table of days, and is changed on the canvas. */
export const sopAnswer = z.object({ sop: sopView.nullable() });

export const sopList = z.object({
  items: z.array(
    z.object({
      kind: z.enum(['person', 'group', 'moment']),
      id: z.string(),
      name: z.string(),
      state: z.string(),
      /** Of groups: the purpose of the groups. */
      purpose: nullable,
      messages: z.number(),
      /** How far it reaches from the first day, in days; of moments the last date. */
      days: z.number().nullable(),
      until: nullable,
      /** People inside, open groups; of moments those still to come. */
      now: z.number(),
    }),
  ),
});
export type SopList = z.output<typeof sopList>;

export const templateBody = z
  .object({ language: z.enum(['zh', 'en']).optional(), channel: z.string().max(40).optional(), from: z.iso.date().optional() })
  .nullish();
const words = z.object({ zh: z.string(), en: z.string() });
export const sopTemplates = z.object({
  items: z.array(
    z.object({ key: z.string(), kind: z.enum(['person', 'group', 'moment']), name: words, about: words, messages: z.number() }),
  ),
});
export const templateMade = z.object({ kind: z.enum(['person', 'group', 'moment']), id: z.string() });
export type TemplateMade = z.output<typeof templateMade>;

const staff = z.array(z.string().trim().min(1).max(64)).min(1).max(1000);
const tags = z.array(z.string().min(1).max(64)).max(100);
const day = z.iso.date({ error: 'must be a date as YYYY-MM-DD' });
export const newMomentPlan = z
  .object({
    day,
    at: time,
    contentId: id.optional(),
    text: text.optional(),
    /** What belongs together, such as the plan of a month. */
    series: z.string().trim().max(80).default(''),
    staff: staff.optional(),
    tags: tags.optional(),
  })
  .refine((one) => one.contentId !== undefined || one.text !== undefined, {
    path: ['contentId'],
    error: 'is missing; choose content, or write a text',
  });
export type NewMomentPlan = z.output<typeof newMomentPlan>;
export const momentPlanChange = z.object({
  day: day.optional(),
  at: time.optional(),
  contentId: id.optional(),
  series: z.string().trim().max(80).optional(),
  staff: staff.nullish(),
  tags: tags.nullish(),
});
export type MomentPlanChange = z.output<typeof momentPlanChange>;
export const momentPlanView = z.object({
  id: z.string(),
  series: z.string(),
  day,
  at: z.string(),
  contentId: z.string(),
  text: nullable,
  staff: z.array(z.string()).nullable(),
  tags: z.array(z.string()),
  state: z.enum(['planned', 'handing', 'handed', 'failed']),
  problem: nullable,
  /** The moment that it became. */
  momentId: nullable,
  by: z.string(),
});
export type MomentPlanView = z.output<typeof momentPlanView>;

export const calendarQuery = z.object({ from: day.optional(), days: z.coerce.number().int().min(1).max(42).default(7) });
export type SopCalendarQuery = z.output<typeof calendarQuery>;
const kinds = z.enum(['person', 'group', 'moment', 'broadcast', 'journey']);
const calendarItem = z.object({
  key: z.string(),
  kind: kinds,
  /** A journey, a plan of groups, a planned moment, or a moment made by hand. */
  planId: z.string(),
  plan: z.string(),
  stepId: z.string(),
  step: z.string(),
  channel: z.string(),
  contentId: nullable,
  text: nullable,
  day,
  at: z.string(),
  /** Still to come. */
  ahead: z.boolean(),
  state: nullable,
  /** How many it goes to: people, groups, or staff who publish it; ahead as it looks now, null where nobody can say. */
  expected: z.number().nullable(),
  /** What became of it. `waiting`: in hand, of staff too. */
  sent: z.number(),
  waiting: z.number(),
  skipped: z.number(),
  failed: z.number(),
  /** Others that reach the same people, groups or staff on the same day, and how many of them. */
  collides: z.array(z.object({ key: z.string(), plan: z.string(), count: z.number() })),
});
export type CalendarItem = z.output<typeof calendarItem>;
export const sopCalendar = z.object({ timezone: z.string(), today: day, days: z.array(day), items: z.array(calendarItem) });
export type SopCalendar = z.output<typeof sopCalendar>;
export type { Graph };
