import type { Pg } from '../base/index.ts';

/** Messages of one step to many people. Everything but the person and the key is the same for all. */
export interface EnqueueBatch {
  channel: string;
  contentId: string;
  /** Where they come from; nothing when sent by hand. */
  journey?: { id: string; version: number; node: string };
  dueAt: Date;
  queuedAt: Date;
  /** `key`: unique in the workspace, or in the journey where there is one. */
  items: { personNo: number; key: string; passNo?: number; branch?: string | null }[];
}

/**
 * Queues messages in one statement; one whose key is known already is left as it is. Runs inside the caller's transaction,
 * so that a step and its messages are one. Returns how many are new.
 */
export async function enqueue(pg: Pg, workspaceNo: number, batch: EnqueueBatch): Promise<number> {
  if (batch.items.length === 0) return 0;
  const [row] = await pg.query<{ n: number }>(
    `WITH added AS (
       INSERT INTO outbox (workspace_no, person_no, channel, content_id, journey_id, journey_version, node, pass_no, branch, idempotency_key, due_at, queued_at)
       SELECT $1, i.person_no, $2, $3, $4, $5, $6, i.pass_no, i.branch, i.key,
         CASE WHEN EXISTS (SELECT FROM outbox_holds h WHERE h.workspace_no = $1 AND h.journey_id = $4) THEN 'infinity' ELSE $7::timestamptz END, $8
       FROM unnest($9::bigint[], $10::text[], $11::bigint[], $12::text[]) AS i (person_no, key, pass_no, branch)
       ON CONFLICT (workspace_no, idempotency_key) DO NOTHING RETURNING 1)
     SELECT count(*) AS n FROM added`,
    [
      workspaceNo,
      batch.channel,
      batch.contentId,
      batch.journey?.id ?? null,
      batch.journey?.version ?? null,
      batch.journey?.node ?? null,
      batch.dueAt,
      batch.queuedAt,
      batch.items.map((i) => i.personNo),
      batch.items.map((i) => (batch.journey ? `${batch.journey.id}:${i.key}` : i.key)),
      batch.items.map((i) => i.passNo ?? null),
      batch.items.map((i) => i.branch ?? null),
    ],
  );
  return row!.n;
}

/** SQL of "this message is of that journey", by the key's beginning. `n`: the parameter with the journey's id. */
export const ofJourney = (n: number): string => `idempotency_key >= $${n} || ':' AND idempotency_key < $${n} || ';'`;
