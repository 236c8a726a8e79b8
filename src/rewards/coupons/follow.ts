import type { Split } from '../../events/index.ts';
import { type Deps, givingLock } from '../ports.ts';

const tables = ['coupon_issues', 'coupon_uses', 'coupon_acts'];

/** Two people are one: what both hold is theirs, also where one alone could not have had so many. Repeatable. */
export async function followMerges(deps: Deps, workspaceNo: number, moves: readonly { from: number; to: number }[]): Promise<void> {
  if (moves.length === 0) return;
  await deps.pg.tx(async (tx) => {
    await tx.query('SELECT pg_advisory_xact_lock($1, $2)', [givingLock, workspaceNo]);
    for (const { from, to } of moves)
      for (const table of tables)
        await tx.query(`UPDATE ${table} SET person_no = $3 WHERE workspace_no = $1 AND person_no = $2`, [workspaceNo, from, to]);
  });
  await deps.boundary('rewards.merged');
}

/** A person has been split: what was given to somebody before the merge goes with them, and what follows from it; the rest stays. Repeatable. */
export async function followSplit(deps: Deps, workspaceNo: number, { from, to, former }: Split): Promise<void> {
  await deps.pg.tx(async (tx) => {
    await tx.query('SELECT pg_advisory_xact_lock($1, $2)', [givingLock, workspaceNo]);
    await tx.query('UPDATE coupon_issues SET person_no = $3 WHERE workspace_no = $1 AND person_no = $2 AND first_no = ANY($4)', [
      ...[workspaceNo, from, to, [...former]],
    ]);
    for (const table of ['coupon_uses', 'coupon_acts'])
      await tx.query(
        `UPDATE ${table} f SET person_no = $3 FROM coupon_issues i WHERE f.workspace_no = $1 AND f.person_no = $2 AND i.no = f.issue_no AND i.person_no = $3`,
        [workspaceNo, from, to],
      );
  });
  await deps.boundary('rewards.split');
}
