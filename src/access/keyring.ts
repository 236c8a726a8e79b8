import type { Clock, Pg } from '../base/index.ts';
import { type Auth, keyAuth } from './auth.ts';
import { sha256 } from './secrets.ts';

const FRESH_MS = 5_000;
const TOUCH_MS = 60_000;
const MOST = 10_000;

export type KeyKind = 'api' | 'write';

interface Entry {
  id: string;
  auth: Auth | null;
  until: number;
  touchedAt: number;
}

export interface Keyring {
  /** What a key opens, or null. From memory for five seconds; a revocation in this process counts at once, one in another within them. */
  find(kind: KeyKind, secret: string): Promise<Auth | null>;
  /** Forgets what is remembered: after a revocation or a change of the workspace. */
  forget(): void;
}

export function createKeyring(deps: { pg: Pg; clock: Clock }): Keyring {
  const { pg, clock } = deps;
  const known = new Map<string, Entry>();
  const asked = new Map<string, Promise<Entry>>();
  // A look-up that began before a revocation must not bring the key back after it.
  let generation = 0;

  const load = async (kind: KeyKind, hash: string): Promise<Entry> => {
    const began = generation;
    const [row] = await pg.query<{
      id: string;
      name: string;
      lastUsedAt: Date | null;
      no: number;
      workspaceId: string;
      timezone: string;
      currency: string;
      personal: boolean;
    }>(
      `SELECT k.id, k.name, k.last_used_at AS "lastUsedAt", w.no, w.id AS "workspaceId", w.timezone, w.currency, k.personal
       FROM api_keys k JOIN workspaces w ON w.no = k.workspace_no
       WHERE k.kind = $1 AND k.secret_sha256 = $2 AND k.revoked_at IS NULL`,
      [kind, hash],
    );
    const entry: Entry = {
      id: row?.id ?? '',
      auth: row ? keyAuth({ ...row, id: row.workspaceId }, { id: row.id, name: row.name, kind, personal: row.personal }) : null,
      until: clock.ms() + FRESH_MS,
      touchedAt: row?.lastUsedAt?.getTime() ?? 0,
    };
    // Wrong keys are remembered too; a stream of ever new ones must not fill the memory.
    if (known.size >= MOST) known.clear();
    if (began === generation) known.set(`${kind} ${hash}`, entry);
    return entry;
  };

  const look = (kind: KeyKind, hash: string): Promise<Entry> => {
    const name = `${kind} ${hash}`;
    const waiting = asked.get(name);
    if (waiting) return waiting;
    const started = load(kind, hash).finally(() => {
      if (asked.get(name) === started) asked.delete(name);
    });
    asked.set(name, started);
    return started;
  };

  return {
    find: async (kind, secret) => {
      const hash = sha256(secret);
      const remembered = known.get(`${kind} ${hash}`);
      const entry = remembered && clock.ms() < remembered.until ? remembered : await look(kind, hash);
      if (entry.auth && clock.ms() - entry.touchedAt >= TOUCH_MS) {
        entry.touchedAt = clock.ms();
        await pg.query('UPDATE api_keys SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at <= $3)', [
          entry.id,
          clock.now(),
          new Date(clock.ms() - TOUCH_MS),
        ]);
      }
      return entry.auth;
    },
    forget: () => {
      generation += 1;
      known.clear();
      asked.clear();
    },
  };
}
