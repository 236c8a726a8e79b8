import { createHash } from 'node:crypto';
import { newId, type Pg } from '../../base/index.ts';
import type { OutboundMessage } from '../adapter.ts';

/**
 * The journal of mass messages: written before the platform is asked and again after it answered. What stands at 'calling' after a crash may
 * have happened or not; what has no line never left.
 */

export interface MassTask {
  id: string;
  sender: string;
  contentHash: string;
  outboxIds: string[];
  externalUserIds: string[];
  /** Receivers that the platform refused when it took the task. */
  unreachable: string[];
  state: 'calling' | 'made' | 'refused';
  startedAt: Date;
  msgid: string | null;
}

interface Owner {
  id: string;
  workspaceNo: number;
}

const COLUMNS = `id, sender, content_hash AS "contentHash", outbox_ids AS "outboxIds", external_userids AS "externalUserIds", unreachable, state,
  started_at AS "startedAt", msgid`;

export const contentHash = (content: Pick<OutboundMessage, 'text' | 'link'>): string =>
  createHash('sha256')
    .update(JSON.stringify([content.text, content.link?.url ?? '', content.link?.title ?? '']))
    .digest('hex');

export async function openTask(
  pg: Pg,
  owner: Owner,
  task: Pick<MassTask, 'sender' | 'contentHash' | 'outboxIds' | 'externalUserIds' | 'startedAt'>,
): Promise<string> {
  const id = newId('mt', task.startedAt.getTime());
  await pg.query(
    `INSERT INTO wecom_mass_tasks (id, workspace_no, account_id, sender, content_hash, outbox_ids, external_userids, state, started_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 'calling', $8)`,
    [id, owner.workspaceNo, owner.id, task.sender, task.contentHash, task.outboxIds, task.externalUserIds, task.startedAt],
  );
  return id;
}

export async function taskMade(pg: Pg, id: string, msgid: string, unreachable: string[]): Promise<void> {
  await pg.query(`UPDATE wecom_mass_tasks SET state = 'made', msgid = $2, unreachable = $3 WHERE id = $1`, [id, msgid, unreachable]);
}

export async function taskRefused(pg: Pg, id: string): Promise<void> {
  await pg.query(`UPDATE wecom_mass_tasks SET state = 'refused' WHERE id = $1`, [id]);
}

/** Tasks that took these messages, or may have. */
export function tasksOf(pg: Pg, owner: Owner, outboxIds: string[]): Promise<MassTask[]> {
  return pg.query<MassTask>(
    `SELECT ${COLUMNS} FROM wecom_mass_tasks
     WHERE workspace_no = $1 AND account_id = $2 AND state <> 'refused' AND outbox_ids && $3::text[] ORDER BY id`,
    [owner.workspaceNo, owner.id, outboxIds],
  );
}

/** Which of these platform ids are tasks that we know to be ours already. */
export async function knownMsgids(pg: Pg, owner: Owner, msgids: string[]): Promise<Set<string>> {
  const rows = await pg.query<{ msgid: string }>(
    'SELECT msgid FROM wecom_mass_tasks WHERE workspace_no = $1 AND account_id = $2 AND msgid = ANY ($3)',
    [owner.workspaceNo, owner.id, msgids],
  );
  return new Set(rows.map((row) => row.msgid));
}
