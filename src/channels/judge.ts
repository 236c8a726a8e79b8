import type { Pg } from '../base/index.ts';
import type { Policy } from './policy.ts';

/** What is the same for many messages of a batch. */
export interface Kind {
  /** The step that they come from, when they come from a journey. */
  journeyId: string | null;
  node: string | null;
  purpose: string;
  linkUrl: string | null;
  linkTitle: string | null;
}

/** What is known of a message in hand before the policy speaks. */
export interface Candidate {
  no: number;
  personNo: number;
  /** Its place among the kinds. */
  kind: number;
  /** Why it cannot be sent whatever the policy says. */
  obstacle: string | null;
  /** What the person's own traits say: true agreed, false refused. */
  agreed: boolean | null;
  address: string | null;
  text: string | null;
}

/**
 * The one place that decides whether messages go, for a whole batch in one statement, with the reason kept. In this order: what makes sending
 * impossible; consent; the same step of a journey twice in a day; the caps, where earlier messages of the same batch count as sent.
 * Who goes is marked `submitting`, and as in this batch's hand, here, before anything leaves. Returns who goes.
 */
export async function judge(
  pg: Pg,
  at: { workspaceNo: number; channel: string; accountId: string | null; now: Date; claim: string; patienceUntil: Date },
  policy: Policy,
  kinds: readonly Kind[],
  candidates: readonly Candidate[],
): Promise<Set<number>> {
  const rows = await pg.query<{ no: number }>(
    `WITH given AS MATERIALIZED (
       -- The workspace as a column: the planner then looks messages up by their key rather than reading the whole workspace.
       SELECT $1::int AS ws, g.*, k.* FROM unnest($7::bigint[], $8::bigint[], $9::int[], $10::text[], $11::bool[], $12::text[], $13::text[])
         AS g (no, person_no, kind, obstacle, agreed, address, text)
       JOIN unnest($14::text[], $15::text[], $16::text[], $17::text[], $18::text[]) WITH ORDINALITY
         AS k (journey_id, node, purpose, link_url, link_title, k) ON k.k = g.kind + 1),
     consent AS (
       SELECT g.no, bool_or(NOT c.granted) AS refused, bool_or(c.granted) AS granted
       FROM given g JOIN consents c ON c.workspace_no = g.ws AND c.person_no = g.person_no AND c.purpose IN (g.purpose, '*') AND c.channel IN ($2, '*')
       GROUP BY g.no),
     willing AS (
       SELECT g.*, CASE
         WHEN g.obstacle IS NOT NULL THEN g.obstacle
         WHEN g.agreed = false OR c.refused THEN 'no_consent'
         WHEN $5 AND g.agreed IS NOT TRUE AND c.granted IS NOT TRUE THEN 'consent_missing' END AS why
       FROM given g LEFT JOIN consent c ON c.no = g.no),
     recent AS MATERIALIZED (
       SELECT p.person_no, o.journey_id, o.node, o.decided_at FROM (SELECT DISTINCT ws, person_no FROM given) p
       CROSS JOIN LATERAL (
         SELECT m.journey_id, m.node, m.decided_at FROM outbox m
         WHERE m.workspace_no = p.ws AND m.person_no = p.person_no AND m.state IN ('submitting', 'submitted', 'sent')
           AND m.decided_at > $3::timestamptz - interval '1 day' * greatest(1, (SELECT max(days) FROM unnest($20::int[]) AS c (days))) OFFSET 0) o),
     once AS (
       SELECT w.*, CASE WHEN w.why IS NOT NULL THEN w.why
         WHEN w.journey_id IS NOT NULL AND (
           row_number() OVER (PARTITION BY w.person_no, w.journey_id, w.node, w.why IS NULL ORDER BY w.no) > 1
           OR (w.person_no, w.journey_id, w.node) IN (
             SELECT r.person_no, r.journey_id, r.node FROM recent r WHERE r.journey_id IS NOT NULL AND r.decided_at > $3::timestamptz - interval '1 day')
         ) THEN 'duplicate' END AS reason
       FROM willing w),
     counted AS (
       SELECT o.no, row_number() OVER (PARTITION BY o.person_no ORDER BY o.no) AS turn FROM once o WHERE o.reason IS NULL),
     room AS (
       SELECT s.person_no, min(s.messages - s.n) AS left_over FROM (
         SELECT r.person_no, c.messages, count(*) FILTER (WHERE r.decided_at > $3::timestamptz - interval '1 day' * c.days) AS n
         FROM recent r CROSS JOIN unnest($19::int[], $20::int[]) AS c (messages, days) GROUP BY r.person_no, c.messages, c.days) s
       GROUP BY s.person_no),
     judged AS MATERIALIZED (
       SELECT o.*, coalesce(o.reason, CASE WHEN
         counted.turn > coalesce(room.left_over, (SELECT min(messages) FROM unnest($19::int[]) AS c (messages))) THEN 'capped' END) AS verdict
       FROM once o LEFT JOIN counted ON counted.no = o.no LEFT JOIN room ON room.person_no = o.person_no),
     decided AS (
       UPDATE outbox o SET
         state = CASE WHEN j.verdict IS NULL THEN 'submitting' WHEN j.verdict = 'text_failed' THEN 'failed' ELSE 'skipped' END,
         reason = j.verdict, decided_at = $3, account_id = $21, address = j.address, text = j.text, link_url = j.link_url, link_title = j.link_title,
         attempts = o.attempts + CASE WHEN j.verdict IS NULL THEN 1 ELSE 0 END,
         ended_at = CASE WHEN j.verdict IS NULL THEN NULL ELSE $3::timestamptz END
       -- Taken back by a journey in this moment? Then its state says so.
       FROM judged j WHERE o.workspace_no = j.ws AND o.no = j.no AND o.state = 'queued'
       RETURNING o.no, o.state),
     held AS (
       INSERT INTO outbox_hands (workspace_no, claim, channel, due_at, nos)
       SELECT $1, $4, $2, $6, array_agg(no ORDER BY no) FROM decided WHERE state = 'submitting' HAVING count(*) > 0),
     untold AS (
       INSERT INTO outbox_untold (workspace_no, what, nos) SELECT $1, 'ended', array_agg(no) FROM decided WHERE state <> 'submitting' HAVING count(*) > 0)
     SELECT no FROM decided WHERE state = 'submitting'`,
    [
      at.workspaceNo,
      at.channel,
      at.now,
      at.claim,
      policy.consentRequired,
      at.patienceUntil,
      candidates.map((c) => c.no),
      candidates.map((c) => c.personNo),
      candidates.map((c) => c.kind),
      candidates.some((c) => c.obstacle !== null) ? candidates.map((c) => c.obstacle) : null,
      candidates.some((c) => c.agreed !== null) ? candidates.map((c) => c.agreed) : null,
      candidates.map((c) => c.address),
      candidates.map((c) => c.text),
      kinds.map((k) => k.journeyId),
      kinds.map((k) => k.node),
      kinds.map((k) => k.purpose),
      kinds.map((k) => k.linkUrl),
      kinds.map((k) => k.linkTitle),
      policy.caps.map((c) => c.messages),
      policy.caps.map((c) => c.days),
      at.accountId,
    ],
  );
  return new Set(rows.map((r) => r.no));
}
