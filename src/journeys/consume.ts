import { sqlString } from '../base/index.ts';
import { convert } from './convert.ts';
import { enter } from './enter.ts';
import type { EntryNode, GoalNode, Where } from './graph.ts';
import { type LaunchedJourney, launchedJourneys, type Plans } from './plans.ts';
import type { Deps } from './ports.ts';

export interface Slice {
  workspaceNo: number;
  fromBatch: number;
  toBatch: number;
  names: ReadonlySet<string>;
}

interface Hit {
  person: number;
  ms: number;
}

/** Reads newly landed events: who enters a journey by them, and who reaches a goal. Returns whether anybody entered. */
export async function consume(deps: Deps, plans: Plans, slice: Slice): Promise<boolean> {
  const journeys = await launchedJourneys(deps.pg, slice.workspaceNo);
  let entered = 0;
  for (const journey of journeys.filter((j) => j.state === 'running')) {
    const plan = await plans.get(deps.pg, journey.no, journey.version);
    const condition = entryCondition(deps, plan.entry, slice);
    if (condition === undefined) continue;
    // History that is brought in afterwards, and what came before the launch, begins nothing.
    const fresh = `source NOT LIKE 'import:%' AND received_at >= fromUnixTimestamp64Milli(toInt64(${journey.launched_at.getTime()}), 'UTC')`;
    const hits = await deps.ch.query<Hit>(
      `SELECT person_no AS person, min(toUnixTimestamp64Milli(time)) AS ms FROM ${deps.events.source(slice.workspaceNo)}
       WHERE batch BETWEEN ${slice.fromBatch} AND ${slice.toBatch} AND ${condition} AND ${fresh} GROUP BY person_no ORDER BY person_no`,
    );
    entered += await enter(
      deps,
      slice.workspaceNo,
      plan,
      hits.map((h) => ({ personNo: h.person, at: new Date(h.ms) })),
    );
  }
  // Entries first: a goal in the same slice may be reached by who has just come in.
  for (const journey of journeys) await findGoals(deps, plans, slice, journey);
  return entered > 0;
}

function entryCondition(deps: Deps, entry: EntryNode, slice: Slice): string | undefined {
  const event = entry.audience === undefined ? entry.event : 'Audience Entered';
  if (event === undefined || !slice.names.has(event)) return undefined;
  const condition = stepCondition(deps, event, entry.where);
  return entry.audience === undefined ? condition : `${condition} AND properties.audienceId.:String = ${sqlString(entry.audience)}`;
}

const stepCondition = (deps: Deps, event: string, where: Where[] | undefined): string =>
  `(${deps.audience.eventCondition(where && where.length > 0 ? { event, where } : { event })})`;

const dayMs = 86_400_000;

async function findGoals(deps: Deps, plans: Plans, slice: Slice, journey: LaunchedJourney): Promise<void> {
  const goals = new Map<string, { goal: GoalNode; versions: number[] }>();
  for (const plan of await plans.all(deps.pg, journey.no, journey.version)) {
    for (const goal of plan.goals) {
      if (goal.event === undefined || !slice.names.has(goal.event) || isOver(goal, journey, deps.clock.ms())) continue;
      // The same goal in several versions is looked for once.
      const key = JSON.stringify([goal.id, goal.event, goal.where, goal.withinDays, goal.exit]);
      const found = goals.get(key) ?? { goal, versions: [] };
      found.versions.push(plan.version);
      goals.set(key, found);
    }
  }
  for (const { goal, versions } of goals.values()) {
    const hits = await deps.ch.query<Hit>(
      `SELECT DISTINCT person_no AS person, toUnixTimestamp64Milli(time) AS ms FROM ${deps.events.source(slice.workspaceNo)}
       WHERE batch BETWEEN ${slice.fromBatch} AND ${slice.toBatch} AND ${stepCondition(deps, goal.event, goal.where)}`,
    );
    await convert(
      deps,
      slice.workspaceNo,
      journey,
      goal,
      versions,
      hits.map((h) => ({ personNo: h.person, at: new Date(h.ms) })),
    );
  }
}

/** After an archived journey's window nobody can reach its goal any more. A day more, for events that come late. */
const isOver = (goal: GoalNode, journey: LaunchedJourney, now: number): boolean =>
  journey.archived_at !== null && journey.archived_at.getTime() + ((goal.withinDays ?? 0) + 1) * dayMs < now;
