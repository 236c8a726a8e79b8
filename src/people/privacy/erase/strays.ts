import type { Pg } from '../../../base/index.ts';
import type { About } from './about.ts';

/** An event of somebody else in whose context an identity of the erased person stands. */
export interface Stray {
  person: number;
  key: number;
}

/** What erasure asks of the events room. */
export interface ErasedEvents {
  /** Returns once the events of these people lie under their own numbers: merges and splits are re-written. */
  settle(workspaceNo: number, people: readonly number[]): Promise<void>;
  /** Whether some do not. */
  unsettled(tx: Pg, workspaceNo: number, people: readonly number[]): Promise<boolean>;
  counts(workspaceNo: number, people: readonly number[]): Promise<{ month: string; event: string; count: number }[]>;
  tokens(workspaceNo: number, people: readonly number[]): Promise<string[]>;
  naming(workspaceNo: number, people: readonly number[], texts: readonly string[]): Promise<Stray[]>;
}

/**
 * Where identities were set aside in a conflict or split off, events of others still say them. They are found by whom the record of conflicts and
 * splits names, so it must be asked before that record goes.
 */
export async function straysOf(pg: Pg, events: ErasedEvents, { workspaceNo, numbers, needles }: About): Promise<Stray[]> {
  if (needles.length === 0) return [];
  const others = await pg.query<{ no: number }>(
    `SELECT DISTINCT coalesce(p.merged_into, p.person_no) AS no FROM (
       SELECT unnest(ARRAY[person_no, held_by]) AS no FROM identity_conflicts WHERE workspace_no = $1 AND (person_no = ANY($2) OR held_by = ANY($2))
       UNION SELECT unnest(ARRAY[from_no, to_no]) FROM person_splits WHERE workspace_no = $1 AND (from_no = ANY($2) OR to_no = ANY($2))) n
     JOIN people p ON p.workspace_no = $1 AND p.person_no = n.no WHERE p.person_no <> ALL($2)`,
    [workspaceNo, numbers],
  );
  if (others.length === 0) return [];
  // Also under the numbers from before a merge that has not been re-written yet.
  const all = await pg.query<{ no: number }>(
    'SELECT person_no AS no FROM people WHERE workspace_no = $1 AND (person_no = ANY($2) OR merged_into = ANY($2))',
    [workspaceNo, others.map((o) => o.no)],
  );
  return events.naming(
    workspaceNo,
    all.map((a) => a.no),
    needles,
  );
}
