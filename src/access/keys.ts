import { type Clock, newId, notFound, type Pg } from '../base/index.ts';
import { writeAudit } from './audit.ts';
import type { Actor } from './auth.ts';
import type { KeyKind, Keyring } from './keyring.ts';
import { keyPrefix, newKey, sha256 } from './secrets.ts';

export interface Key {
  id: string;
  kind: KeyKind;
  name: string;
  prefix: string;
  /** Whether answers to this key hold phones, e-mails and the like in clear; else masked. */
  personal: boolean;
  createdAt: string;
  lastUsedAt: string | null;
}

export interface Keys {
  list(workspaceNo: number): Promise<Key[]>;
  /** The secret is in this answer and nowhere else. */
  create(workspaceNo: number, actor: Actor, key: NewKey): Promise<Key & { secret: string }>;
  revoke(workspaceNo: number, actor: Actor, id: string): Promise<void>;
}

export interface NewKey {
  kind: KeyKind;
  name: string;
  /** Yes where nothing is said: other systems are what keys are for. */
  personal?: boolean | undefined;
}

/** Stores a key by its hash, in the caller's transaction. */
export async function insertKey(pg: Pg, clock: Clock, workspaceNo: number, key: NewKey & { secret: string }): Promise<Key> {
  const personal = key.kind === 'api' && key.personal !== false;
  const row = { id: newId('key', clock.ms()), kind: key.kind, name: key.name, prefix: keyPrefix(key.secret), personal };
  await pg.query(
    'INSERT INTO api_keys (id, workspace_no, kind, name, prefix, secret_sha256, created_at, personal) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)',
    [row.id, workspaceNo, row.kind, row.name, row.prefix, sha256(key.secret), clock.now(), personal],
  );
  return { ...row, createdAt: clock.now().toISOString(), lastUsedAt: null };
}

export function createKeys(deps: { pg: Pg; clock: Clock; keyring: Keyring }): Keys {
  const { pg, clock, keyring } = deps;
  return {
    list: async (workspaceNo) => {
      const rows = await pg.query<Omit<Key, 'createdAt' | 'lastUsedAt'> & { createdAt: Date; lastUsedAt: Date | null }>(
        `SELECT id, kind, name, prefix, kind = 'api' AND personal AS personal, created_at AS "createdAt", last_used_at AS "lastUsedAt" FROM api_keys
         WHERE workspace_no = $1 AND revoked_at IS NULL ORDER BY created_at, id`,
        [workspaceNo],
      );
      return rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString(), lastUsedAt: row.lastUsedAt?.toISOString() ?? null }));
    },
    create: async (workspaceNo, actor, key) => {
      const secret = newKey(key.kind);
      const created = await pg.tx(async (tx) => {
        const row = await insertKey(tx, clock, workspaceNo, { ...key, secret });
        await writeAudit(tx, clock, { workspaceNo, actor, action: 'key.created', target: row.id, details: { ...key } });
        return row;
      });
      return { ...created, secret };
    },
    revoke: async (workspaceNo, actor, id) => {
      await pg.tx(async (tx) => {
        const gone = await tx.query(
          'UPDATE api_keys SET revoked_at = $3 WHERE workspace_no = $1 AND id = $2 AND revoked_at IS NULL RETURNING id',
          [workspaceNo, id, clock.now()],
        );
        if (gone.length === 0) throw notFound('Key');
        await writeAudit(tx, clock, { workspaceNo, actor, action: 'key.revoked', target: id });
      });
      keyring.forget();
    },
  };
}
