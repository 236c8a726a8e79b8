import { sqlString, sqlStrings } from '../base/index.ts';
import { anyPropertySql, conditionsSql } from './conditions.ts';
import { instantSql, type Range } from './period.ts';
import type { FunnelQuestion, Happening } from './schema.ts';

/** Earlier than any start by more than any window. */
const never = '-100000000000000';

/** `*`: any event that the person did, but not what the system itself wrote. */
const anyEvent = "type IN ('track', 'page', 'screen') AND source != 'yutang'";

/** What happened, as a truth value over a row of events. */
export function happeningSql(happening: Happening, field: string): string {
  const name = happening.event === '*' ? anyEvent : `event = ${sqlString(happening.event)}`;
  return happening.where.length === 0 ? `(${name})` : `(${name} AND ${conditionsSql(happening.where, `${field}.where`)})`;
}

/** A cheap test on the name alone, so that only rows that can matter are read further. */
export function namesSql(happenings: readonly Happening[]): string {
  if (happenings.some((h) => h.event === '*')) return anyEvent;
  return `event IN (${sqlStrings(new Set(happenings.map((h) => h.event)))})`;
}

function mayOverlap(a: Happening, b: Happening): boolean {
  return a.event === b.event || a.event === '*' || b.event === '*';
}

export interface FunnelPlan {
  source: string;
  question: FunnelQuestion;
  range: Range;
  windowMs: number;
}

/**
 * One row a person who entered: `level` (the deepest step reached), and per step k from 2 on `total_k` (ms from the first step) and
 * `gap_k` (ms from the step before) when it was first reached, else -1; `value` (with a breakdown) of the event that began the deepest chain.
 *
 * A chain of k steps is k different events in order of time, the last within the window of the first. Going through a person's events in order,
 * keep for every step the latest start from which it has been reached so far: the latest start is never worse than an earlier one, so a step is
 * reached exactly when its event comes within the window of the latest start of the step before it. That state is what `arrayFill` carries forward,
 * a whole array at a time, so a person costs no more than with windowFunnel, and the times to convert come with it. An event that fits two
 * neighbouring steps extends only chains that were there before it (the shift by one), so each step takes an event of its own.
 * Events of the same millisecond are taken in the order of the steps.
 */
export function funnelPeopleSql({ source, question, range, windowMs }: FunnelPlan): string {
  const { steps } = question;
  const breakdown = eventBreakdown(question);
  const count = steps.length;
  const numbers = steps.map((_, i) => i + 1);
  const conditions = steps.map((step, i) => {
    const fits = happeningSql(step, `steps.${i}`);
    return i === 0 ? `(${fits} AND time < ${instantSql(range.to)})` : fits;
  });
  const disjoint = steps.every((a, i) => steps.every((b, j) => i >= j || !mayOverlap(a, b)));
  const choose = (first: number[], number: (k: number) => number | string) =>
    `multiIf(${first.map((k) => `${conditions[k - 1]}, ${number(k)}`).join(', ')}, 0)`;
  const mask = disjoint
    ? choose(numbers, (k) => 2 ** (k - 1))
    : `(${numbers.map((k) => `(${conditions[k - 1]}) * ${2 ** (k - 1)}`).join(' + ')})`;
  // Sorted as one number: time, then (where an event can fit several steps) the last and the first step that it fits, then the steps.
  const rank = disjoint ? '' : ` + ${2 ** count} * (16 * ${choose([...numbers].reverse(), (k) => k)} + ${choose(numbers, (k) => k)})`;
  const bits = count + (disjoint ? 0 : 8);
  const packed = `toUInt64(toUnixTimestamp64Milli(time) - ${range.from}) * ${2 ** bits} + ${mask}${rank}`;
  const collected = breakdown ? `arraySort(groupArray((${packed}, ${valueSql(breakdown)})))` : `arraySort(groupArray(${packed}))`;
  const filtered = steps.some((s) => s.where.length > 0) ? ` AND (${conditions.join(' OR ')})` : '';
  // Nothing after the last possible window can matter, and nothing at all without an entry.
  const collect = `SELECT person_no, ${collected} AS es FROM ${source}
    WHERE time >= ${instantSql(range.from)} AND time < ${instantSql(range.to + windowMs + 1)} AND ${namesSql(steps)}${filtered}
    GROUP BY person_no`;
  const e = breakdown ? 'es.1' : 'es';

  const columns = [
    'person_no',
    `arrayMap(e -> toInt64(bitShiftRight(e, ${bits})), ${e}) AS t`,
    `arrayMap(e -> bitAnd(e, ${2 ** count - 1}), ${e}) AS m`,
    'arrayMap(s -> bitTest(s, 0), m) AS ok_1',
    `arrayFill((x, o) -> o, arrayMap((x, o) -> if(o, x, ${never}), t, ok_1), ok_1) AS start_1`,
  ];
  for (const k of numbers.slice(1)) {
    const shifted = (name: string) =>
      mayOverlap(steps[k - 2]!, steps[k - 1]!) ? `arrayPopBack(arrayPushFront(${name}, toInt64(${never})))` : name;
    columns.push(
      `${shifted(`start_${k - 1}`)} AS before_${k}`,
      `arrayMap((x, s, b) -> bitTest(s, ${k - 1}) AND x - b <= ${windowMs}, t, m, before_${k}) AS ok_${k}`,
      `indexOf(ok_${k}, 1) AS at_${k}`,
      `if(at_${k} > 0, t[at_${k}] - before_${k}[at_${k}], -1) AS total_${k}`,
      k === 2 ? 'total_2 AS gap_2' : `if(at_${k} > 0, t[at_${k}] - (${shifted(`last_${k - 1}`)})[at_${k}], -1) AS gap_${k}`,
    );
    if (k < count) {
      columns.push(
        `arrayFill((b, o) -> o, arrayMap((b, o) -> if(o, b, ${never}), before_${k}, ok_${k}), ok_${k}) AS start_${k}`,
        `arrayFill((x, o) -> o, arrayMap((x, o) -> if(o, x, ${never}), t, ok_${k}), ok_${k}) AS last_${k}`,
      );
    }
  }
  const later = numbers.slice(1).reverse();
  columns.push(`multiIf(${later.map((k) => `at_${k} > 0, ${k}`).join(', ')}${later.length > 0 ? ', ' : ''}has(ok_1, 1), 1, 0) AS level`);
  if (breakdown) {
    const entered = 't[indexOf(ok_1, 1)]';
    const began = later.length > 0 ? `multiIf(${later.map((k) => `level = ${k}, before_${k}[at_${k}]`).join(', ')}, ${entered})` : entered;
    columns.push(`${began} AS began`, `es.2[arrayFirstIndex((x, o) -> o AND x = began, t, ok_1)] AS value`);
  }
  const shown = ['person_no', 'level', ...numbers.slice(1).flatMap((k) => [`total_${k}`, `gap_${k}`]), ...(breakdown ? ['value'] : [])];
  return `SELECT ${shown.join(', ')} FROM (SELECT ${columns.join(',\n    ')} FROM (${collect})) WHERE level > 0`;
}

/** A breakdown by something of the event that began the chain; by level is a matter of the person and is joined on later. */
type EventBreakdown = { property: string } | { by: 'carrier' };

function eventBreakdown({ breakdown }: FunnelQuestion): EventBreakdown | undefined {
  if (!breakdown || 'property' in breakdown) return breakdown;
  return breakdown.by === 'carrier' ? { by: 'carrier' } : undefined;
}

function valueSql(breakdown: EventBreakdown): string {
  return 'property' in breakdown ? `ifNull(toString(${anyPropertySql(breakdown.property)}), '')` : 'toString(carrier)';
}
