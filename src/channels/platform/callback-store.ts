import type { Pg } from '../../base/index.ts';

/** The inbox of callbacks: what came in is kept as it came, once, until it has been worked off. */

/** Whose door it came in by: each platform works off its own. */
export type Platform = 'wecom' | 'wechat' | 'wechat_pay';

export interface StoredCallback {
  id: number;
  workspaceNo: number;
  accountId: string;
  hash: string;
  plaintext: string;
  changeType: string;
  happenedAt: Date;
  /** How often it has been taken up, this time included. */
  attempts: number;
  /** The fact has been written as an event; only details are still wanted. */
  recorded: boolean;
  /** How the welcome ended, if it has. */
  welcome: string | null;
}

export interface NewCallback {
  platform: Platform;
  workspaceNo: number;
  accountId: string;
  hash: string;
  plaintext: string;
  event: string;
  changeType: string;
  hasWelcome: boolean;
  happenedAt: Date;
  receivedAt: Date;
}

/** While one process works on a callback no other takes it up; if it dies, another does after this long. */
const LEASE_MS = 60_000;

const COLUMNS = `id, workspace_no AS "workspaceNo", account_id AS "accountId", hash, plaintext, change_type AS "changeType", happened_at AS "happenedAt", attempts, recorded, welcome`;

export async function keepCallback(pg: Pg, callback: NewCallback): Promise<boolean> {
  const rows = await pg.query(
    `INSERT INTO platform_callbacks (workspace_no, account_id, hash, plaintext, event, change_type, has_welcome, happened_at, received_at, due_at, platform)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10) ON CONFLICT (account_id, hash) DO NOTHING RETURNING id`,
    [
      callback.workspaceNo,
      callback.accountId,
      callback.hash,
      callback.plaintext,
      callback.event,
      callback.changeType,
      callback.hasWelcome,
      callback.happenedAt,
      callback.receivedAt,
      callback.platform,
    ],
  );
  return rows.length > 0;
}

/** Takes up what is due. Those with a welcome to say come first: their time is short. */
export function claimCallbacks(pg: Pg, platform: Platform, now: Date, most: number): Promise<StoredCallback[]> {
  return pg.query<StoredCallback>(
    `WITH due AS (
       SELECT id AS due_id FROM platform_callbacks WHERE state = 'waiting' AND due_at <= $1 AND platform = $4
       ORDER BY (has_welcome AND welcome IS NULL) DESC, id LIMIT $2 FOR UPDATE SKIP LOCKED)
     UPDATE platform_callbacks SET due_at = $3, attempts = attempts + 1 FROM due WHERE id = due_id RETURNING ${COLUMNS}`,
    [now, most, new Date(now.getTime() + LEASE_MS), platform],
  );
}

/** What a dead process had in hand is due at once: for a process that knows itself alone on its database. */
export async function freeCallbacks(pg: Pg, platform: Platform, now: Date): Promise<void> {
  const sql = `UPDATE platform_callbacks SET due_at = $1 WHERE state = 'waiting' AND error IS NULL AND due_at > $1 AND platform = $2`;
  await pg.query(sql, [now, platform]);
}

export async function finishCallback(pg: Pg, id: number, state: 'done' | 'ignored' | 'failed', now: Date, error?: string): Promise<void> {
  await pg.query('UPDATE platform_callbacks SET state = $2, done_at = $3, error = $4 WHERE id = $1', [id, state, now, error ?? null]);
}

export async function postponeCallback(pg: Pg, id: number, dueAt: Date, error: string): Promise<void> {
  await pg.query('UPDATE platform_callbacks SET due_at = $2, error = $3 WHERE id = $1', [id, dueAt, error]);
}

export async function markRecorded(pg: Pg, id: number): Promise<void> {
  await pg.query('UPDATE platform_callbacks SET recorded = true WHERE id = $1', [id]);
}

export async function markWelcome(pg: Pg, id: number, how: string): Promise<void> {
  await pg.query('UPDATE platform_callbacks SET welcome = $2 WHERE id = $1', [id, how]);
}

export async function nextDue(pg: Pg, platform: Platform): Promise<Date | undefined> {
  const [row] = await pg.query<{ at: Date | null }>(
    `SELECT min(due_at) AS at FROM platform_callbacks WHERE state = 'waiting' AND platform = $1`,
    [platform],
  );
  return row?.at ?? undefined;
}
