import type { Pg } from '../../base/index.ts';
import { stateOf } from '../keys.ts';
import type { Made, TouchpointDeps, Way, Wish } from '../ports.ts';
import type { CodeOwner } from './codes.ts';

/**
 * A platform may have made a code that we never wrote down: the process stopped, or the answer was lost. So what is about to be asked for is written down
 * before, in `touchpoint_makings`, and goes with the row of what was made. What stands there later is looked for at the platform by its `state`.
 */

type Deps = Pick<TouchpointDeps, 'pg' | 'platform' | 'clock' | 'log'>;
type Of = Pick<CodeOwner, 'workspaceNo' | 'touchpointId' | 'target'>;
const OF = 'workspace_no = $1 AND touchpoint_id = $2 AND target_no = $3';
const of = ({ workspaceNo, touchpointId, target }: Of) => [workspaceNo, touchpointId, target ?? 0];

/** Committed by itself, before the platform is asked. Returns since when one may have been left there, if it was asked for before. */
export async function begin({ pg, clock }: Deps, owner: CodeOwner, way: Way): Promise<{ way: Way; since: Date } | undefined> {
  const [row] = await pg.query<{ way: Way; at: Date; known: boolean }>(
    `INSERT INTO touchpoint_makings AS m (workspace_no, touchpoint_id, target_no, way, state, at) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (workspace_no, touchpoint_id, target_no) DO UPDATE SET at = m.at RETURNING way, at, xmax <> 0 AS known`,
    [...of(owner), way, stateOf(owner.key, owner.target), clock.now()],
  );
  return row!.known ? { way: row!.way, since: row!.at } : undefined;
}

export async function finish(tx: Pg, owner: Of): Promise<void> {
  await tx.query(`DELETE FROM touchpoint_makings WHERE ${OF}`, of(owner));
}

/** Codes at the platform that bear this state and that nobody wrote down. */
export async function lost({ pg, platform, log }: Deps, ws: number, way: Way, state: string, since: Date): Promise<Made[]> {
  const known = await pg.query<{ handle: string }>(
    'SELECT handle FROM touchpoint_codes WHERE workspace_no = $1 AND way = $2 AND made_at >= $3',
    [ws, way, new Date(since.getTime() - 3_600_000)],
  );
  const found = await platform.lost(ws, way, state, since, new Set(known.map((row) => row.handle)));
  // Codes of groups cannot be listed at WeCom: one that was left there stays on the quota.
  if (found === undefined) log.warn({ way, state }, 'a code may have been left at the platform, which lists none of this kind');
  return found ?? [];
}

/** What is found and not needed ends like any other code: it is taken away at the platform. */
export async function endFound(tx: Pg, owner: Of, way: Way, found: readonly Made[], wish: Wish | null, now: Date): Promise<void> {
  for (const { handle } of found)
    await tx.query(
      'INSERT INTO touchpoint_codes (workspace_no, touchpoint_id, target_no, way, handle, wish, made_at, ended_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7)',
      [owner.workspaceNo, owner.touchpointId, owner.target ?? null, way, handle, JSON.stringify(wish), now],
    );
}

/** Of touchpoints that are closed, and targets that are no more, nobody asks again: what was left at the platform for them is looked for here. */
export async function sweepLost(deps: Deps, workspaceNo: number): Promise<void> {
  const { pg, clock } = deps;
  const rows = await pg.query<{ id: string; target: number; way: Way; state: string; at: Date }>(
    `SELECT m.touchpoint_id AS id, m.target_no AS target, m.way, m.state, m.at FROM touchpoint_makings m WHERE m.workspace_no = $1 AND (
       NOT EXISTS (SELECT 1 FROM touchpoints p WHERE p.workspace_no = $1 AND p.id = m.touchpoint_id AND p.archived_at IS NULL)
       OR m.target_no > 0 AND NOT EXISTS (SELECT 1 FROM touchpoint_targets t WHERE t.workspace_no = $1 AND t.touchpoint_id = m.touchpoint_id AND t.no = m.target_no))
     ORDER BY m.at LIMIT 50`,
    [workspaceNo],
  );
  for (const { id, target, way, state, at } of rows) {
    const owner = { workspaceNo, touchpointId: id, target: target || undefined };
    await pg.tx(async (tx) => {
      // Not while it is being made: the lock of `alone`.
      const [lock] = await tx.query<{ mine: boolean }>('SELECT pg_try_advisory_xact_lock(7122, hashtext($1)) AS mine', [id]);
      if (!lock!.mine) return;
      await endFound(tx, owner, way, await lost(deps, workspaceNo, way, state, at), null, clock.now());
      await finish(tx, owner);
    });
  }
}
