import type { Pg } from '../base/index.ts';
import { matchColumns, matches } from './entry-data.ts';
import type { ExitRuleNode } from './graph.ts';
import { type Pass, type PassRow, passColumns, toPass } from './pass.ts';
import type { LaunchedJourney, Plans } from './plans.ts';
import { type Deps, lock, type Slice, zoneOf } from './ports.ts';
import { place, settle } from './settle.ts';
import { stepCondition } from './step.ts';
import type { World } from './walking.ts';
import { Way } from './way.ts';

const withRule = (node: ExitRuleNode): boolean => node.rule !== undefined && node.rule !== null;

/** These leave wherever they stand; what they have queued is taken back. */
async function leaveNow(tx: Pg, world: World, passes: readonly Pass[]): Promise<void> {
  if (passes.length === 0) return;
  const { deps, workspaceNo, now } = world;
  const start = new Way();
  const reason = 'exit_rule';
  const stands = passes.map((p) => ({
    ...{ no: p.no, personNo: p.personNo, node: p.node, branch: p.branch, dueAt: null, since: null, until: null, reason },
    way: start.and({ node: p.node, kind: 'leave', reason }),
  }));
  await place(tx, stands, now);
  await settle(tx, world, { stands, sends: [], calls: [], jumps: [] });
  const taken = { people: [...new Set(passes.map((p) => p.personNo))], passNos: passes.map((p) => p.no) };
  await deps.channels.skipPasses(tx, workspaceNo, taken, reason);
}

/** Before anybody moves: of whom a rule to leave holds, leaves. Returns who stays. */
export async function leaveByRule(tx: Pg, world: World, passes: Pass[]): Promise<Pass[]> {
  const rules = world.plan.exitRules.filter(withRule).map((node) => node.rule);
  if (rules.length === 0) return passes;
  const holds = await world.deps.audience.which(world.workspaceNo, rules, [...new Set(passes.map((p) => p.personNo))]);
  const out = passes.filter((p) => holds.get(p.personNo)?.includes(true));
  await leaveNow(tx, world, out);
  return passes.filter((p) => !out.includes(p));
}

/** Who leaves a journey by newly landed events: by having done one, or by a rule that holds since. */
export async function leaveByEvents(deps: Deps, plans: Plans, slice: Slice, journey: LaunchedJourney): Promise<number> {
  const { workspaceNo } = slice;
  let left = 0;
  for (const plan of await plans.all(deps.pg, journey.no, journey.version)) {
    if (plan.exitRules.length === 0) continue;
    const zone = await zoneOf(deps, workspaceNo);
    for (const node of plan.exitRules) {
      const byRule = withRule(node);
      if (!byRule && !slice.names.has(node.event ?? '')) continue;
      const hits = byRule ? undefined : await hitsOf(deps, slice, node);
      const people = hits ? [...hits.keys()] : [...(slice.people ?? [])];
      if (people.length === 0) continue;
      left += await deps.pg.tx(async (tx) => {
        await lock(tx, workspaceNo);
        const rows = await tx.query<PassRow>(
          `SELECT ${passColumns} FROM journey_people p WHERE p.journey_no = $1 AND p.version = $2 AND p.left_at IS NULL AND p.person_no = ANY($3)`,
          [journey.no, plan.version, people],
        );
        const world = { deps, workspaceNo, zone, plan, now: deps.clock.now() };
        const passes = rows.map(toPass);
        if (!hits) return passes.length - (await leaveByRule(tx, world, passes)).length;
        const out = passes.filter((p) =>
          hits.get(p.personNo)?.some((h) => h.ms > p.eventAt.getTime() && matches(node.match, h.said, p.data?.entry)),
        );
        await leaveNow(tx, world, out);
        return out.length;
      });
    }
  }
  if (left > 0) await deps.boundary('journeys.left');
  return left;
}

async function hitsOf(deps: Deps, slice: Slice, node: ExitRuleNode): Promise<Map<number, { ms: number; said: string[] }[]>> {
  const rows = await deps.ch.query<{ person: number; ms: number; said: string[] }>(
    `SELECT DISTINCT person_no AS person, toUnixTimestamp64Milli(time) AS ms${matchColumns(node.match)} FROM ${deps.events.source(slice.workspaceNo)}
     WHERE batch BETWEEN ${slice.fromBatch} AND ${slice.toBatch} AND ${stepCondition(deps, node.event!, node.where)}`,
  );
  return Map.groupBy(rows, (r) => r.person);
}
