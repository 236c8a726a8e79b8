import type { Pg } from '../base/index.ts';
import { lapOf, type PassData } from './pass.ts';
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
  version: number;
  node: string;
  entered_at: Date;
  left_at: Date | null;
  reason: string | null;
  key: string | null;
  data: PassData | null;
}

/**
 * People have merged: their passes follow the one who stays. Where a person is now inside the same journey twice, the pass that has come
 * further stays (of two as far, the earlier entry) and the other leaves with reason `merged`; what that one has queued is taken back, so nobody is told the
 * same twice. In a journey that lets nobody in again a pass that is over has come furthest. Repeatable.
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
      `SELECT no, journey_no, person_no, entry_no, version, node, entered_at, left_at, reason, key, data FROM journey_people
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
      const { entries } = await plans.get(tx, journey.no, journey.version);
      const once = entries.every((e) => e.reentry === undefined || e.reentry === 'never');
      const most = Math.max(...entries.map((e) => e.most ?? 1));
      // What an entry counts by is counted apart.
      for (const alike of Map.groupBy(passes, (p) => p.key).values()) {
        const inPlay = alike.filter((p) => p.left_at === null || (once && p.reason !== 'merged'));
        const far = new Map(await Promise.all(inPlay.map(async (p) => [p, await howFar(tx, plans, p)] as const)));
        const staying = inPlay.sort((a, b) => far.get(b)! - far.get(a)!).slice(0, most);
        leaving.push(...alike.filter((p) => p.left_at === null && !staying.includes(p)));
      }
    }
    await tx.query(
      `UPDATE journey_people p SET person_no = m.person, entry_no = m.entry, first_no = coalesce(p.first_no, p.person_no) FROM unnest($1::bigint[], $2::bigint[], $3::int[]) AS m (no, person, entry)
       WHERE p.no = m.no`,
      [moved.map((m) => m.no), moved.map((m) => m.person), moved.map((m) => m.entry)],
    );
    await tx.query(
      `UPDATE journey_arrivals a SET person_no = m.person, first_no = coalesce(a.first_no, a.person_no) FROM unnest($2::bigint[], $3::bigint[]) AS m (before, person)
       WHERE a.workspace_no = $1 AND a.person_no = m.before`,
      [workspaceNo, [...target.keys()], [...target.values()]],
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

/** How far a pass has come: by how often it went back, and by the place of its node on the way; over is furthest. */
async function howFar(tx: Pg, plans: Plans, pass: Row): Promise<number> {
  if (pass.left_at !== null) return Number.POSITIVE_INFINITY;
  const { order } = await plans.get(tx, pass.journey_no, pass.version);
  return lapOf(pass.data) + order.findIndex((n) => n.id === pass.node) / order.length;
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
