/** The rule language: what may be said of a person. See README for what each word means exactly. */
export const ops = [
  '=',
  '!=',
  '>',
  '>=',
  '<',
  '<=',
  'in',
  'not in',
  'contains',
  'starts with',
  'exists',
  'not exists',
  'before',
  'after',
] as const;
export type Op = (typeof ops)[number];

export type Scalar = string | number | boolean;
export type Value = Scalar | string[] | number[] | boolean[];

/** A length of time; exactly one of the three. */
export type Span = { days: number } | { hours: number } | { minutes: number };
export type Window = Span | { from?: string; to?: string } | { olderThan: Span };

export interface Where {
  property: string;
  op: Op;
  value?: Value;
}
export interface Step {
  event: string;
  where?: Where[];
}
export interface Comparison {
  op: Op;
  value?: Value;
}
export interface Measured extends Comparison {
  property: string;
}

export const measures = ['count', 'sum', 'avg', 'min', 'max', 'distinct', 'first', 'last'] as const;
export type Measure = (typeof measures)[number];

export interface EventRule extends Step {
  within?: Window;
  count?: Comparison;
  sum?: Measured;
  avg?: Measured;
  min?: Measured;
  max?: Measured;
  distinct?: Measured;
  first?: Window;
  last?: Window;
}
export interface SequenceRule {
  sequence: Step[];
  within: Span;
  during?: Window;
}
export interface TraitRule {
  trait: string;
  op: Op;
  value?: Value;
}
export interface TagRule {
  tag: string;
  op?: Op;
  value?: Value;
}

export type Rule =
  | { all: Rule[] }
  | { any: Rule[] }
  | { not: Rule }
  | TraitRule
  | TagRule
  | { stage: string }
  | { tier: string }
  | { level: string }
  | { audience: string }
  | EventRule
  | SequenceRule;

/** Any event that the person did: tracked, page or screen, but not what we did or decided about the person. */
export const ANY_EVENT = '*';

/** What we do or decide about a person; it does not show that the person is there. */
export const passiveEvents = [
  'Identity Merged',
  'Identity Split',
  'Tag Added',
  'Tag Removed',
  'Stage Changed',
  'Tier Changed',
  'Level Changed',
  'Audience Entered',
  'Audience Exited',
  'Message Queued',
  'Message Skipped',
  'Message Sent',
  'Message Delivered',
  'Message Failed',
  'Journey Entered',
  'Journey Branched',
  'Journey Converted',
  'Journey Exited',
  'Experiment Assigned',
  'Coupon Issued',
  'Coupon Expiring',
  'Coupon Expired',
  'Coupon Returned',
  'Reward Granted',
  'Reward Revoked',
  'Friend Removed',
  'Group Left',
  'Rank Changed',
  'Binding Changed',
  'Binding Withdrawn',
] as const;

export function spanMs(span: Span): number {
  if ('days' in span) return Math.round(span.days * 86_400_000);
  if ('hours' in span) return Math.round(span.hours * 3_600_000);
  return Math.round(span.minutes * 60_000);
}

/** What a missing value satisfies. */
export function missingSatisfies(op: Op): boolean {
  return op === 'not exists' || op === '!=' || op === 'not in';
}

/** Operators that say that another one does not hold. */
export const oppositeOf: Partial<Record<Op, Op>> = { '!=': '=', 'not in': 'in', 'not exists': 'exists' };
