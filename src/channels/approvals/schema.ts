import { z } from 'zod';
import { pageQuery } from '../../base/index.ts';

const text = z.string().nullable();
export const approvalStates = ['waiting', 'approved', 'refused', 'withdrawn', 'lapsed'] as const;
const actor = z.object({ kind: z.string(), id: z.string(), name: z.string() });

/** What one step of it would come to, as the outbox judges now. */
const step = z.object({
  node: z.string(),
  name: z.string(),
  channel: z.string(),
  messages: z.number(),
  may: z.number(),
  stopped: z.array(z.object({ reason: z.string(), messages: z.number(), zh: z.string(), en: z.string() })),
});
export type ForeseenStep = z.output<typeof step>;

export const approvalView = z.object({
  id: z.string(),
  /** What would be done, and to what: a journey, a plan of groups; '' where it is still to be made. */
  kind: z.string(),
  subject: z.string(),
  name: z.string(),
  state: z.enum(approvalStates),
  /** Whom it would reach as of when it was asked or last looked at, and above how many somebody else must look. */
  people: z.number(),
  above: z.number(),
  why: text,
  by: actor,
  askedAt: z.string(),
  decidedBy: actor.nullable(),
  decidedAt: text,
  /** What was said with the decision. */
  word: text,
  /** The caller asked for it. */
  mine: z.boolean(),
  /** Nobody but whoever asked may decide, so they may themselves. */
  alone: z.boolean(),
});
export type ApprovalView = z.output<typeof approvalView>;
export const approvalDetail = approvalView.extend({
  /** It was changed since it was asked for: this request is void. */
  changed: z.boolean(),
  ask: z.record(z.string(), z.unknown()),
  steps: z.array(step),
});
export type ApprovalDetail = z.output<typeof approvalDetail>;
export const approvalList = z.object({ items: z.array(approvalView), nextCursor: text, waiting: z.number() });
export type ApprovalList = z.output<typeof approvalList>;

export const approvalQuery = pageQuery.extend({ state: z.enum(approvalStates).optional() });
export type ApprovalQuery = z.output<typeof approvalQuery>;

const word = z.string().trim().max(300, { error: 'must be 300 characters or fewer' });
export const approvalAsk = z.object({
  kind: z.string().min(1).max(40),
  subject: z.string().max(64).default(''),
  /** What the act itself takes: of a launch `existing`, of a change the graph. */
  ask: z.record(z.string(), z.unknown()).default({}),
  why: word.optional(),
});
export type ApprovalAsk = z.output<typeof approvalAsk>;
export const approveBody = z.object({
  /** How many people the approver was shown. */
  people: z.number({ error: 'is missing; say how many people you were shown' }).int(),
  word: word.optional(),
});
export const refuseBody = z.object({ word: word.min(1, { error: 'must say why' }) });

/** What stands before an act that reaches many; null where nobody is asked about how many it reaches. */
export const approvalNeed = z
  .object({ needed: z.boolean(), people: z.number(), above: z.number(), waiting: text, alone: z.boolean() })
  .nullable();
export type ApprovalNeed = z.output<typeof approvalNeed>;
