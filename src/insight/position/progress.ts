import { enoughPeople } from '../../experiments/index.ts';
import { definitionsOf } from '../definitions.ts';
import type { Asker, InsightDeps } from '../deps.ts';
import { addDays, iso, localDate, startOfDay } from '../period.ts';
import { createMeasure, type Measured } from './measure.ts';
import { metricOf, type PoolMetric, windowDays } from './metrics.ts';
import { type Pace, pace } from './pace.ts';
import type { Guard, Statement, Target } from './schema.ts';

interface Shown extends Measured {
  metric: string;
  carrier: string | null;
  unit: PoolMetric['unit'];
  upIsGood: boolean;
  lies: PoolMetric['lies'];
  definition: string;
}

export interface TargetProgress extends Shown, Pace {
  term: Target['term'];
  from: string;
  by: string;
  target: number;
  /** It has not begun yet. */
  ahead: boolean;
  points: { at: string; value: number | null; question: object; cell: object }[];
}

export interface GuardState extends Shown {
  op: Guard['op'];
  limit: number;
  /** `near`: within a tenth of the limit. `thin`: a share over too few people. */
  state: 'held' | 'near' | 'broken' | 'thin' | 'unknown';
}

export interface Progress {
  northStar: Shown & { targets: TargetProgress[]; days: number };
  guards: GuardState[];
  targets: TargetProgress[];
  meta: { askedAt: string; elapsedMs: number; windowDays: number; definitions: Record<string, { zh: string; en: string }> };
}

/** How often the way so far is looked at, now included. */
const looks = 5;

/** How the pool stands against what was said that it is for. */
export async function progress(deps: InsightDeps, asker: Asker, statement: Statement): Promise<Progress> {
  const startedAt = performance.now();
  const now = deps.clock.ms() + 1;
  const today = localDate(now, asker.timezone);
  const measure = createMeasure(deps, asker);
  const lastDays = { from: startOfDay(addDays(today, 1 - windowDays), asker.timezone), to: now };
  const shown = async (of: { metric: string; carrier?: string | undefined }, range = lastDays): Promise<Shown> => {
    const plan = metricOf(of.metric)!;
    const { unit, upIsGood, lies } = plan;
    const found = await measure(plan, of.carrier, range);
    return { ...found, metric: of.metric, carrier: of.carrier ?? null, unit, upIsGood, lies, definition: of.metric };
  };

  const targetOf = async (target: Target): Promise<TargetProgress> => {
    const plan = metricOf(target.metric)!;
    const from = startOfDay(target.from, asker.timezone);
    const byMs = startOfDay(addDays(target.by, 1), asker.timezone);
    const until = Math.min(now, byMs);
    const rangeAt = (to: number) => {
      if (plan.lies === 'flow') return { from, to };
      return { from: startOfDay(addDays(localDate(to, asker.timezone), -windowDays), asker.timezone), to };
    };
    const moments = from >= now ? [] : momentsBetween(from, until, asker.timezone);
    // What adds up begins with nothing, and over no time nothing can be asked.
    const starts = plan.lies === 'flow' ? moments.slice(1) : moments;
    const points: TargetProgress['points'] = [];
    for (const at of starts) points.push({ at: iso(at), ...(await measure(plan, target.carrier, rangeAt(at))) });
    const stands = [
      ...(plan.lies === 'flow' && moments.length > 0 ? [{ at: from, value: 0 }] : []),
      ...points.flatMap(({ at, value }) => (value === null ? [] : [{ at: Date.parse(at), value }])),
    ];
    const last = points.at(-1);
    return {
      metric: target.metric,
      carrier: target.carrier ?? null,
      unit: plan.unit,
      upIsGood: plan.upIsGood,
      lies: plan.lies,
      definition: target.metric,
      value: last?.value ?? null,
      of: null,
      question: last?.question ?? {},
      cell: last?.cell ?? {},
      term: target.term,
      from: target.from,
      by: target.by,
      target: target.value,
      ahead: from >= now,
      points,
      ...pace(stands, { value: target.value, byMs }, plan.upIsGood),
    };
  };

  const northStar = await shown(statement.northStar);
  const guards: GuardState[] = [];
  for (const { metric, carrier, op, limit } of statement.guards) {
    const found = await shown({ metric, carrier });
    guards.push({ ...found, op, limit, state: guardState(found, op, limit) });
  }
  const targets: TargetProgress[] = [];
  for (const target of statement.targets) targets.push(await targetOf(target));
  const isStar = (t: { metric: string; carrier: string | null }) =>
    t.metric === statement.northStar.metric && t.carrier === (statement.northStar.carrier ?? null);
  return {
    northStar: { ...northStar, targets: targets.filter(isStar), days: windowDays },
    guards,
    targets,
    meta: {
      askedAt: iso(deps.clock.ms()),
      elapsedMs: Math.round(performance.now() - startedAt),
      windowDays,
      definitions: definitionsOf([northStar, ...guards, ...targets].map((m) => m.definition)),
    },
  };
}

function guardState({ value, of }: Measured, op: Guard['op'], limit: number): GuardState['state'] {
  if (value === null) return 'unknown';
  if (of !== null && of < enoughPeople) return 'thin';
  const room = op === '<=' ? limit - value : value - limit;
  if (room < 0) return 'broken';
  return room < Math.abs(limit) / 10 ? 'near' : 'held';
}

/** The beginnings of days, evenly spread, and the end itself. */
function momentsBetween(from: number, to: number, zone: string): number[] {
  const [first, last] = [localDate(from, zone), localDate(to, zone)];
  const days = Math.round((Date.parse(last) - Date.parse(first)) / 86_400_000);
  const step = Math.max(1, Math.ceil(days / looks));
  const moments: number[] = [];
  for (let day = 0; day <= days; day += step) moments.push(startOfDay(addDays(first, day), zone));
  return [...moments.filter((m) => m < to), to];
}
