import { z } from 'zod';
import { decodeCursor, encodeCursor, type Pg, pageQuery } from '../../base/index.ts';
import { personScope } from '../../content/index.ts';
import { personId, personNo } from '../../people/index.ts';
import { TRANSFER_COLUMNS, type TransferRow } from './read.ts';
import { transferStates } from './schema.ts';

export const transferQuery = pageQuery.extend({
  state: z.enum(transferStates).optional(),
  personId: z.string().min(1).max(100).optional(),
});
export type TransferQuery = z.output<typeof transferQuery>;

const text = z.string().nullable();
export const transferItem = z.object({
  id: z.string(),
  key: z.string(),
  person: z.object({ id: z.string(), name: text }),
  amountFen: z.number(),
  currency: z.string(),
  reason: z.string(),
  state: z.enum(transferStates),
  /** The platform's word, where it failed or waits for somebody. */
  why: text,
  createdAt: z.string(),
  endedAt: text,
});
export const transferList = z.object({ items: z.array(transferItem), nextCursor: text });
export type TransferList = z.output<typeof transferList>;

/** Transfers, newest first. */
export async function listTransfers(
  deps: { pg: Pg; traits(workspaceNo: number, people: readonly number[]): Promise<Map<number, Record<string, unknown>>> },
  workspaceNo: number,
  query: TransferQuery,
): Promise<TransferList> {
  const before = decodeCursor(query.cursor, z.number().int()) ?? null;
  const person = query.personId === undefined ? null : personNo(query.personId);
  const rows = await deps.pg.query<TransferRow & { no: number }>(
    `SELECT no::int AS no, ${TRANSFER_COLUMNS} FROM pay_transfers WHERE workspace_no = $1 AND ($2::bigint IS NULL OR no < $2) AND ($3::text IS NULL OR state = $3)
       AND ($4::bigint IS NULL OR person_no = $4) ORDER BY no DESC LIMIT $5`,
    [workspaceNo, before, query.state ?? null, person, query.limit + 1],
  );
  const page = rows.slice(0, query.limit);
  const traits = await deps.traits(workspaceNo, [...new Set(page.map((row) => row.person_no))]);
  return {
    items: page.map((row) => ({
      ...{ id: row.out_bill_no, key: row.key, amountFen: row.amount_fen, currency: row.currency, reason: row.reason },
      person: { id: personId(row.person_no), name: String(personScope(traits.get(row.person_no) ?? {}).name ?? '') || null },
      ...{ state: row.state, why: row.why, createdAt: row.created_at.toISOString(), endedAt: row.ended_at?.toISOString() ?? null },
    })),
    nextCursor: rows.length > query.limit ? encodeCursor(page.at(-1)!.no) : null,
  };
}
