import type { Ch, Pg } from '../base/index.ts';
import { countingLock, type Doings, doingsIn, fenColumn } from './activity.ts';
import { MoveMap } from './moves.ts';

interface Deps {
  pg: Pg;
  ch: Ch;
}

/** Counts anew what these people did, from their events as merges and splits have left them: after a split. */
export function recount({ pg, ch }: Deps, workspaceNo: number, people: readonly number[]): Promise<void> {
  return pg.tx(async (tx) => {
    const where = await landedAlone(tx);
    const now = await tx.query<{ no: number }>(
      'SELECT DISTINCT coalesce(merged_into, person_no) AS no FROM people WHERE workspace_no = $1 AND person_no = ANY($2)',
      [workspaceNo, [...people]],
    );
    const those = now.map((n) => n.no);
    const group = await tx.query<{ no: number }>(
      'SELECT person_no AS no FROM people WHERE workspace_no = $1 AND (person_no = ANY($2) OR merged_into = ANY($2))',
      [workspaceNo, those],
    );
    const source = (await moves(tx)).source(workspaceNo, those, [fenColumn]);
    const found = await doingsIn(ch, source, where);
    await replace(
      tx,
      workspaceNo,
      group.map((g) => g.no),
      found,
    );
  });
}

/** Counts whom nobody has counted yet, some at a time: data from before this was kept. */
export async function countOpen({ pg, ch }: Deps): Promise<number> {
  const open = await pg.query<{ workspace_no: number; from_no: number; to_no: number }>(
    'SELECT workspace_no, from_no, to_no FROM person_recounts ORDER BY from_no, workspace_no',
  );
  for (const { workspace_no, from_no, to_no } of open) {
    await pg.tx(async (tx) => {
      const where = await landedAlone(tx);
      const source = (await moves(tx)).source(workspace_no, undefined, [fenColumn]);
      const found = await doingsIn(ch, source, `${where} AND person_no >= ${from_no} AND person_no < ${to_no}`);
      const people = await tx.query<{ no: number }>(
        'SELECT person_no AS no FROM people WHERE workspace_no = $1 AND person_no >= $2 AND person_no < $3',
        [workspace_no, from_no, to_no],
      );
      await replace(
        tx,
        workspace_no,
        people.map((p) => p.no),
        found,
      );
      await tx.query('DELETE FROM person_recounts WHERE workspace_no = $1 AND from_no = $2', [workspace_no, from_no]);
    });
  }
  return open.length;
}

/** Takes the lock that keeps batches from being added meanwhile; returns SQL for the rows of those that have been. */
async function landedAlone(tx: Pg): Promise<string> {
  await tx.query('SELECT pg_advisory_xact_lock($1)', [countingLock]);
  const writing = await tx.query<{ id: number }>("SELECT id FROM event_batches WHERE state <> 'landed'");
  return writing.length > 0 ? `batch NOT IN (${writing.map((w) => w.id).join(',')})` : '1';
}

/** Whose events are whose as PostgreSQL has it now: what this process holds back from its readers counts too. */
async function moves(tx: Pg): Promise<MoveMap> {
  const map = new MoveMap();
  await map.load(tx);
  return map;
}

async function replace(tx: Pg, workspaceNo: number, people: readonly number[], found: ReadonlyMap<number, Doings>): Promise<void> {
  await tx.query('DELETE FROM person_activity WHERE workspace_no = $1 AND person_no = ANY($2)', [workspaceNo, [...people]]);
  const known = new Set(people);
  const list = [...found].filter(([person]) => known.has(person));
  const column = (of: (one: Doings) => number) => list.map(([, one]) => of(one));
  await tx.query(
    `INSERT INTO person_activity (workspace_no, person_no, first_ms, last_ms, orders, gross_fen, back_fen, last_order_ms)
     SELECT $1, * FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::int[], $6::float8[], $7::float8[], $8::bigint[])`,
    [
      workspaceNo,
      list.map(([person]) => person),
      column((o) => o.first),
      column((o) => o.last),
      column((o) => o.orders),
      column((o) => o.gross),
      column((o) => o.back),
      column((o) => o.lastOrder),
    ],
  );
}
