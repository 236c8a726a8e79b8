import { z } from 'zod';
import { badInput, decodeCursor, encodeCursor, newId, notFound, problem } from '../../base/index.ts';
import { personId } from '../../people/index.ts';
import type { BindingDeps } from './ports.ts';
import { tell } from './tell.ts';
import { workOut } from './work-out.ts';

export interface Dispute {
  id: string;
  personId: string;
  state: 'open' | 'decided' | 'withdrawn';
  /** Who says that the customer is theirs, and who had them when it was opened. */
  claimant: string;
  holder: string | null;
  reason: string;
  evidence: { at: string; by: string; text: string }[];
  openedAt: string;
  openedBy: string;
  closedAt: string | null;
  closedBy: string | null;
  /** To whom it was decided. */
  outcome: string | null;
  note: string | null;
}

interface Row {
  id: string;
  person_no: number;
  state: Dispute['state'];
  claimant_id: string;
  holder_id: string | null;
  reason: string;
  evidence: Dispute['evidence'];
  opened_at: Date;
  opened_by: string;
  closed_at: Date | null;
  closed_by: string | null;
  outcome_id: string | null;
  note: string | null;
}

const shape = (r: Row): Dispute => ({
  id: r.id,
  personId: personId(r.person_no),
  state: r.state,
  claimant: r.claimant_id,
  holder: r.holder_id,
  reason: r.reason,
  evidence: r.evidence,
  openedAt: r.opened_at.toISOString(),
  openedBy: r.opened_by,
  closedAt: r.closed_at?.toISOString() ?? null,
  closedBy: r.closed_by,
  outcome: r.outcome_id,
  note: r.note,
});

const columns =
  'id, person_no, state, claimant_id, holder_id, reason, evidence, opened_at, opened_by, closed_at, closed_by, outcome_id, note';

/** Disputes about whose a customer is. While one is open nothing about that customer's binding moves. */
export function createDisputes(deps: BindingDeps) {
  const { pg, clock } = deps;
  const hidden = async (ws: number, text: string): Promise<string> => (await deps.hide?.(ws, text)) ?? text;
  const after = async (ws: number, personNo: number): Promise<void> => {
    await workOut(deps, ws, [personNo]);
    await tell(deps, ws);
  };
  const get = async (ws: number, id: string): Promise<Row> => {
    const [row] = await pg.query<Row>(`SELECT ${columns} FROM binding_disputes WHERE workspace_no = $1 AND id = $2`, [ws, id]);
    if (!row) throw notFound('Dispute');
    return row;
  };
  const mustBeOpen = (row: Row): void => {
    if (row.state !== 'open')
      throw problem(409, 'This dispute is closed', { detail: 'What was decided stays; a new claim is a new dispute.' });
  };

  return {
    open: async (ws: number, personNo: number, claim: { claimant: string; reason: string; by: string }): Promise<Dispute> => {
      const id = newId('dsp', clock.ms());
      const added = await pg.tx(async (tx) => {
        await tx.query('SELECT pg_advisory_xact_lock(7140, $1)', [ws]);
        const [rules] = await tx.query<{ n: number }>('SELECT count(*) AS n FROM binding_rules WHERE workspace_no = $1', [ws]);
        if (!rules?.n)
          throw problem(409, 'There are no rules of binding yet', { detail: 'Save rules first: a dispute is decided against them.' });
        const [holder] = await tx.query<{ staff_id: string }>('SELECT staff_id FROM bindings WHERE workspace_no = $1 AND person_no = $2', [
          ws,
          personNo,
        ]);
        if (holder?.staff_id === claim.claimant)
          throw badInput([{ field: 'claimant', reason: 'has this customer already; a dispute is opened by somebody else' }]);
        return tx.query<{ id: string }>(
          `INSERT INTO binding_disputes (workspace_no, id, person_no, first_no, state, claimant_id, holder_id, reason, opened_at, opened_by)
           SELECT $1, $2, $3, $3, 'open', $4, $5, $6, $7, $8
           WHERE NOT EXISTS (SELECT FROM binding_disputes WHERE workspace_no = $1 AND person_no = $3 AND state = 'open') RETURNING id`,
          [ws, id, personNo, claim.claimant, holder?.staff_id ?? null, await hidden(ws, claim.reason), clock.now(), claim.by],
        );
      });
      if (added.length === 0)
        throw problem(409, 'There is an open dispute about this customer', { detail: 'Add to it, or decide it first.' });
      await after(ws, personNo);
      return shape(await get(ws, id));
    },

    addEvidence: async (ws: number, id: string, text: string, by: string): Promise<Dispute> => {
      mustBeOpen(await get(ws, id));
      const piece = { at: clock.now().toISOString(), by, text: await hidden(ws, text) };
      await pg.query(
        "UPDATE binding_disputes SET evidence = evidence || $3::jsonb WHERE workspace_no = $1 AND id = $2 AND state = 'open' AND jsonb_array_length(evidence) < 200",
        [ws, id, JSON.stringify([piece])],
      );
      return shape(await get(ws, id));
    },

    /** To a staff member, to nobody (null), or taken back (undefined): then all is as it was. */
    close: async (ws: number, id: string, outcome: { staff: string | null | undefined; note: string; by: string }): Promise<Dispute> => {
      const row = await get(ws, id);
      mustBeOpen(row);
      await pg.query(
        "UPDATE binding_disputes SET state = $3, outcome_id = $4, note = $5, closed_at = $6, closed_by = $7 WHERE workspace_no = $1 AND id = $2 AND state = 'open'",
        [
          ws,
          id,
          outcome.staff === undefined ? 'withdrawn' : 'decided',
          outcome.staff ?? null,
          await hidden(ws, outcome.note),
          clock.now(),
          outcome.by,
        ],
      );
      await after(ws, row.person_no);
      return shape(await get(ws, id));
    },

    one: async (ws: number, id: string): Promise<Dispute> => shape(await get(ws, id)),

    ofPerson: async (ws: number, personNo: number): Promise<Dispute[]> =>
      (
        await pg.query<Row>(`SELECT ${columns} FROM binding_disputes WHERE workspace_no = $1 AND person_no = $2 ORDER BY id DESC`, [
          ws,
          personNo,
        ])
      ).map(shape),

    list: async (ws: number, query: { state?: Dispute['state'] | undefined; cursor?: string | undefined; limit: number }) => {
      const rows = await pg.query<Row>(
        `SELECT ${columns} FROM binding_disputes WHERE workspace_no = $1 AND ($2::text IS NULL OR state = $2) AND ($3::text IS NULL OR id < $3) ORDER BY id DESC LIMIT $4`,
        [ws, query.state ?? null, decodeCursor(query.cursor, z.string()) ?? null, query.limit + 1],
      );
      const items = rows.slice(0, query.limit).map(shape);
      return { items, nextCursor: rows.length > query.limit ? encodeCursor(items.at(-1)!.id) : null };
    },
  };
}
export type Disputes = ReturnType<typeof createDisputes>;
