import { badInput, notFound, type Pg, problem } from '../base/index.ts';
import type { WorkspaceBook } from './book.ts';
import { personId } from './numbers.ts';
import type { Identity } from './rules.ts';
import type { By } from './split.ts';
import { apartAfterMerges, loadHeld, writeMerges } from './store.ts';
import { foldTraits } from './traits.ts';

/** Why two people could not be joined by a message. */
export interface Hindrances {
  /** Of these types one person would hold more than is allowed. */
  limits: { type: string; values: string[]; most: number }[];
  /** Whether somebody took them apart. */
  apart: boolean;
}

/** What stands against joining two people. */
export async function hindrances(pg: Pg, workspaceNo: number, book: WorkspaceBook, a: number, b: number): Promise<Hindrances> {
  const held = new Map<number, Identity[]>();
  await loadHeld(pg, workspaceNo, [a, b], held);
  const both = [held.get(a)!, held.get(b)!];
  const limits = book.rules.broken(both, []).map((type) => ({
    type,
    values: [...new Set(both.flat().flatMap((i) => (i.type === type ? [i.value] : [])))],
    most: book.rules.types.get(type)!.limit,
  }));
  return { limits, apart: book.apart.some(([x, y]) => (x === a && y === b) || (x === b && y === a)) };
}

/** Refuses what cannot be joined at all: somebody unknown, merged before, or the same one twice. */
export async function checkJoin(pg: Pg, workspaceNo: number, stays: number, goes: number): Promise<void> {
  const rows = await pg.query<{ person_no: number; merged_into: number | null }>(
    'SELECT person_no, merged_into FROM people WHERE workspace_no = $1 AND person_no = ANY($2)',
    [workspaceNo, [stays, goes]],
  );
  for (const [field, no] of [
    ['id', stays],
    ['with', goes],
  ] as const) {
    const row = rows.find((r) => r.person_no === no);
    if (!row && field === 'id') throw notFound('Person');
    if (!row) throw badInput([{ field, reason: 'is not the id of a person here' }]);
    if (row.merged_into !== null)
      throw badInput([{ field, reason: `was merged into ${personId(row.merged_into)} before; name that person` }]);
  }
  if (stays === goes) throw badInput([{ field: 'with', reason: 'is the same person' }]);
}

export function refuse({ limits, apart }: Hindrances): Error {
  const errors = limits.map(({ type, values, most }) => ({
    field: 'with',
    reason: `${type}: the two hold ${values.length} (one person may hold ${most}${most > 1 ? ', one of each scope' : ''})`,
  }));
  if (apart) errors.push({ field: 'with', reason: 'was taken apart from this person by hand' });
  return problem(409, 'The two cannot be one under the identity policy', {
    code: 'identity_conflict',
    detail: 'Send "force": true to merge them all the same.',
    errors,
  });
}

/** Two people become one because somebody says so. */
export async function writeJoin(tx: Pg, workspaceNo: number, from: number, to: number, by: By & { forced: boolean }): Promise<void> {
  await writeMerges(tx, workspaceNo, [{ from, to, ...by }], () => to);
  await apartAfterMerges(tx, workspaceNo, [{ from, to }]);
  await foldTraits(tx, workspaceNo, new Map(), [{ from, to }]);
}
