import type { Pg } from '../base/index.ts';

/** Rows that lie under these numbers and came through these identities; `olds`: rows from before events said so, of these former people. */
export interface SplitPart {
  persons: number[];
  vias: number[];
  olds: number[];
}

/** Events that leave for a new person, as long as they lie under the old number. */
export interface SplitMove {
  id: number;
  /** A fresh number: until the rows are copied there, all it has is what came later. */
  to: number;
  /** Only rows of batches up to this one. */
  through: number;
  parts: SplitPart[];
}

export interface SplitRow {
  id: number;
  workspace_no: number;
  to_no: number;
  through_batch: number;
  parts: SplitPart[];
  state: 'open' | 'copied';
}

export const splitMove = (row: Omit<SplitRow, 'state' | 'workspace_no'>): SplitMove => ({
  id: row.id,
  to: row.to_no,
  through: row.through_batch,
  parts: row.parts,
});

/** SQL over the columns of events: whether a row belongs to the new person, where it lies under an old number. */
export function leaves({ parts, through }: SplitMove): string {
  const each = parts.map(({ persons, vias, olds }) => {
    const before = olds.length > 0 ? ` OR (via = 0 AND (person_no IN (${olds.join(',')}) OR moved_from IN (${olds.join(',')})))` : '';
    return `(person_no IN (${persons.join(',')}) AND (via IN (${vias.join(',') || '0'})${before}))`;
  });
  return `(batch <= ${through} AND (${each.join(' OR ')}))`;
}

/** SQL: whether a row is a copy that a split has made; before the copying nothing so old lies under the new number. */
export const isCopy = ({ to, through }: SplitMove): string => `(person_no = ${to} AND batch <= ${through})`;

/** Notes, in the caller's transaction, that events which came through some identities leave a person. No event is being written meanwhile. */
export async function recordSplit(
  tx: Pg,
  workspaceNo: number,
  split: { id: number; from: number; to: number; vias: number[]; olds: number[] },
): Promise<SplitMove> {
  const { id, from, to, vias, olds } = split;
  const merged = await tx.query<{ no: number }>(
    "SELECT from_no AS no FROM person_moves WHERE workspace_no = $1 AND to_no = $2 AND state = 'open'",
    [workspaceNo, from],
  );
  const persons = [from, ...merged.map((m) => m.no)];
  const earlier = await tx.query<{ parts: SplitPart[] }>(
    "SELECT parts FROM split_moves WHERE workspace_no = $1 AND state = 'open' AND to_no = ANY($2) ORDER BY id",
    [workspaceNo, persons],
  );
  const leaving = { vias: new Set(vias), olds: new Set(olds) };
  const inherited = earlier.flatMap((e) =>
    e.parts.map((part) => ({
      persons: part.persons,
      vias: part.vias.filter((via) => leaving.vias.has(via)),
      olds: part.olds.filter((old) => leaving.olds.has(old)),
    })),
  );
  const parts = [{ persons, vias, olds }, ...inherited.filter((p) => p.vias.length + p.olds.length > 0)];
  const [row] = await tx.query<{ through_batch: number }>(
    `INSERT INTO split_moves (id, workspace_no, to_no, through_batch, parts, state)
     SELECT $1, $2, $3, coalesce(max(id), 0), $4, 'open' FROM event_batches RETURNING through_batch`,
    [id, workspaceNo, to, JSON.stringify(parts)],
  );
  return { id, to, through: row!.through_batch, parts };
}
