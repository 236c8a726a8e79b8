import { eventValueSql } from './breakdown.ts';
import { collectSql, firstExclusionBit, inRangeBit } from './funnel-collect.ts';
import type { FunnelPlan } from './funnel-sql.ts';
import { layersOver } from './layers.ts';

/** Later than any event. */
const never = '9000000000000000';

/**
 * The same row a person as `funnelPeopleSql`, for strict order and for exclusions, where the latest start is not always the best one.
 *
 * An attempt is a start and, for each later step, the first event that fits after the step before (in strict order: the very next event of the
 * person). It reaches the steps that lie in its window. An attempt is spoiled by an excluded event after step `from` and before step `to`, or, where
 * `to` is not reached, before its window is over; spoiled attempts count for nothing. A person is as deep as their deepest attempt left.
 *
 * The attempts of a person are found at once, from the last event back: what follows an event of step k is what follows the nearest later event
 * of step k + 1, and `arrayReverseFill` carries that to every earlier one.
 */
export function chainPeopleSql(plan: FunnelPlan): string {
  const { question, windowMs } = plan;
  const strict = question.order === 'strict';
  const steps = question.steps.map((_, i) => i + 1);
  const afterFirst = steps.slice(1);
  const backwards = [...steps].reverse();
  const { exclude } = question;
  const later = (array: string) => `arrayPopFront(arrayPushBack(${array}, toInt64(-1)))`;
  /** For each event, what holds at the next one that fits step k. */
  const next = (array: string, k: number) => later(strict ? array : `arrayReverseFill((v, own) -> own >= 0, ${array}, at_${k}_${k})`);
  const kept = (k: number, array: string) => `arrayMap((own, n) -> if(own >= 0, n, toInt64(-1)), at_${k}_${k}, ${array})`;
  const marked = (bit: number) => `arrayMap((t, m) -> if(bitTest(m, ${bit}), t, toInt64(-1)), ts, masks)`;

  // at_k_m: when the attempt that is at step k with this event gets to step m; -1 when never. bad_q_k: when its first excluded event comes.
  let layers = layersOver(collectSql(plan, strict))
    .add({ ts: 'es.1', masks: 'es.3' })
    .add({
      ...Object.fromEntries(steps.map((k) => [`at_${k}_${k}`, marked(k - 1)])),
      ...Object.fromEntries(exclude.map((_, q) => [`bad_${q}`, marked(firstExclusionBit + q)])),
    });
  for (const k of backwards) {
    const columns: Record<string, string> = {};
    for (const m of steps.filter((s) => s > k)) columns[`at_${k}_${m}`] = kept(k, next(`at_${k + 1}_${m}`, k + 1));
    for (const [q, { from }] of exclude.entries()) {
      if (k > from) continue;
      const following = later(`arrayReverseFill(v -> v >= 0, bad_${q})`);
      columns[`bad_${q}_${k}`] = kept(
        k,
        k === from ? `arrayMap(v -> if(v < 0, ${never}, v), ${following})` : next(`bad_${q}_${k + 1}`, k + 1),
      );
    }
    if (Object.keys(columns).length > 0) layers = layers.add(columns);
  }
  const got = (m: number) => (m === 1 ? '1' : `(t${m} >= 0 AND t${m} - t1 <= ${windowMs})`);
  const depth = ['1', ...afterFirst.map(got)].join(' + ');
  const spoiled = exclude.map(({ from, to }, q) => `(${got(from)} AND b${q} < if(${got(to)}, t${to}, t1 + ${windowMs + 1}))`);
  const counts = ['t1 >= 0', `bitTest(mask, ${inRangeBit})`, ...(spoiled.length > 0 ? [`NOT (${spoiled.join(' OR ')})`] : [])].join(
    ' AND ',
  );
  const named = ['mask', ...steps.map((m) => `t${m}`), ...exclude.map((_, q) => `b${q}`)].join(', ');
  const given = ['masks', ...steps.map((m) => `at_1_${m}`), ...exclude.map((_, q) => `bad_${q}_1`)].join(', ');
  // Whoever gets there first, from the latest start.
  const best = (k: number) =>
    `arrayReduce('minIf', arrayMap((start, then, before) -> (then, -start, before), at_1_1, at_1_${k}, at_1_${k - 1}), arrayMap(r -> r >= ${k}, reach))`;
  const deepest = backwards.slice(0, -1).map((k) => `level = ${k}, -best_${k}.2`);
  const value = eventValueSql(question.breakdown)
    ? ['es[arrayFirstIndex((t, m, r) -> t = began AND bitTest(m, 0) AND r > 0, ts, masks, reach)].4 AS value']
    : [];
  const times = afterFirst.flatMap((k) => [
    `if(level >= ${k}, best_${k}.1 + best_${k}.2, -1) AS total_${k}`,
    `if(level >= ${k}, best_${k}.1 - best_${k}.3, -1) AS gap_${k}`,
  ]);
  return layers
    .add({ reach: `arrayMap((${named}) -> if(${counts}, ${depth}, 0), ${given})` })
    .add({
      level: 'toUInt8(arrayMax(reach))',
      entered: "arrayReduce('minIf', at_1_1, arrayMap(r -> r >= 1, reach))",
      ...Object.fromEntries(afterFirst.map((k) => [`best_${k}`, best(k)])),
    })
    .add({ began: deepest.length > 0 ? `multiIf(${deepest.join(', ')}, entered)` : 'entered' })
    .select(['person_no', 'level', ...times, 'began', ...value], 'level > 0');
}
