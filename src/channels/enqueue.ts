import type { Pg } from '../base/index.ts';

/** Of what says nothing of its priority. */
export const usualPriority = 50;

/** Messages of one step to many people. Everything but the person and the key is the same for all. */
export interface EnqueueBatch {
  channel: string;
  contentId: string;
  /** Where they come from; nothing when sent by hand. */
  journey?: { id: string; version: number; node: string };
  dueAt: Date;
  queuedAt: Date;
  /** What it is for; left out: what the content is for. */
  purpose?: string | undefined;
  /** 0 to 100; of messages that compete for what a cap leaves, the higher goes. */
  priority?: number | undefined;
  /**
   * `key`: unique in the workspace, or in the journey where there is one. Without it, a journey's message has the key of its version, node and
   * pass: a pass belongs to one person, version and entry and reaches a node once.
   */
  items: { personNo: number; key?: string; passNo?: number; branch?: string | null }[];
}

/**
 * Queues messages in one statement; one whose key is known already is left as it is. Runs inside the caller's transaction,
 * so that a step and its messages are one. Returns how many are new.
 */
export async function enqueue(pg: Pg, workspaceNo: number, batch: EnqueueBatch): Promise<number> {
  const { items, journey } = batch;
  if (items.length === 0) return 0;
  // Few branches, many people: the words go once, and a number for each person.
  const branches = [...new Set(items.map((i) => i.branch ?? null))];
  const [row] = await pg.query<{ n: number }>(
    `WITH added AS (
       INSERT INTO outbox (workspace_no, person_no, channel, content_id, journey_id, journey_version, node, pass_no, branch, idempotency_key, queued_at,
         due_at, purpose, priority)
       SELECT $1, i.person_no, $2, $3, $4, $5, $6::text, i.pass_no, ($12::text[])[i.branch],
         coalesce($4 || ':', '') || coalesce(i.key, $5::int || ':' || $6::text || ':' || i.pass_no), $8, $7, $14, $15
       FROM unnest($9::bigint[], $10::text[], $11::bigint[], $13::int[]) AS i (person_no, key, pass_no, branch)
       ON CONFLICT (workspace_no, idempotency_key) DO NOTHING RETURNING no),
     waiting AS (
       INSERT INTO outbox_waiting (workspace_no, channel, what, due_at, no)
       SELECT $1, $2, 'queued', CASE WHEN EXISTS (SELECT FROM outbox_holds h WHERE h.workspace_no = $1 AND h.journey_id = $4) THEN 'infinity' ELSE $7::timestamptz END, no
       FROM added),
     untold AS (INSERT INTO outbox_untold (workspace_no, what, nos) SELECT $1, 'queued', array_agg(no) FROM added HAVING count(*) > 0)
     SELECT count(*) AS n FROM added`,
    [
      workspaceNo,
      batch.channel,
      batch.contentId,
      journey?.id ?? null,
      journey?.version ?? null,
      journey?.node ?? null,
      batch.dueAt,
      batch.queuedAt,
      items.map((i) => i.personNo),
      items.some((i) => i.key !== undefined) ? items.map((i) => i.key ?? null) : null,
      items.map((i) => i.passNo ?? null),
      branches,
      items.map((i) => branches.indexOf(i.branch ?? null) + 1),
      batch.purpose ?? null,
      batch.priority ?? usualPriority,
    ],
  );
  return row!.n;
}

/** SQL of "this message is of that journey", by the key's beginning. `n`: the parameter with the journey's id. */
export const ofJourney = (n: number): string => `idempotency_key >= $${n} || ':' AND idempotency_key < $${n} || ';'`;
