import { z } from 'zod';
import { type Clock, decodeCursor, encodeCursor, newId, type Pg } from '../base/index.ts';
import type { Actor } from './auth.ts';

export interface AuditEntry {
  workspaceNo: number;
  actor: Actor;
  /** What was done, such as `member.added`. */
  action: string;
  /** The id of what it was done to. */
  target?: string | undefined;
  details?: Record<string, unknown>;
}

export interface AuditRow {
  id: string;
  at: string;
  actor: Actor;
  action: string;
  target: string | null;
  details: Record<string, unknown>;
}

/** Writes an entry, in the caller's transaction when `pg` is one. */
export async function writeAudit(pg: Pg, clock: Clock, entry: AuditEntry): Promise<void> {
  const { workspaceNo, actor, action, target, details } = entry;
  await pg.query(
    `INSERT INTO audit_log (id, workspace_no, at, actor_kind, actor_id, actor_name, action, target, details)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [newId('aud', clock.ms()), workspaceNo, clock.now(), actor.kind, actor.id, actor.name, action, target ?? null, details ?? {}],
  );
}

/** Newest first. */
export async function listAudit(
  pg: Pg,
  workspaceNo: number,
  query: { cursor?: string | undefined; limit: number; action?: string | undefined },
): Promise<{ items: AuditRow[]; nextCursor: string | null }> {
  const rows = await pg.query<
    { seq: number; at: Date; kind: Actor['kind']; actorId: string; name: string } & Omit<AuditRow, 'at' | 'actor'>
  >(
    `SELECT seq, id, at, actor_kind AS kind, actor_id AS "actorId", actor_name AS name, action, target, details FROM audit_log
     WHERE workspace_no = $1 AND ($2::text IS NULL OR action = $2) AND ($3::bigint IS NULL OR seq < $3)
     ORDER BY seq DESC LIMIT $4`,
    [workspaceNo, query.action ?? null, decodeCursor(query.cursor, z.int().positive()) ?? null, query.limit + 1],
  );
  const shown = rows.slice(0, query.limit);
  const items = shown.map(({ id, at, kind, actorId, name, action, target, details }) => {
    return { id, at: at.toISOString(), actor: { kind, id: actorId, name }, action, target, details };
  });
  const last = shown.at(-1);
  return { items, nextCursor: rows.length > query.limit && last ? encodeCursor(last.seq) : null };
}
