import type { Plans } from './plans.ts';
import { launchedJourneys } from './plans.ts';
import { type Deps, lock } from './ports.ts';
import { logLeaves } from './way.ts';

export interface Move {
  from: number;
  to: number;
}

interface Row {
  no: number;
  journey_no: number;
  person_no: number;
  entry_no: number;
  entered_at: Date;
  left_at: Date | null;
}

/**
 * People have merged: their passes follow the one who stays. Where a person is now inside the same journey twice, the earlier entry stays and the
 * other leaves with reason `merged`; what that one has queued is taken back, so nobody is told the same twice. A journey that lets nobody in again
 * holds to this also when the earlier pass is over. Repeatable.
 */
export async function followMerges(deps: Deps, plans: Plans, workspaceNo: number, moves: readonly Move[]): Promise<void> {
  const target = resolve(moves);
  if (target.size === 0) return;
  await deps.pg.tx(async (tx) => {
    await lock(tx, workspaceNo);
    const now = deps.clock.now();
    const journeys = await launchedJourneys(tx, workspaceNo);
    const everyone = [...new Set([...target.keys(), ...target.values()])];
    const rows = await tx.query<Row>(
      `SELECT no, journey_no, person_no, entry_no, entered_at, left_at FROM journey_people
       WHERE journey_no = ANY($1) AND person_no = ANY($2) ORDER BY entered_at, no`,
      [journeys.map((j) => j.no), everyone],
    );
    const moved: { no: number; person: number; entry: number }[] = [];
    const leaving: Row[] = [];
    for (const passes of Map.groupBy(rows, (r) => `${r.journey_no}:${target.get(r.person_no) ?? r.person_no}`).values()) {
      const journey = journeys.find((j) => j.no === passes[0]!.journey_no)!;
      const person = target.get(passes[0]!.person_no) ?? passes[0]!.person_no;
      const coming = passes.filter((p) => p.person_no !== person);
      if (coming.length === 0) continue;
      let entry = Math.max(0, ...passes.filter((p) => p.person_no === person).map((p) => p.entry_no));
      for (const p of coming) moved.push({ no: p.no, person, entry: ++entry });
      const { reentry } = (await plans.get(tx, journey.no, journey.version)).entry;
      const once = reentry === undefined || reentry === 'never';
      const [stays] = once ? passes : passes.filter((p) => p.left_at === null);
      leaving.push(...passes.filter((p) => p.left_at === null && p !== stays));
    }
    await tx.query(
      `UPDATE journey_people p SET person_no = m.person, entry_no = m.entry FROM unnest($1::bigint[], $2::bigint[], $3::int[]) AS m (no, person, entry)
       WHERE p.no = m.no`,
      [moved.map((m) => m.no), moved.map((m) => m.person), moved.map((m) => m.entry)],
    );
    const passNos = leaving.map((p) => p.no);
    const gone = await tx.query<{ no: number; journey_no: number; version: number; node: string }>(
      `UPDATE journey_people SET left_at = $1, moved_at = $1, due_at = NULL, reason = 'merged' WHERE no = ANY($2) AND left_at IS NULL
       RETURNING no, journey_no, version, node`,
      [now, passNos],
    );
    await logLeaves(tx, workspaceNo, gone, 'merged', now);
    await deps.channels.skipPasses(tx, workspaceNo, { people: everyone, passNos }, 'merged');
  });
  await deps.boundary('journeys.merged');
}

/** From each merged person to who stays at the end of the chain. */
function resolve(moves: readonly Move[]): Map<number, number> {
  const next = new Map(moves.map((m) => [m.from, m.to]));
  return new Map(
    [...next.keys()].map((from) => {
      let at = from;
      for (let hops = 0; next.has(at) && hops <= next.size; hops++) at = next.get(at)!;
      return [from, at] as const;
    }),
  );
}
