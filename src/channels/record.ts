import type { Pg } from '../base/index.ts';
import type { SubmitOutcome } from './adapter.ts';
import { outboxNo } from './ids.ts';

/** After so many tries in vain a message has failed. */
export const mostAttempts = 20;

/**
 * Writes down how messages came out, in one statement. `from`: what they must still be, so that a late answer changes nothing that was settled
 * meanwhile: in this batch's hand, or submitted. What the outcomes do not speak of stays in hand. A message of a journey that is held waits for its
 * release; one that was in doubt goes again at once and loses no try.
 */
export async function record(
  pg: Pg,
  at: {
    workspaceNo: number;
    now: Date;
    from: { state: 'submitting'; claim: string; inDoubt: boolean } | { state: 'submitted' };
    nextPoll: Date;
  },
  outcomes: readonly (SubmitOutcome & { cost?: number })[],
): Promise<void> {
  if (outcomes.length === 0) return;
  const claim = at.from.state === 'submitting' ? at.from.claim : null;
  const reasons = [...new Set(outcomes.map((o) => o.reason ?? null))];
  await pg.query(
    `WITH told AS MATERIALIZED (
       SELECT DISTINCT ON (no) $1::int AS ws, no, state, ($7::text[])[reason] AS reason, provider_ref, retry_at, cost
       FROM unnest($5::bigint[], $6::text[], $8::int[], $9::text[], $10::timestamptz[], $14::int[]) AS t (no, state, reason, provider_ref, retry_at, cost)
       ORDER BY no),
     hand AS MATERIALIZED (SELECT nos FROM outbox_hands WHERE $4::text IS NOT NULL AND workspace_no = $1 AND claim = $4 FOR UPDATE),
     ours AS MATERIALIZED (SELECT unnest(nos) AS no FROM hand),
     empty AS (DELETE FROM outbox_hands WHERE workspace_no = $1 AND claim = $4 AND NOT EXISTS (SELECT FROM ours WHERE no NOT IN (SELECT no FROM told))),
     lighter AS (
       UPDATE outbox_hands SET nos = ARRAY(SELECT no FROM ours WHERE no NOT IN (SELECT no FROM told) ORDER BY no)
       WHERE workspace_no = $1 AND claim = $4 AND EXISTS (SELECT FROM ours WHERE no NOT IN (SELECT no FROM told))),
     settled AS MATERIALIZED (
       SELECT t.*, CASE WHEN t.state = 'retry' THEN CASE WHEN o.attempts >= $11 AND NOT $13 THEN 'failed' ELSE 'queued' END ELSE t.state END AS becomes,
         t.state = 'retry' AND EXISTS (SELECT FROM outbox_holds h WHERE h.workspace_no = $1 AND h.journey_id = o.journey_id) AS held, o.attempts, o.channel
       -- By the key alone, one by one: what else is asked of the message must not tempt the planner to another index.
       FROM told t CROSS JOIN LATERAL (
         SELECT m.state, m.attempts, m.journey_id, m.channel FROM outbox m WHERE m.workspace_no = t.ws AND m.no = t.no OFFSET 0 FOR UPDATE) o
       WHERE o.state = $3 AND ($4::text IS NULL OR t.no IN (SELECT no FROM ours))),
     waiting AS (
       INSERT INTO outbox_waiting (workspace_no, channel, what, due_at, no)
       SELECT ws, channel, becomes, CASE WHEN becomes = 'submitted' THEN $12 WHEN held THEN 'infinity'
         ELSE coalesce(retry_at, CASE WHEN $13 THEN $2::timestamptz END, $2::timestamptz + least(interval '10 minutes', interval '5 seconds' * power(2, least(attempts, 10) - 1))) END, no
       FROM settled WHERE becomes IN ('queued', 'submitted') ON CONFLICT DO NOTHING),
     untold AS (
       INSERT INTO outbox_untold (workspace_no, what, nos)
       SELECT $1, 'ended', array_agg(no) FROM settled WHERE becomes IN ('sent', 'failed') HAVING count(*) > 0)
     UPDATE outbox o SET state = s.becomes, attempts = s.attempts - CASE WHEN $13 AND s.becomes = 'queued' THEN 1 ELSE 0 END,
       reason = CASE WHEN s.becomes = 'failed' AND s.state = 'retry' THEN coalesce('gave_up: ' || s.reason, 'gave_up') ELSE s.reason END,
       provider_ref = coalesce(s.provider_ref, o.provider_ref), cost = coalesce(s.cost, o.cost), ended_at = CASE WHEN s.becomes IN ('sent', 'failed') THEN $2::timestamptz END
     FROM settled s WHERE o.workspace_no = s.ws AND o.no = s.no`,
    [
      at.workspaceNo,
      at.now,
      at.from.state,
      claim,
      outcomes.map((o) => outboxNo(o.outboxId)),
      outcomes.map((o) => o.state),
      reasons,
      outcomes.map((o) => reasons.indexOf(o.reason ?? null) + 1),
      outcomes.some((o) => o.providerRef) ? outcomes.map((o) => o.providerRef ?? null) : null,
      outcomes.some((o) => o.retryAt) ? outcomes.map((o) => o.retryAt ?? null) : null,
      mostAttempts,
      at.nextPoll,
      at.from.state === 'submitting' && at.from.inDoubt,
      outcomes.some((o) => o.cost !== undefined) ? outcomes.map((o) => o.cost ?? null) : null,
    ],
  );
}
