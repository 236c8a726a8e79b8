import { badInput } from '../base/index.ts';
import { eventValueSql } from './breakdown.ts';
import { collectSql, firstExclusionBit, inRangeBit } from './funnel-collect.ts';
import { type FunnelPlan, mayOverlap } from './funnel-sql.ts';
import { layersOver } from './layers.ts';
import type { Happening } from './schema-base.ts';

const never = '9000000000000000';
const mostTogether = 6;

/** Steps that ask for the very same. */
interface Alike {
  bit: number;
  size: number;
  step: Happening;
}

/**
 * The same row a person as `funnelPeopleSql`, for steps in any order, each by an event of its own.
 *
 * An attempt is any event that fits a step, with the window that begins there. How many steps its events can serve at once is a matching, and by
 * Hall's theorem it is the least, over all sets T of steps, of the steps outside T plus the events that fit any of T. So a window needs nothing but a
 * count of events for each set of steps between which an event may choose; steps that no event shares are counted one by one.
 * An attempt with an excluded event before it is complete counts for nothing. Times are those of the deepest attempt that is complete first,
 * from its latest start; a step's own time is since the step before it, whichever that was.
 */
export function anyOrderPeopleSql(plan: FunnelPlan): string {
  const { question, windowMs } = plan;
  const count = question.steps.length;
  const steps = question.steps.map((_, i) => i + 1);
  const sets = setsOf(question.steps);
  const fits = (set: number) => `toInt32(bitAnd(m, ${set}) != 0)`;
  const matched = matchedSql(sets, (i) => `n${i}`);
  const names = sets.all.map((_, i) => `n${i}`).join(', ');
  const each = (of: (set: number, i: number) => string) => sets.all.map(of).join(', ');
  /** How many steps the events up to each one can serve. */
  const upTo = (array: string) =>
    `arrayMap((${names}) -> ${matched}, ${each((set) => `arrayCumSum(e -> toInt32(bitAnd(e.3, ${set}) != 0), ${array})`)})`;
  const excluded = question.exclude.reduce((mask, _, q) => mask + 2 ** (firstExclusionBit + q), 0);
  const bad =
    excluded === 0
      ? `arrayMap(e -> toInt64(${never}), es)`
      : `arrayPopFront(arrayPushBack(arrayReverseFill(t -> t < ${never}, arrayMap(e -> if(bitAnd(e.3, ${excluded}) != 0, e.1, toInt64(${never})), es)), toInt64(${never})))`;
  const afterFirst = steps.slice(1);
  const layers = layersOver(collectSql(plan, false))
    .add({ bad, masks: 'es.3' })
    .add({ ends: `arrayMap((e, b) -> least(e.1 + ${windowMs}, b), es, bad)` })
    // Events and the ends of windows in one order of time tell, for each window, how many events lie before its end.
    .add({
      both: 'arraySort(arrayConcat(arrayMap(e -> (e.1, 0, toUInt32(0), e.3), es), arrayMap((t, i) -> (t, 1, toUInt32(i), toUInt32(0)), ends, arrayEnumerate(es))))',
    })
    .add({ ends_here: 'arrayMap(q -> q = 1, both.2)', mixed: 'both.4' })
    .add(
      Object.fromEntries(
        sets.all.map((set, i) => [
          `inside_${i}`,
          `arrayMap((whole, c, m) -> toInt32(whole) - toInt32(c) + ${fits(set)}, arrayFilter((c, q) -> q, arrayCumSum(m -> ${fits(set)}, mixed), ends_here), arrayCumSum(m -> ${fits(set)}, masks), masks)`,
        ]),
      ),
    )
    .add({ fitting: `arrayMap((${names}) -> ${matched}, ${each((_, i) => `inside_${i}`)})` })
    .add({
      reach: `arrayMap((e, b, n) -> if(bitTest(e.3, ${inRangeBit}) AND bitAnd(e.3, ${2 ** count - 1}) != 0 AND (b > e.1 + ${windowMs} OR n = ${count}), n, 0), es, bad, fitting)`,
    })
    .add({ level: 'toUInt8(arrayMax(reach))' })
    .add({ first: 'indexOf(reach, level)' })
    .add({ until: 'ends[first]' })
    .add({ attempt: 'arrayFilter(e -> e.1 <= until, arraySlice(es, first))' })
    .add({ done: `arraySlice(attempt, 1, arrayFirstIndex(n -> n >= level, ${upTo('attempt')}))` })
    .add({ backwards: 'arrayReverse(done)' })
    .add({
      chain: `arraySlice(done, -arrayFirstIndex((n, open) -> n >= level AND open > 0, ${upTo('backwards')}, arrayCumSum(e -> toInt32(bitTest(e.3, ${inRangeBit})), backwards)))`,
    })
    .add({ served: upTo('chain') })
    .add(Object.fromEntries(steps.map((k) => [`got_${k}`, `chain[arrayFirstIndex(n -> n >= ${k}, served)].1`])));
  const times = afterFirst.flatMap((k) => [
    `if(level >= ${k}, got_${k} - got_1, -1) AS total_${k}`,
    `if(level >= ${k}, got_${k} - got_${k - 1}, -1) AS gap_${k}`,
  ]);
  const value = eventValueSql(question.breakdown) ? ['chain[1].4 AS value'] : [];
  return layers.select(['person_no', 'level', ...times, 'chain[1].1 AS began', ...value], 'level > 0');
}

interface Sets {
  /** Masks of steps, one for each count that is needed. */
  all: number[];
  /** Steps between which an event may have to choose, with the sets among them. */
  groups: { size: number; sets: { at: number; size: number }[] }[];
}

/** What has to be counted: for each group of steps that share events, every set of them. */
function setsOf(steps: readonly Happening[]): Sets {
  const alike: Alike[] = [];
  for (const [i, step] of steps.entries()) {
    const same = alike.find((a) => JSON.stringify(a.step) === JSON.stringify(step));
    if (same) same.size += 1;
    else alike.push({ bit: 2 ** i, size: 1, step });
  }
  const groups: Alike[][] = [];
  for (const one of alike) {
    const touching = groups.filter((g) => g.some((other) => mayOverlap(other.step, one.step)));
    for (const g of touching) groups.splice(groups.indexOf(g), 1);
    groups.push([...touching.flat(), one]);
  }
  if (groups.some((g) => g.length > mostTogether))
    throw badInput([
      {
        field: 'steps',
        reason: `in any order at most ${mostTogether} different steps may share events; make them more alike or more apart`,
      },
    ]);
  const all: number[] = [];
  return {
    all,
    groups: groups.map((group) => ({
      size: group.reduce((sum, a) => sum + a.size, 0),
      sets: Array.from({ length: 2 ** group.length - 1 }, (_, i) => {
        const chosen = group.filter((_, j) => ((i + 1) >> j) & 1);
        all.push(chosen.reduce((mask, a) => mask + a.bit, 0));
        return { at: all.length - 1, size: chosen.reduce((sum, a) => sum + a.size, 0) };
      }),
    })),
  };
}

function matchedSql({ groups }: Sets, counted: (at: number) => string): string {
  return groups
    .map(({ size, sets }) => `toInt32(arrayMin([${size}, ${sets.map((s) => `${size - s.size} + toInt32(${counted(s.at)})`).join(', ')}]))`)
    .join(' + ');
}
