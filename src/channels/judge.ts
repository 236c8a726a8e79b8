import type { Pg } from '../base/index.ts';
import type { Policy } from './policy.ts';

/** What is known of a message in hand before the policy speaks. */
export interface Candidate {
  no: number;
  personNo: number;
  purpose: string;
  /** Why it cannot be sent whatever the policy says. */
  obstacle: string | null;
  /** What the person's own traits say: true agreed, false refused. */
  agreed: boolean | null;
  accountId: string | null;
  address: string | null;
  text: string | null;
  linkUrl: string | null;
  linkTitle: string | null;
}

export interface Verdict {
  no: number;
  state: 'submitting' | 'skipped' | 'failed';
  reason: string | null;
}

/**
 * The one place that decides whether messages go, for a whole batch in one statement, with the reason kept. In this order: what makes sending
 * impossible; consent; the same step of a journey twice in a day; the caps, where earlier messages of the same batch count as sent.
 * Who goes is marked `submitting` here, before anything leaves.
 */
export async function judge(
  pg: Pg,
  at: { workspaceNo: number; channel: string; now: Date; claim: string; patienceUntil: Date },
  policy: Policy,
  candidates: readonly Candidate[],
): Promise<Verdict[]> {
  return pg.query<Verdict>(
    `WITH given AS (
       SELECT * FROM unnest($6::bigint[], $7::bigint[], $8::text[], $9::text[], $10::bool[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[])
         AS g (no, person_no, purpose, obstacle, agreed, account_id, address, text, link_url, link_title)),
     consent AS (
       SELECT g.no, bool_or(NOT c.granted) AS refused, bool_or(c.granted) AS granted
       FROM given g JOIN consents c ON c.workspace_no = $1 AND c.person_no = g.person_no AND c.purpose IN (g.purpose, '*') AND c.channel IN ($2, '*')
       GROUP BY g.no),
     willing AS (
       SELECT g.*, o.journey_id, o.node, CASE
         WHEN g.obstacle IS NOT NULL THEN g.obstacle
         WHEN g.agreed = false OR c.refused THEN 'no_consent'
         WHEN $5 AND g.agreed IS NOT TRUE AND c.granted IS NOT TRUE THEN 'consent_missing' END AS why
       FROM given g JOIN outbox o ON o.workspace_no = $1 AND o.no = g.no LEFT JOIN consent c ON c.no = g.no),
     recent AS (
       SELECT o.person_no, o.journey_id, o.node, o.decided_at FROM outbox o
       WHERE o.workspace_no = $1 AND o.person_no = ANY($7) AND o.state IN ('submitting', 'submitted', 'sent')
         AND o.decided_at > $3::timestamptz - interval '1 day' * greatest(1, (SELECT max(days) FROM unnest($17::int[]) AS c (days)))),
     once AS (
       SELECT w.*, CASE WHEN w.why IS NOT NULL THEN w.why
         WHEN w.journey_id IS NOT NULL AND (
           row_number() OVER (PARTITION BY w.person_no, w.journey_id, w.node, w.why IS NULL ORDER BY w.no) > 1
           OR EXISTS (SELECT FROM recent r WHERE r.person_no = w.person_no AND r.journey_id = w.journey_id AND r.node = w.node
                      AND r.decided_at > $3::timestamptz - interval '1 day')) THEN 'duplicate' END AS reason
       FROM willing w),
     counted AS (
       SELECT o.no, row_number() OVER (PARTITION BY o.person_no ORDER BY o.no) AS turn FROM once o WHERE o.reason IS NULL),
     sent AS (
       SELECT r.person_no, c.messages, count(*) FILTER (WHERE r.decided_at > $3::timestamptz - interval '1 day' * c.days) AS n
       FROM recent r CROSS JOIN unnest($16::int[], $17::int[]) AS c (messages, days) GROUP BY r.person_no, c.messages, c.days),
     judged AS (
       SELECT o.*, coalesce(o.reason, CASE WHEN
         counted.turn > (SELECT min(messages) FROM unnest($16::int[]) AS c (messages))
         OR EXISTS (SELECT FROM sent WHERE sent.person_no = o.person_no AND sent.n + counted.turn > sent.messages) THEN 'capped' END) AS verdict
       FROM once o LEFT JOIN counted ON counted.no = o.no)
     UPDATE outbox o SET
       state = CASE WHEN j.verdict IS NULL THEN 'submitting' WHEN j.verdict = 'text_failed' THEN 'failed' ELSE 'skipped' END,
       reason = j.verdict, decided_at = $3, account_id = j.account_id, address = j.address, text = j.text, link_url = j.link_url, link_title = j.link_title,
       claim = CASE WHEN j.verdict IS NULL THEN $4 END, due_at = CASE WHEN j.verdict IS NULL THEN $18 ELSE o.due_at END,
       attempts = o.attempts + CASE WHEN j.verdict IS NULL THEN 1 ELSE 0 END,
       ended_at = CASE WHEN j.verdict IS NULL THEN NULL ELSE $3::timestamptz END,
       announce = o.announce | CASE WHEN j.verdict IS NULL THEN 0 ELSE 2 END
     FROM judged j WHERE o.workspace_no = $1 AND o.no = j.no AND o.state = 'queued' AND o.due_at <= $3
     RETURNING o.no, o.state, o.reason`,
    [
      at.workspaceNo,
      at.channel,
      at.now,
      at.claim,
      policy.consentRequired,
      candidates.map((c) => c.no),
      candidates.map((c) => c.personNo),
      candidates.map((c) => c.purpose),
      candidates.map((c) => c.obstacle),
      candidates.map((c) => c.agreed),
      candidates.map((c) => c.accountId),
      candidates.map((c) => c.address),
      candidates.map((c) => c.text),
      candidates.map((c) => c.linkUrl),
      candidates.map((c) => c.linkTitle),
      policy.caps.map((c) => c.messages),
      policy.caps.map((c) => c.days),
      at.patienceUntil,
    ],
  );
}
