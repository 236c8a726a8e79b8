import type { Compare, EventRule, Measured, Op, Rule, SequenceRule, Span, Value, Where, Window } from '../api/rule.ts';

/**
 * What the builder holds while someone is still choosing: every part may be missing.
 * `toRule` leaves out what is unfinished; `fromRule` opens any rule that the server accepts.
 */
export interface WhereState {
  id: string;
  property?: string;
  op: Op;
  value?: Value;
}

export type Aggregate = 'sum' | 'avg' | 'min' | 'max' | 'distinct';
export type Measure =
  | { kind: 'count'; op: Op; value?: number }
  | { kind: Aggregate; property?: string; op: Op; value?: number }
  | { kind: 'first'; window?: Window }
  | { kind: 'last'; window?: Window };

interface Base {
  id: string;
  negate?: boolean;
}

export interface GroupState extends Base {
  kind: 'group';
  mode: 'all' | 'any';
  children: NodeState[];
}
export interface TraitState extends Base {
  kind: 'trait';
  key?: string;
  op: Op;
  value?: Value;
}
export interface TagState extends Base {
  kind: 'tag';
  key?: string;
  op?: Op;
  value?: Value;
}
export interface ChoiceState extends Base {
  kind: 'stage' | 'tier' | 'level' | 'audience';
  key?: string;
}
export interface EventState extends Base {
  kind: 'event';
  event?: string;
  where: WhereState[];
  within?: Window;
  measure?: Measure;
}
export interface SequenceState extends Base {
  kind: 'sequence';
  steps: { id: string; event?: string; where: WhereState[] }[];
  within?: Span;
  during?: Window;
}

export type LeafState = TraitState | TagState | ChoiceState | EventState | SequenceState;
export type NodeState = GroupState | LeafState;
export type LeafKind = LeafState['kind'];

// Drafts outlive the page, so ids must not begin anew with each visit.
const visit = Math.random().toString(36).slice(2, 7);
let counter = 0;
export function freshId(): string {
  counter += 1;
  return `${visit}${counter}`;
}

export const emptyGroup = (mode: 'all' | 'any' = 'all', children: NodeState[] = []): GroupState => ({
  id: freshId(),
  kind: 'group',
  mode,
  children,
});
export const emptyWhere = (): WhereState => ({ id: freshId(), op: '=' });

export function emptyLeaf(kind: LeafKind): LeafState {
  const id = freshId();
  if (kind === 'event') return { id, kind, where: [], within: { days: 30 }, measure: { kind: 'count', op: '>=', value: 1 } };
  if (kind === 'sequence')
    return {
      id,
      kind,
      steps: [
        { id: freshId(), where: [] },
        { id: freshId(), where: [] },
      ],
      within: { days: 7 },
    };
  if (kind === 'trait') return { id, kind, op: '=' };
  return { id, kind };
}

export const needsNoValue = (op: Op | undefined): boolean => op === 'exists' || op === 'not exists';
export const takesMany = (op: Op | undefined): boolean => op === 'in' || op === 'not in';

export function hasValue(op: Op | undefined, value: Value | undefined): boolean {
  if (needsNoValue(op)) return true;
  if (takesMany(op)) return Array.isArray(value) && value.length > 0;
  return value !== undefined && value !== '' && !Array.isArray(value);
}

export type Missing = 'event' | 'property' | 'value' | 'choice' | 'steps' | 'window';

export const windowDone = (window: Window | undefined): boolean =>
  window === undefined || ('from' in window || 'to' in window ? Boolean(window.from || window.to) : Object.keys(window).length > 0);

const whereMissing = (where: WhereState[]): Missing[] =>
  where.flatMap((one) => (one.property ? (hasValue(one.op, one.value) ? [] : ['value' as const]) : ['property' as const]));

function measureMissing(measure: Measure | undefined): Missing[] {
  if (!measure) return [];
  if (measure.kind === 'first' || measure.kind === 'last') return measure.window && windowDone(measure.window) ? [] : ['window'];
  if (measure.kind !== 'count' && !measure.property) return ['property'];
  return measure.value === undefined ? ['value'] : [];
}

/** What a condition still lacks; empty when it counts. */
export function missingOf(leaf: LeafState): Missing[] {
  switch (leaf.kind) {
    case 'trait':
      return leaf.key ? (hasValue(leaf.op, leaf.value) ? [] : ['value']) : ['property'];
    case 'tag':
      return leaf.key ? (leaf.op === undefined || hasValue(leaf.op, leaf.value) ? [] : ['value']) : ['choice'];
    case 'event':
      return [
        ...(leaf.event ? [] : ['event' as const]),
        ...whereMissing(leaf.where),
        ...(windowDone(leaf.within) ? [] : ['window' as const]),
        ...measureMissing(leaf.measure),
      ];
    case 'sequence':
      return [
        ...(leaf.steps.length < 2 ? ['steps' as const] : []),
        ...leaf.steps.flatMap((step) => [...(step.event ? [] : ['event' as const]), ...whereMissing(step.where)]),
        ...(leaf.within ? [] : ['window' as const]),
        ...(windowDone(leaf.during) ? [] : ['window' as const]),
      ];
    default:
      return leaf.key ? [] : ['choice'];
  }
}

export function unfinished(node: NodeState): number {
  if (node.kind === 'group') return node.children.reduce((sum, child) => sum + unfinished(child), 0);
  return missingOf(node).length ? 1 : 0;
}

export const whereOut = (where: WhereState[]): Where[] =>
  where.map(({ property, op, value }) => ({ property: property ?? '', op, ...(needsNoValue(op) ? {} : { value }) }));
export const whereIn = (where: Where[] | undefined): WhereState[] => (where ?? []).map((one) => ({ id: freshId(), ...one }));
export const whereDone = (where: WhereState[]): boolean => whereMissing(where).length === 0;

export type { Compare, EventRule, Measured, Op, Rule, SequenceRule, Span, Value, Where, Window };
