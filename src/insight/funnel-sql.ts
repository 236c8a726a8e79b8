import { ANY_EVENT, eventCondition } from '../audience/index.ts';
import { sqlStrings } from '../base/index.ts';
import { eventValueSql } from './breakdown.ts';
import { instantSql, type Range } from './period.ts';
import { type FunnelQuestion, type Happening, stepOf } from './schema.ts';
import type { Source } from './source.ts';

/** What happened, as a column of the source: a truth value over a row of events. */
export function fitsColumn(happening: Happening, name: string): string {
  return `(${eventCondition(stepOf(happening))}) AS ${name}`;
}

/** A cheap test on the name alone, so that only rows that can matter are read further. */
export function namesSql(happenings: readonly Happening[]): string {
  const any = happenings.find((h) => h.event === ANY_EVENT);
  return any ? eventCondition({ event: ANY_EVENT }) : `event IN (${sqlStrings(new Set(happenings.map((h) => h.event)))})`;
}

/** Whether one event could be both. */
export function mayOverlap(a: Happening, b: Happening): boolean {
  return a.event === b.event || a.event === ANY_EVENT || b.event === ANY_EVENT;
}

export interface FunnelPlan {
  source: Source;
  question: FunnelQuestion;
  range: Range;
  windowMs: number;
  /** Also `began`: when the first step of the deepest chain was done, in ms since the epoch. */
  started: boolean;
}

/**
 * One row a person who entered: `level` (the deepest step reached), and per step k from 2 on `total_k` (ms from the first step) and
 * `gap_k` (ms from the step before) when it was first reached, else -1; `value` (with a breakdown) of the event that began the deepest chain.
 *
 * A chain of k steps is k different events in order of time, the last within the window of the first. Going through a person's events in order,
 * keep for every step the latest start from which it has been reached so far: the latest start is never worse than an earlier one, so a step is
 * reached exactly when its event comes within the window of the latest start of the step before it. That state is what `arrayFill` carries forward,
 * a whole array at a time, so a person costs about what windowFunnel does, and the times to convert come with it. An event that fits two
 * neighbouring steps extends only chains that were there before it (the shift by one), so each step takes an event of its own.
 * Events of the same millisecond are taken in the order of the steps.
 *
 * An event is one number: its time, then (where an event can fit several steps) the last and the first step that it fits, then a bit for each
 * step, so that sorting the numbers sorts the events. A start is the event's time with only the first step's bit, or 0 where there is none.
 */
export function funnelPeopleSql(plan: FunnelPlan): string {
  const { question, range, windowMs, started } = plan;
  const { steps } = question;
  const breakdown = eventValueSql(question.breakdown);
  const count = steps.length;
  const numbers = steps.map((_, i) => i + 1);
  const later = numbers.slice(1);
  const disjoint = steps.every((a, i) => steps.every((b, j) => i >= j || !mayOverlap(a, b)));
  const bits = count + (disjoint ? 0 : 8);
  const collect = collectSql(plan, disjoint, bits, breakdown);
  const ms = (sql: string) => `toInt64(bitShiftRight(${sql}, ${bits}))`;

  const columns = [
    'person_no',
    ...(breakdown ? ['pairs.1 AS es'] : ['es']),
    disjoint
      ? 'arrayFill(e -> bitTest(e, 0), es) AS start_1'
      : `arrayFill(s -> s != 0, arrayMap(e -> bitTest(e, 0) * (bitShiftLeft(bitShiftRight(e, ${bits}), ${bits}) + 1), es)) AS start_1`,
  ];
  for (const k of later) {
    const overlap = mayOverlap(steps[k - 2]!, steps[k - 1]!);
    const before = (name: string) => (overlap ? `arrayPushFront(arrayPopBack(${name}), 0)` : name);
    const last = k === 2 ? '' : before(`last_${k - 1}`);
    columns.push(
      `${before(`start_${k - 1}`)} AS before_${k}`,
      `arrayMap((e, s) -> s * (bitTest(e, ${k - 1}) AND bitTest(s, 0) AND e - s <= ${windowMs * 2 ** bits + 2 ** bits - 2}), es, before_${k}) AS reached_${k}`,
      `arrayFirstIndex(s -> s != 0, reached_${k}) AS at_${k}`,
      `if(at_${k} > 0, ${ms(`es[at_${k}]`)} - ${ms(`reached_${k}[at_${k}]`)}, -1) AS total_${k}`,
      k === 2 ? 'total_2 AS gap_2' : `if(at_${k} > 0, ${ms(`es[at_${k}]`)} - ${ms(`(${last})[at_${k}]`)}, -1) AS gap_${k}`,
    );
    if (k < count)
      columns.push(`arrayFill(s -> s != 0, reached_${k}) AS start_${k}`, `arrayFill((e, s) -> s != 0, es, reached_${k}) AS last_${k}`);
  }
  const deepest = [...later].reverse();
  columns.push(`multiIf(${[...deepest.map((k) => `at_${k} > 0, ${k}`), 'bitTest(start_1[-1], 0), 1', '0'].join(', ')}) AS level`);
  if (breakdown || started) {
    const entered = 'arrayFirst(s -> bitTest(s, 0), start_1)';
    const began =
      deepest.length > 0 ? `multiIf(${deepest.map((k) => `level = ${k}, reached_${k}[at_${k}]`).join(', ')}, ${entered})` : entered;
    columns.push(`${ms(began)} AS after`);
    if (breakdown) columns.push(`pairs.2[arrayFirstIndex(e -> bitTest(e, 0) AND ${ms('e')} = after, es)] AS value`);
  }
  const shown = ['person_no', 'level', ...later.flatMap((k) => [`total_${k}`, `gap_${k}`]), ...(breakdown ? ['value'] : [])];
  if (started) shown.push(`after + ${range.from} AS began`);
  return `SELECT ${shown.join(', ')} FROM (SELECT ${columns.join(',\n    ')} FROM (${collect})) WHERE level > 0`;
}

/** One row a person: `es`, the events that matter as sorted numbers; with a breakdown `pairs`, each with its value. */
function collectSql(plan: FunnelPlan, disjoint: boolean, bits: number, breakdown: string | undefined): string {
  const { range, windowMs } = plan;
  const { steps } = plan.question;
  const numbers = steps.map((_, i) => i + 1);
  const source = plan.source([
    ...steps.map((step, i) => fitsColumn(step, `fits_${i + 1}`)),
    ...(breakdown ? [`${breakdown} AS split`] : []),
  ]);
  const conditions = numbers.map((k) => (k === 1 ? `(fits_1 AND time < ${instantSql(range.to)})` : `fits_${k}`));
  const choose = (order: number[], number: (k: number) => number) =>
    `multiIf(${order.map((k) => `${conditions[k - 1]}, ${number(k)}`).join(', ')}, 0)`;
  const time = `toUInt64(toUnixTimestamp64Milli(time) - ${range.from}) * ${2 ** bits}`;
  const mask = disjoint ? choose(numbers, (k) => 2 ** (k - 1)) : numbers.map((k) => `(${conditions[k - 1]}) * ${2 ** (k - 1)}`).join(' + ');
  const order = disjoint
    ? ''
    : ` + ${2 ** steps.length} * (16 * ${choose([...numbers].reverse(), (k) => k)} + ${choose(numbers, (k) => k)})`;
  const packed = `${time} + ${mask}${order}`;
  const fitting = steps.some((s) => s.where.length > 0) ? ` AND (${conditions.join(' OR ')})` : '';
  const collected = breakdown ? `arraySort(groupArray((${packed}, split))) AS pairs` : `arraySort(groupArray(${packed})) AS es`;
  // Nothing after the last possible window can matter.
  return `SELECT person_no, ${collected} FROM ${source}
    WHERE time >= ${instantSql(range.from)} AND time < ${instantSql(range.to + windowMs + 1)} AND ${namesSql(steps)}${fitting}
    GROUP BY person_no SETTINGS optimize_aggregation_in_order = 1`;
}
