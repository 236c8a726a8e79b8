/** The rule language, as the server speaks it. */
export type Op =
  | '='
  | '!='
  | '>'
  | '>='
  | '<'
  | '<='
  | 'in'
  | 'not in'
  | 'contains'
  | 'starts with'
  | 'exists'
  | 'not exists'
  | 'before'
  | 'after';
export type Scalar = string | number | boolean;
export type Value = Scalar | Scalar[];
export type Span = { days: number } | { hours: number } | { minutes: number };
export type Window = Span | { from?: string; to?: string } | { olderThan: Span };

export interface Where {
  property: string;
  op: Op;
  value?: Value;
}

export interface Compare {
  op: Op;
  value: number;
}

export type Measured = Compare & { property: string };

export interface EventRule {
  event: string;
  where?: Where[];
  within?: Window;
  count?: Compare;
  sum?: Measured;
  avg?: Measured;
  min?: Measured;
  max?: Measured;
  distinct?: Measured;
  first?: Window;
  last?: Window;
}

export interface SequenceRule {
  sequence: { event: string; where?: Where[] }[];
  within: Span;
  during?: Window;
}

export type Rule =
  | { all: Rule[] }
  | { any: Rule[] }
  | { not: Rule }
  | { trait: string; op: Op; value?: Value }
  | { tag: string; op?: Op; value?: Value }
  | { stage: string }
  | { tier: string }
  | { level: string }
  | { audience: string }
  | EventRule
  | SequenceRule;
