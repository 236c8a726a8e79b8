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

/** A cap of the platform on what one address may have; `since`: when its period began. */
export interface AddressCap {
  key: string;
  messages: number;
  since: Date;
}

/**
 * The one place that decides whether messages go, for a whole batch in one statement, with the reason kept. In this order: what makes sending
 * impossible; consent; the same step of a journey twice in a day; the caps of the policy, then those of the platform, where earlier messages of the
 * same batch count as sent. `judged` is what comes of it: a verdict for each message, null for those that may go.
 */
const verdicts = `given AS MATERIALIZED (
       -- The workspace as a column: the planner then looks messages up by their key rather than reading the whole workspace.
       SELECT $1::int AS ws, g.*, k.* FROM unnest($5::bigint[], $6::bigint[], $7::int[], $8::text[], $9::bool[], $10::text[], $11::text[])
         AS g (no, person_no, kind, obstacle, agreed, address, text)
       JOIN unnest($12::text[], $13::text[], $14::text[], $15::text[], $16::text[]) WITH ORDINALITY
         AS k (journey_id, node, purpose, link_url, link_title, k) ON k.k = g.kind + 1),
     consent AS (
       SELECT g.no, bool_or(NOT c.granted) AS refused, bool_or(c.granted) AS granted
       FROM given g JOIN consents c ON c.workspace_no = g.ws AND c.person_no = g.person_no AND c.purpose IN (g.purpose, '*') AND c.channel IN ($2, '*')
       GROUP BY g.no),
     willing AS (
       SELECT g.*, CASE
         WHEN g.obstacle IS NOT NULL THEN g.obstacle
         WHEN g.agreed = false OR c.refused THEN 'no_consent'
         WHEN $4 AND g.agreed IS NOT TRUE AND c.granted IS NOT TRUE THEN 'consent_missing' END AS why
       FROM given g LEFT JOIN consent c ON c.no = g.no),
     recent AS MATERIALIZED (
       SELECT p.person_no, o.journey_id, o.node, o.channel, o.address, o.decided_at FROM (SELECT DISTINCT ws, person_no FROM given) p
       CROSS JOIN LATERAL (
         SELECT m.journey_id, m.node, m.channel, m.address, m.decided_at FROM outbox m
         WHERE m.workspace_no = p.ws AND m.person_no = p.person_no AND m.state IN ('submitting', 'submitted', 'sent')
           AND m.decided_at > least((SELECT min(since) FROM unnest($21::timestamptz[]) AS l (since)) - interval '1 second',
             $3::timestamptz - interval '1 day' * greatest(1, (SELECT max(days) FROM unnest($18::int[]) AS c (days)))) OFFSET 0) o),
     once AS (
       SELECT w.*, CASE WHEN w.why IS NOT NULL THEN w.why
         WHEN w.journey_id IS NOT NULL AND (
           row_number() OVER (PARTITION BY w.person_no, w.journey_id, w.node, w.why IS NULL ORDER BY w.no) > 1
           OR (w.person_no, w.journey_id, w.node) IN (
             SELECT r.person_no, r.journey_id, r.node FROM recent r WHERE r.journey_id IS NOT NULL AND r.decided_at > $3::timestamptz - interval '1 day')
         ) THEN 'duplicate' END AS reason
       FROM willing w),
     counted AS (
       SELECT o.no, row_number() OVER (PARTITION BY o.person_no ORDER BY o.no) AS turn, row_number() OVER (PARTITION BY o.address ORDER BY o.no) AS place
       FROM once o WHERE o.reason IS NULL),
     room AS (
       SELECT s.person_no, min(s.messages - s.n) AS left_over FROM (
         SELECT r.person_no, c.messages, count(*) FILTER (WHERE r.decided_at > $3::timestamptz - interval '1 day' * c.days) AS n
         FROM recent r CROSS JOIN unnest($17::int[], $18::int[]) AS c (messages, days) GROUP BY r.person_no, c.messages, c.days) s
       GROUP BY s.person_no),
     narrow AS (
       SELECT DISTINCT ON (s.address) s.address, s.key, s.left_over FROM (
         SELECT a.address, l.key, l.messages - count(r.decided_at) AS left_over
         FROM (SELECT DISTINCT address FROM given WHERE address IS NOT NULL) a
         CROSS JOIN unnest($19::text[], $20::int[], $21::timestamptz[]) AS l (key, messages, since)
         LEFT JOIN recent r ON r.address = a.address AND r.channel = $2 AND r.decided_at >= l.since
         GROUP BY a.address, l.key, l.messages) s
       ORDER BY s.address, s.left_over),
     judged AS MATERIALIZED (
       SELECT o.*, coalesce(o.reason, CASE
         WHEN counted.turn > coalesce(room.left_over, (SELECT min(messages) FROM unnest($17::int[]) AS c (messages))) THEN 'capped'
         WHEN counted.place > narrow.left_over THEN narrow.key END) AS verdict
       FROM once o LEFT JOIN counted ON counted.no = o.no LEFT JOIN room ON room.person_no = o.person_no LEFT JOIN narrow ON narrow.address = o.address)`;

interface Judging {
  workspaceNo: number;
  channel: string;
  now: Date;
  policy: Policy;
  caps: readonly AddressCap[];
}

const paramsOf = ({ workspaceNo, channel, now, policy, caps }: Judging, kinds: readonly Kind[], candidates: readonly Candidate[]) => [
  workspaceNo,
  channel,
  now,
  policy.consentRequired,
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
  caps.map((c) => c.key),
  caps.map((c) => c.messages),
  caps.map((c) => c.since),
];

/** Decides and writes it down: who goes is marked `submitting`, and as in this batch's hand, before anything leaves. Returns who goes. */
export async function judge(
  pg: Pg,
  at: Judging & { accountId: string | null; claim: string; patienceUntil: Date },
  kinds: readonly Kind[],
  candidates: readonly Candidate[],
): Promise<Set<number>> {
  const rows = await pg.query<{ no: number }>(
    `WITH ${verdicts},
     decided AS (
       UPDATE outbox o SET
         state = CASE WHEN j.verdict IS NULL THEN 'submitting' WHEN j.verdict = 'text_failed' THEN 'failed' ELSE 'skipped' END,
         reason = j.verdict, decided_at = $3, account_id = $24, address = j.address, text = j.text, link_url = j.link_url, link_title = j.link_title,
         attempts = o.attempts + CASE WHEN j.verdict IS NULL THEN 1 ELSE 0 END,
         ended_at = CASE WHEN j.verdict IS NULL THEN NULL ELSE $3::timestamptz END
       -- Taken back by a journey in this moment? Then its state says so.
       FROM judged j WHERE o.workspace_no = j.ws AND o.no = j.no AND o.state = 'queued'
       RETURNING o.no, o.state),
     held AS (
       INSERT INTO outbox_hands (workspace_no, claim, channel, due_at, nos)
       SELECT $1, $22, $2, $23, array_agg(no ORDER BY no) FROM decided WHERE state = 'submitting' HAVING count(*) > 0),
     untold AS (
       INSERT INTO outbox_untold (workspace_no, what, nos) SELECT $1, 'ended', array_agg(no) FROM decided WHERE state <> 'submitting' HAVING count(*) > 0)
     SELECT no FROM decided WHERE state = 'submitting'`,
    [...paramsOf(at, kinds, candidates), at.claim, at.patienceUntil, at.accountId],
  );
  return new Set(rows.map((r) => r.no));
}

/** What would be decided if all this were to go now; nothing is written. */
export async function foretell(
  pg: Pg,
  at: Judging,
  kinds: readonly Kind[],
  candidates: readonly Candidate[],
): Promise<{ verdict: string | null; messages: number }[]> {
  return pg.query(`WITH ${verdicts} SELECT verdict, count(*) AS messages FROM judged GROUP BY verdict`, paramsOf(at, kinds, candidates));
}
