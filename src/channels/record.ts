import type { Pg } from '../base/index.ts';
import type { SubmitOutcome } from './adapter.ts';
import { outboxNo } from './ids.ts';

/** After so many tries in vain a message has failed. */
export const mostAttempts = 20;

/**
 * Writes down how messages in hand came out, in one statement. `from`: what they must still be, so that a late answer changes nothing that
 * was settled meanwhile. A message of a journey that is held waits for its release; one that was in doubt goes again at once and loses no try.
 */
export async function record(
  pg: Pg,
  at: {
    workspaceNo: number;
    now: Date;
    from: { state: 'submitting'; claim: string; inDoubt: boolean } | { state: 'submitted' };
    nextPoll: Date;
  },
  outcomes: readonly SubmitOutcome[],
): Promise<void> {
  if (outcomes.length === 0) return;
  await pg.query(
    `WITH told AS MATERIALIZED (
       SELECT DISTINCT ON (no) $1::int AS ws, * FROM unnest($5::bigint[], $6::text[], $7::text[], $8::text[], $9::timestamptz[])
         AS t (no, state, reason, provider_ref, retry_at) ORDER BY no),
     settled AS MATERIALIZED (
       SELECT t.*, CASE WHEN t.state = 'retry' THEN CASE WHEN o.attempts >= $10 AND NOT $12 THEN 'failed' ELSE 'queued' END ELSE t.state END AS becomes,
         EXISTS (SELECT FROM outbox_holds h WHERE h.workspace_no = $1 AND h.journey_id = o.journey_id) AS held, o.attempts
       -- By the key alone, one by one: what else is asked of the message must not tempt the planner to another index.
       FROM told t CROSS JOIN LATERAL (
         SELECT m.state, m.claim, m.attempts, m.journey_id FROM outbox m WHERE m.workspace_no = t.ws AND m.no = t.no OFFSET 0 FOR UPDATE) o
       WHERE o.state = $3 AND o.claim IS NOT DISTINCT FROM $4)
     UPDATE outbox o SET state = s.becomes, claim = NULL, attempts = s.attempts - CASE WHEN $12 AND s.becomes = 'queued' THEN 1 ELSE 0 END,
       reason = CASE WHEN s.becomes = 'failed' AND s.state = 'retry' THEN coalesce('gave_up: ' || s.reason, 'gave_up') ELSE s.reason END,
       provider_ref = coalesce(s.provider_ref, o.provider_ref),
       due_at = CASE WHEN s.becomes = 'submitted' THEN $11 WHEN s.becomes <> 'queued' THEN o.due_at WHEN s.held THEN 'infinity'
         ELSE coalesce(s.retry_at, CASE WHEN $12 THEN $2::timestamptz END, $2::timestamptz + least(interval '10 minutes', interval '5 seconds' * power(2, least(s.attempts, 10) - 1))) END,
       ended_at = CASE WHEN s.becomes IN ('sent', 'failed') THEN $2::timestamptz END,
       announce = o.announce | CASE WHEN s.becomes IN ('sent', 'failed') THEN 2 ELSE 0 END
     FROM settled s WHERE o.workspace_no = s.ws AND o.no = s.no`,
    [
      at.workspaceNo,
      at.now,
      at.from.state,
      at.from.state === 'submitting' ? at.from.claim : null,
      outcomes.map((o) => outboxNo(o.outboxId)),
      outcomes.map((o) => o.state),
      outcomes.map((o) => o.reason ?? null),
      outcomes.map((o) => o.providerRef ?? null),
      outcomes.map((o) => o.retryAt ?? null),
      mostAttempts,
      at.nextPoll,
      at.from.state === 'submitting' && at.from.inDoubt,
    ],
  );
}
