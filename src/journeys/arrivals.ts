import type { Pg } from '../base/index.ts';
import { type Arrival, letIn } from './enter.ts';
import { propertyOf, textOf } from './entry-data.ts';
import type { EntryNode } from './graph.ts';
import type { PassData } from './pass.ts';
import type { Plan } from './plan.ts';
import type { Plans } from './plans.ts';
import { type Deps, lock } from './ports.ts';

const setSize = 20_000;

interface Row {
  no: number;
  node: string;
  person_no: number;
  at: Date;
  data: PassData | null;
}

/** By which entry of a journey somebody comes in who names none that is there: who is sent by a program, or by another journey. */
const entryOf = (plan: Plan, node: string): EntryNode =>
  plan.entries.find((e) => e.id === node) ?? plan.entries.find((e) => e.api) ?? plan.entries[0]!;

/**
 * Lets in who was asked for by a program or sent by another journey. The row goes in the transaction that lets its person in. Who is sent on from here
 * into another journey has their turn the next time. Returns how many entered.
 */
export async function letArrivalsIn(deps: Deps, plans: Plans, workspaceNo: number): Promise<number> {
  const waiting = await deps.pg.query<{ no: number; version: number; last: number }>(
    `SELECT j.no, j.version, max(a.no) AS last FROM journey_arrivals a JOIN journeys j ON j.no = a.journey_no AND j.state = 'running'
     WHERE a.workspace_no = $1 GROUP BY j.no, j.version ORDER BY j.no`,
    [workspaceNo],
  );
  let entered = 0;
  for (const journey of waiting) {
    const plan = await plans.get(deps.pg, journey.no, journey.version);
    for (let more = true; more; ) {
      const done = await deps.pg.tx(async (tx) => {
        await lock(tx, workspaceNo);
        const rows = await tx.query<Row>(
          `DELETE FROM journey_arrivals WHERE no IN (SELECT no FROM journey_arrivals WHERE workspace_no = $1 AND journey_no = $2 AND no <= $3 ORDER BY no LIMIT $4)
           RETURNING no, node, person_no, at, data`,
          [workspaceNo, journey.no, journey.last, setSize],
        );
        return { taken: rows.length, ...(await enterAll(deps, tx, workspaceNo, plan, rows)) };
      });
      if (done.taken > 0) await deps.boundary('journeys.arrived');
      if (done.sends > 0) deps.channels.wake();
      entered += done.people;
      more = done.taken === setSize;
    }
  }
  return entered;
}

async function enterAll(deps: Deps, tx: Pg, workspaceNo: number, plan: Plan, rows: Row[]): Promise<{ people: number; sends: number }> {
  const sum = { people: 0, sends: 0 };
  const now = deps.clock.now();
  rows.sort((a, b) => a.no - b.no);
  for (const list of Map.groupBy(rows, (r) => entryOf(plan, r.node).id).values()) {
    const entry = entryOf(plan, list[0]!.node);
    const turns = new Map<number, number>();
    const rounds = Map.groupBy(list, (r) => {
      const turn = turns.get(r.person_no) ?? 0;
      turns.set(r.person_no, turn + 1);
      return turn;
    });
    for (const round of rounds.values()) {
      const people = round.map(
        (r): Arrival => ({
          ...{ personNo: r.person_no, at: r.at },
          ...(entry.key === undefined ? {} : { key: textOf(propertyOf(r.data?.entry, entry.key)) }),
          ...(r.data ? { data: r.data } : {}),
        }),
      );
      const done = await letIn(deps, tx, workspaceNo, { plan, entry, sure: true }, people, now);
      sum.people += done.people;
      sum.sends += done.sends;
    }
  }
  return sum;
}
