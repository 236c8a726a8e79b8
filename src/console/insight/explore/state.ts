import type { Kind, Question } from '../../api/explore.ts';
import type { Span, Where } from '../../api/rule.ts';
import { type WhereState, whereDone, whereIn, whereOut } from '../../rules/state.ts';

/** An event with its conditions, while it is being chosen. */
export interface Done {
  event?: string;
  where?: WhereState[];
}
export type Breakdown = { property: string } | { by: 'carrier' | 'level' } | { tags: string[] };
export type Interval = 'hour' | 'day' | 'week' | 'month';
export type Measure = 'events' | 'people' | 'sum' | 'average';
export interface Line extends Done {
  measure?: Measure;
  property?: string;
}
export interface Exclusion extends Done {
  from: number;
  to: number;
}

/** What the explorer holds in the address, one shape for all kinds: each takes what it needs. */
export interface ExploreState {
  steps?: Done[];
  within?: Span;
  order?: 'ordered' | 'strict' | 'any';
  exclude?: Exclusion[];
  trend?: Interval;
  first?: Done;
  back?: Done;
  period?: Interval;
  count?: number;
  cohort?: 'first' | 'any';
  counting?: 'on' | 'onOrAfter';
  brackets?: [number, number][];
  series?: Line[];
  interval?: Interval;
  done?: Done;
  of?: 'events' | 'days' | 'sum' | 'average' | 'values';
  property?: string;
  start?: string;
  end?: string;
  by?: string;
  pathSteps?: number;
  gap?: Span;
  leaveOut?: string[];
  repeats?: boolean;
  clean?: { prefix: string; as: string }[];
  breakdown?: Breakdown;
}

const order: Done = { event: 'Order Completed' };
const any: Done = { event: '*' };

/** Where each kind starts: something that most pools can answer. */
export const STARTS: Record<Kind, ExploreState> = {
  funnel: { steps: [{}, {}], within: { days: 7 }, order: 'ordered' },
  retention: { first: order, back: order, period: 'month', count: 6, cohort: 'first', counting: 'on' },
  trend: {
    series: [
      { ...order, measure: 'events' },
      { ...order, measure: 'people' },
    ],
    interval: 'week',
  },
  paths: { pathSteps: 5, gap: { days: 1 } },
  distribution: { done: order, of: 'events' },
  stickiness: { done: any, interval: 'week' },
  lifecycle: { done: any, interval: 'week' },
  worth: { first: any, period: 'month', count: 6 },
};

const isDone = <D extends Done>(one: D | undefined): one is D & { event: string } => Boolean(one?.event) && whereDone(one?.where ?? []);
const out = (one: Done) => ({ event: one.event as string, ...(one.where?.length ? { where: whereOut(one.where) } : {}) });

function breakdownOut({ breakdown }: ExploreState): { breakdown?: Breakdown } {
  if (!breakdown) return {};
  if ('property' in breakdown) return breakdown.property ? { breakdown } : {};
  if ('tags' in breakdown) return breakdown.tags.length ? { breakdown } : {};
  return { breakdown };
}

/** The question, once there is enough to ask. */
export function questionOf(kind: Kind, state: ExploreState, period: { from: string; to: string }): Question | undefined {
  const range = { from: period.from, to: period.to };
  const s = { ...STARTS[kind], ...state };
  switch (kind) {
    case 'funnel': {
      const steps = s.steps ?? [];
      if (steps.length < 2 || !steps.every(isDone)) return undefined;
      const exclude = (s.exclude ?? []).filter(isDone).map((one) => ({ ...out(one), from: one.from, to: one.to }));
      const fits = exclude.filter((one) => one.from < one.to && one.to <= steps.length);
      const whole = s.order === 'any' ? fits.map((one) => ({ ...one, from: 1, to: steps.length })) : fits;
      const extra = { ...(whole.length ? { exclude: whole } : {}), ...(s.trend ? { trend: s.trend } : {}) };
      return { kind, steps: steps.map(out), within: s.within ?? { days: 7 }, order: s.order, ...extra, ...breakdownOut(s), ...range };
    }
    case 'retention': {
      if (!isDone(s.first) || !isDone(s.back)) return undefined;
      const { period: by, count, cohort, counting, brackets } = s;
      const shape = { period: by, count, cohort, counting, ...(brackets?.length ? { brackets } : {}) };
      return { kind, first: out(s.first), return: out(s.back), ...shape, ...breakdownOut(s), ...range };
    }
    case 'trend': {
      const series = (s.series ?? []).filter(isDone).filter((one) => !needsProperty(one.measure) || one.property);
      if (series.length === 0) return undefined;
      const line = (one: Line) => ({
        ...out(one),
        measure: one.measure ?? 'events',
        ...(needsProperty(one.measure) ? { property: one.property } : {}),
      });
      return { kind, series: series.map(line), interval: s.interval, ...breakdownOut(s), ...range };
    }
    case 'paths':
      return {
        kind,
        ...(s.start ? { start: s.start } : {}),
        ...(s.end ? { end: s.end } : {}),
        ...(s.by ? { by: s.by } : {}),
        ...(s.leaveOut?.length ? { leaveOut: s.leaveOut } : {}),
        ...(s.clean?.some((one) => one.prefix && one.as) ? { clean: s.clean.filter((one) => one.prefix && one.as) } : {}),
        steps: s.pathSteps,
        gap: s.gap,
        collapse: !s.repeats,
        ...range,
      };
    case 'distribution': {
      if (!isDone(s.done)) return undefined;
      if (s.of !== 'events' && s.of !== 'days' && !s.property) return undefined;
      const of = s.of === 'events' || s.of === 'days' ? s.of : { [s.of ?? 'values']: s.property };
      return { kind, done: out(s.done), of, ...breakdownOut(s), ...range };
    }
    case 'stickiness':
      return isDone(s.done) ? { kind, done: out(s.done), interval: s.interval, ...breakdownOut(s), ...range } : undefined;
    case 'lifecycle':
      return isDone(s.done) ? { kind, done: out(s.done), interval: s.interval, ...range } : undefined;
    case 'worth':
      return isDone(s.first) ? { kind, first: out(s.first), period: s.period, count: s.count, ...breakdownOut(s), ...range } : undefined;
  }
}

export function needsProperty(measure: Measure | undefined): boolean {
  return measure === 'sum' || measure === 'average';
}

type Asked = Record<string, unknown>;
const done = (one: unknown): Done => {
  const { event, where, ...rest } = one as { event: string; where?: Where[] };
  return { ...rest, event, where: whereIn(where) };
};

/** A saved question, opened to be looked at and changed. */
export function stateOf(question: { kind: Kind }): ExploreState {
  const { kind, from: _from, to: _to, ...asked } = question as unknown as Asked & { kind: Kind };
  const list = (name: string) => (asked[name] as unknown[] | undefined)?.map(done);
  const of = asked.of as string | Record<string, string> | undefined;
  const plain = Object.fromEntries(
    [
      'within',
      'order',
      'trend',
      'period',
      'count',
      'cohort',
      'counting',
      'brackets',
      'interval',
      'start',
      'end',
      'by',
      'gap',
      'leaveOut',
      'clean',
      'breakdown',
    ]
      .filter((name) => asked[name] !== undefined)
      .map((name) => [name, asked[name]]),
  );
  return {
    ...plain,
    ...(kind === 'funnel' ? { steps: list('steps') ?? [], exclude: (list('exclude') ?? []) as Exclusion[] } : {}),
    ...(kind === 'trend' ? { series: (list('series') ?? []) as Line[] } : {}),
    ...(asked.first ? { first: done(asked.first) } : {}),
    ...(asked.return ? { back: done(asked.return) } : {}),
    ...(asked.done ? { done: done(asked.done) } : {}),
    ...(kind === 'paths' ? { pathSteps: asked.steps as number, repeats: asked.collapse === false } : {}),
    ...(typeof of === 'string'
      ? { of: of as 'events' }
      : of
        ? { of: Object.keys(of)[0] as 'sum', property: Object.values(of)[0] as string }
        : {}),
  };
}
