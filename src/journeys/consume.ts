import { sqlString } from '../base/index.ts';
import { convert } from './convert.ts';
import { enter } from './enter.ts';
import { type EntryData, matchColumns, propertyOf, takesEach, textOf } from './entry-data.ts';
import { leaveByEvents } from './exit-rules.ts';
import { fallBack } from './fallback.ts';
import { type EntryNode, type GoalNode, triggerOf } from './graph.ts';
import { lookAgain } from './look-again.ts';
import type { Plan } from './plan.ts';
import { type LaunchedJourney, launchedJourneys, type Plans } from './plans.ts';
import type { Deps, Slice } from './ports.ts';
import { stepCondition } from './step.ts';
import { wantsEntry } from './wants.ts';

interface Hit {
  person: number;
  ms: number;
  /** The event's properties as JSON, where they are asked for. */
  said?: string;
}

/** One person counts for so many entries in one slice at most. */
const mostEach = 100;

/** Reads newly landed events: who enters a journey by them, who need wait no longer, who leaves, who reaches a goal. Returns whether anybody is to be moved. */
export async function consume(deps: Deps, plans: Plans, slice: Slice): Promise<boolean> {
  const journeys = await launchedJourneys(deps.pg, slice.workspaceNo);
  let moved = 0;
  for (const journey of journeys.filter((j) => j.state === 'running')) {
    const plan = await plans.get(deps.pg, journey.no, journey.version);
    for (const entry of plan.entries) moved += await enterBy(deps, slice, journey, plan, entry);
  }
  // Entries first: a goal, or the end of a wait, in the same slice may be reached by who has just come in.
  for (const journey of journeys) {
    await findGoals(deps, plans, slice, journey);
    if (journey.state === 'archived') continue;
    await leaveByEvents(deps, plans, slice, journey);
    moved += await lookAgain(deps, plans, slice, journey);
    moved += await fallBack(deps, plans, slice, journey);
  }
  return moved > 0;
}

async function enterBy(deps: Deps, slice: Slice, journey: LaunchedJourney, plan: Plan, entry: EntryNode): Promise<number> {
  const condition = entryCondition(deps, entry, slice);
  if (condition === undefined) return 0;
  // History that is brought in afterwards, and what came before the launch, begins nothing.
  const fresh = `source NOT LIKE 'import:%' AND received_at >= fromUnixTimestamp64Milli(toInt64(${journey.launched_at.getTime()}), 'UTC')`;
  const each = takesEach(entry);
  const said = entry.key !== undefined || (await wantsEntry(deps, slice.workspaceNo, plan));
  const json = 'toJSONString(properties)';
  const landed = `FROM ${deps.events.source(slice.workspaceNo)} WHERE batch BETWEEN ${slice.fromBatch} AND ${slice.toBatch} AND ${condition} AND ${fresh}`;
  const hits = await deps.ch.query<Hit>(
    each
      ? `SELECT person_no AS person, toUnixTimestamp64Milli(time) AS ms${said ? `, ${json} AS said` : ''} ${landed} ORDER BY person_no, time, key LIMIT ${mostEach} BY person_no`
      : `SELECT person_no AS person, min(toUnixTimestamp64Milli(time)) AS ms${said ? `, argMin(${json}, (time, key)) AS said` : ''} ${landed} GROUP BY person_no ORDER BY person_no`,
  );
  const arrivals = hits.map((h) => {
    const data = h.said === undefined ? undefined : (JSON.parse(h.said) as EntryData);
    return {
      ...{ personNo: h.person, at: new Date(h.ms) },
      ...(entry.key === undefined ? {} : { key: textOf(propertyOf(data, entry.key)) }),
      ...(data ? { data: { entry: data } } : {}),
    };
  });
  // Nobody stands twice in a set: the first event of each, then the second.
  let count = 0;
  const turns = new Map<number, number>();
  const rounds = Map.groupBy(arrivals, (a) => {
    const turn = turns.get(a.personNo) ?? 0;
    turns.set(a.personNo, turn + 1);
    return turn;
  });
  for (const round of rounds.values()) count += await enter(deps, slice.workspaceNo, { plan, entry }, round);
  return count;
}

function entryCondition(deps: Deps, entry: EntryNode, slice: Slice): string | undefined {
  const by = (event: string | undefined, more = ''): string | undefined =>
    event === undefined || !slice.names.has(event) ? undefined : `${stepCondition(deps, event, entry.where)}${more}`;
  switch (triggerOf(entry)) {
    case 'event':
      return by(entry.event);
    case 'audience':
      return by(
        entry.on === 'exit' ? 'Audience Exited' : 'Audience Entered',
        ` AND properties.audienceId.:String = ${sqlString(entry.audience!)}`,
      );
    case 'touchpoint':
      return by('Touchpoint Entered', ` AND properties.touchpointId.:String = ${sqlString(entry.touchpoint!)}`);
    default:
      return undefined;
  }
}

const dayMs = 86_400_000;

async function findGoals(deps: Deps, plans: Plans, slice: Slice, journey: LaunchedJourney): Promise<void> {
  const goals = new Map<string, { goal: GoalNode; versions: number[] }>();
  for (const plan of await plans.all(deps.pg, journey.no, journey.version)) {
    for (const goal of plan.goals) {
      if (goal.event === undefined || !slice.names.has(goal.event) || isOver(goal, journey, deps.clock.ms())) continue;
      // The same goal in several versions is looked for once.
      const key = JSON.stringify([goal.id, goal.event, goal.where, goal.withinDays, goal.exit, goal.match]);
      const found = goals.get(key) ?? { goal, versions: [] };
      found.versions.push(plan.version);
      goals.set(key, found);
    }
  }
  for (const { goal, versions } of goals.values()) {
    const hits = await deps.ch.query<{ person: number; ms: number; said: string[] }>(
      `SELECT DISTINCT person_no AS person, toUnixTimestamp64Milli(time) AS ms${matchColumns(goal.match)} FROM ${deps.events.source(slice.workspaceNo)}
       WHERE batch BETWEEN ${slice.fromBatch} AND ${slice.toBatch} AND ${stepCondition(deps, goal.event, goal.where)}`,
    );
    await convert(
      deps,
      slice.workspaceNo,
      journey,
      goal,
      versions,
      hits.map((h) => ({ personNo: h.person, at: new Date(h.ms), said: h.said })),
    );
  }
}

/** After an archived journey's window nobody can reach its goal any more. A day more, for events that come late. */
const isOver = (goal: GoalNode, journey: LaunchedJourney, now: number): boolean =>
  journey.archived_at !== null && journey.archived_at.getTime() + ((goal.withinDays ?? 0) + 1) * dayMs < now;
