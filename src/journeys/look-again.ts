import type { UntilNode } from './graph.ts';
import type { LaunchedJourney, Plans } from './plans.ts';
import { type Deps, lock, type Slice } from './ports.ts';
import { stepCondition } from './step.ts';

/**
 * Who waits for what may just have landed is looked at when people are moved next: by an event that somebody waits for, by any event where the wait
 * is for a rule. Whether it has come is asked then (`until.ts`). Returns how many.
 */
export async function lookAgain(deps: Deps, plans: Plans, slice: Slice, journey: LaunchedJourney): Promise<number> {
  let count = 0;
  for (const plan of await plans.all(deps.pg, journey.no, journey.version)) {
    const waits = plan.order.filter((n): n is UntilNode => n.type === 'until');
    const byRule = waits.filter((n) => n.rule !== undefined && n.rule !== null).map((n) => n.id);
    if (byRule.length > 0) count += await mark(deps, slice, plan, byRule, [...(slice.people ?? [])]);
    for (const node of waits) {
      if (byRule.includes(node.id) || !slice.names.has(node.event ?? '')) continue;
      const rows = await deps.ch.query<{ person: number }>(
        `SELECT DISTINCT person_no AS person FROM ${deps.events.source(slice.workspaceNo)}
         WHERE batch BETWEEN ${slice.fromBatch} AND ${slice.toBatch} AND ${stepCondition(deps, node.event!, node.where)}`,
      );
      count += await mark(
        deps,
        slice,
        plan,
        [node.id],
        rows.map((r) => r.person),
      );
    }
  }
  return count;
}

async function mark(
  deps: Deps,
  { workspaceNo }: Slice,
  of: { journeyNo: number; version: number },
  nodes: readonly string[],
  people: readonly number[],
): Promise<number> {
  if (people.length === 0) return 0;
  return deps.pg.tx(async (tx) => {
    await lock(tx, workspaceNo);
    const rows = await tx.query(
      `UPDATE journey_people SET due_at = $5 WHERE workspace_no = $1 AND journey_no = $2 AND version = $3 AND node = ANY($4) AND due_at > $5
         AND person_no = ANY($6) RETURNING no`,
      [workspaceNo, of.journeyNo, of.version, [...nodes], deps.clock.now(), [...people]],
    );
    return rows.length;
  });
}
