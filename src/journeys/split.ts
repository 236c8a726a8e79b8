import type { Split } from '../channels/index.ts';
import { type Deps, lock } from './ports.ts';

/**
 * A person has been split. A pass goes to the new person if it was that person's before the two were merged, or if all that it has sent went to the
 * identities that leave (the outbox knows, and has followed already); else it stays. So each of the two counts as having had what reached them.
 * Repeatable.
 */
export async function followSplit(deps: Deps, workspaceNo: number, split: Split): Promise<void> {
  await deps.pg.tx(async (tx) => {
    await lock(tx, workspaceNo);
    const passes = await tx.query<{ no: number; mine: boolean }>(
      `SELECT no, coalesce(first_no = ANY($3), false) AS mine FROM journey_people
       WHERE journey_no IN (SELECT no FROM journeys WHERE workspace_no = $1) AND person_no = $2`,
      [workspaceNo, split.from, split.former],
    );
    const reached = await deps.channels.passesReaching(tx, workspaceNo, split);
    const going = passes.filter((p) => p.mine || reached.has(p.no)).map((p) => p.no);
    await tx.query(
      `UPDATE journey_people p SET person_no = $1, entry_no = n.entry
       FROM (SELECT no, (row_number() OVER (PARTITION BY journey_no ORDER BY entered_at, no))
           + coalesce((SELECT max(q.entry_no) FROM journey_people q WHERE q.journey_no = g.journey_no AND q.person_no = $1), 0) AS entry
         FROM journey_people g WHERE g.no = ANY($2)) n WHERE p.no = n.no`,
      [split.to, going],
    );
    await tx.query('UPDATE journey_arrivals SET person_no = $3 WHERE workspace_no = $1 AND person_no = $2 AND first_no = ANY($4)', [
      ...[workspaceNo, split.from, split.to, split.former],
    ]);
    await deps.channels.movePasses(tx, workspaceNo, split, going);
  });
  await deps.boundary('journeys.split');
}
