import { eventCondition } from '../audience/index.ts';
import { sqlStrings } from '../base/index.ts';
import { dayMs, instant, metricSql } from './outcome-sql.ts';
import type { ExperimentsDeps } from './ports.ts';
import type { Plan, PlanAsk } from './schema.ts';
import { peopleForMeans, peopleForShares, sequentialFactor } from './statistics/power.ts';
import { enoughPeople } from './statistics/proportion.ts';

/** Traffic and the metric as it is now are learned from so many days. */
const learnedFrom = 28;

/**
 * How many people it takes to see the effect, and when they will have been there: from what the same people did so far and how many come a day.
 * With arms of different sizes the smallest against the control counts; with several arms the level is divided by the comparisons (Bonferroni).
 */
export async function plan(deps: ExperimentsDeps, workspaceNo: number, ask: PlanAsk): Promise<Plan> {
  const now = deps.clock.ms();
  const { base, atOnce, perDay } = await learn(deps, workspaceNo, ask, now);
  const difference = ask.effect * base.mean;
  const known = { base, difference, atOnce, perDay };
  const nothing: Plan = { ...known, perArm: null, people: null, peopleAtOneLook: null, days: null };
  if (!(base.mean > 0) || !base.enough || (ask.primary.kind !== 'conversion' && !(base.sd > 0))) return nothing;
  const options = { power: ask.power, alpha: ask.alpha / (ask.weights.length - 1) };
  const then = base.mean + (ask.primary.better === 'up' ? difference : -difference);
  if (ask.primary.kind === 'conversion' && (then >= 1 || then <= 0)) return nothing;
  const even = ask.primary.kind === 'conversion' ? peopleForShares(base.mean, then, options) : peopleForMeans(difference, base.sd, options);
  const total = ask.weights.reduce((a, b) => a + b, 0);
  const shares = ask.weights.map((w) => w / total);
  const control = shares[Math.min(ask.control, shares.length - 1)]!;
  const smallest = Math.min(...shares.filter((_, i) => i !== ask.control));
  // 1/a + 1/b of the two arms must come to what 2/n is of even ones.
  const inAll = (even / 2) * (1 / control + 1 / smallest);
  const people = Math.ceil(inAll * sequentialFactor(options));
  const missing = people - atOnce;
  const days = missing <= 0 ? ask.windowDays : perDay > 0 ? Math.ceil(missing / perDay) + ask.windowDays : null;
  return { ...known, perArm: Math.ceil(people * Math.min(control, smallest)), people, peopleAtOneLook: Math.ceil(inAll), days };
}

async function learn(
  deps: ExperimentsDeps,
  workspaceNo: number,
  ask: PlanAsk,
  now: number,
): Promise<Pick<Plan, 'base' | 'atOnce' | 'perDay'>> {
  const { on } = ask;
  const windowMs = ask.windowDays * dayMs;
  const from = now - learnedFrom * dayMs - windowMs;
  const source = deps.events.source(workspaceNo);
  // When each could have been assigned: when they were split or entered, else at the beginning of the last window.
  const entering =
    on.kind === 'journey'
      ? eventCondition({
          event: 'Journey Branched',
          where: [
            { property: 'journeyId', op: '=', value: on.journeyId },
            { property: 'nodeId', op: '=', value: on.nodeId },
          ],
        })
      : on.kind === 'audience'
        ? eventCondition({ event: 'Audience Entered', where: [{ property: 'audienceId', op: '=', value: on.audienceId }] })
        : eventCondition({ event: '*' });
  const came = `SELECT person_no, min(time) AS at FROM ${source} WHERE ${entering} GROUP BY person_no`;
  const members =
    on.kind === 'audience'
      ? `SELECT person_no FROM (${(await deps.audience.compile(workspaceNo, [{ audience: on.audienceId }])).sql}) WHERE r0`
      : '';
  const early = instant(now - windowMs);
  const people = {
    journey: `SELECT person_no, at FROM (${came}) WHERE at >= ${instant(from)} AND at + toIntervalMillisecond(${windowMs}) <= ${instant(now)}`,
    audience: `SELECT person_no, ${early} AS at FROM (${members})`,
    api: `SELECT DISTINCT person_no, ${early} AS at FROM ${source} WHERE ${entering} AND time >= ${instant(from)}`,
  }[on.kind];
  const { columns, outcome, event } = metricSql(ask.primary);
  const [row] = await deps.ch.query<{ n: number; mean: number | null; sd: number | null }>(
    `SELECT count() AS n, avg(y) AS mean, stddevSamp(y) AS sd FROM (
       SELECT p.person_no AS person_no, o.y AS y FROM (${people}) AS p LEFT JOIN (
         SELECT a.person_no AS person_no, ${outcome} AS y FROM (
           SELECT person_no, time, fen, m0 FROM ${deps.events.source(workspaceNo, undefined, columns)} WHERE event IN (${sqlStrings([event])}) AND time >= ${instant(from)} AND time < ${instant(now)}
         ) AS e INNER JOIN (${people}) AS a ON e.person_no = a.person_no WHERE e.time >= a.at AND e.time < a.at + toIntervalMillisecond(${windowMs}) GROUP BY a.person_no
       ) AS o ON p.person_no = o.person_no)`,
  );
  const since = on.kind === 'journey' && on.since ? Date.parse(on.since) : now;
  const [traffic] = await deps.ch.query<{ n: number; first: number; there: number }>(
    `SELECT countIf(at >= ${instant(now - learnedFrom * dayMs)}) AS n, toUnixTimestamp64Milli(min(at)) AS first, countIf(at >= ${instant(since)}) AS there FROM (${came})`,
  );
  const n = Number(row?.n ?? 0);
  // A journey that has run for three days has come in in three days.
  const days = Math.min(learnedFrom, Math.max(1, (now - Number(traffic?.first ?? now)) / dayMs));
  return {
    base: { mean: Number(row?.mean ?? 0), sd: Number(row?.sd ?? 0), people: n, enough: n >= enoughPeople },
    atOnce: on.kind === 'audience' ? n : on.kind === 'journey' ? Number(traffic?.there ?? 0) : 0,
    perDay: Number(traffic?.n ?? 0) / days,
  };
}
