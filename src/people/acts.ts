import { notFound, type Pg } from '../base/index.ts';
import type { Hindrances } from './join.ts';
import type { Identity, IdentityRules, IdentitySettings } from './rules.ts';
import type { By } from './split.ts';

type Who = Pick<By, 'actor' | 'reason'>;
type Actor = By['actor'];

/** What people decide about identities by hand; done by the events room, which alone knows when no event is under way. Identities as they are stored. */
export interface IdentityActs {
  /** Identities leave for a new person; returns their number. */
  split(
    workspaceNo: number,
    from: number,
    identities: readonly Identity[],
    who: Who,
    audit: (tx: Pg, to: number, left: readonly Identity[]) => Promise<void>,
  ): Promise<number>;
  /** `from` becomes part of `to`. */
  merge(
    workspaceNo: number,
    to: number,
    from: number,
    how: Who & { force: boolean },
    audit: (tx: Pg, forced: boolean) => Promise<void>,
  ): Promise<void>;
  hindrances(workspaceNo: number, a: number, b: number): Promise<Hindrances>;
  rules(workspaceNo: number): Promise<IdentityRules>;
  release(workspaceNo: number, id: number, actor: Actor, audit: (tx: Pg, identity: Identity) => Promise<void>): Promise<void>;
  setPolicy(workspaceNo: number, settings: IdentitySettings, actor: Actor, audit: (tx: Pg) => Promise<void>): Promise<void>;
}

export async function writePolicy(tx: Pg, workspaceNo: number, settings: IdentitySettings, actor: Actor, at: Date): Promise<void> {
  await tx.query(
    `INSERT INTO identity_policies (workspace_no, settings, updated_at, updated_by) VALUES ($1, $2, $3, $4)
     ON CONFLICT (workspace_no) DO UPDATE SET settings = EXCLUDED.settings, updated_at = EXCLUDED.updated_at, updated_by = EXCLUDED.updated_by`,
    [workspaceNo, settings, at, actor],
  );
}

/** An identity may say again who somebody is. A weak one is nobody's until the next message that carries it with another. */
export async function releaseQuarantine(tx: Pg, workspaceNo: number, id: number, actor: Actor, at: Date): Promise<Identity> {
  const [row] = await tx.query<Identity & { reason: string }>(
    `UPDATE identity_quarantine SET released_at = $3, released_by = $4 WHERE workspace_no = $1 AND id = $2 AND released_at IS NULL
     RETURNING type, value, reason`,
    [workspaceNo, id, at, actor],
  );
  if (!row) throw notFound('Quarantined identity');
  const identity = { type: row.type, value: row.value };
  if (row.reason === 'repointed') {
    for (const table of ['identity_pointers', 'identities'])
      await tx.query(`DELETE FROM ${table} WHERE workspace_no = $1 AND type = $2 AND value = $3`, [workspaceNo, row.type, row.value]);
  }
  return identity;
}
