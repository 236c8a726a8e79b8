import type { Pg } from '../base/index.ts';
import { fatigueSql, otherPurposes } from './fatigue.ts';
import type { Policy } from './policy.ts';
import type { PurposeKind } from './purposes.ts';
import { covers, lastWord } from './standing.ts';

/** What is the same for many messages of a batch. */
export interface Kind {
  /** The step that they come from, when they come from a journey. */
  journeyId: string | null;
  node: string | null;
  purpose: string;
  /** How far the policy's rules reach. */
  reach: PurposeKind;
  /** Of messages that compete for what a cap leaves, the higher goes. */
  priority: number;
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
  /** When it could go first: from then on it waits for what is of higher priority no longer than the policy says. */
  dueAt: Date;
}

/** A cap of the platform on what one address may have; `since`: when its period began. */
export interface AddressCap {
  key: string;
  messages: number;
  since: Date;
}

/**
 * The one place that decides whether messages go, for a whole batch in one statement, with the reason kept. In this order: what makes sending
 * impossible; consent; fatigue; the same step of a journey twice in a day; the caps of the policy on one purpose, then those over all marketing, then those
 * of the platform. Earlier messages of the same batch count as sent, the higher priority first, then what was due first: a layer is asked only of what
 * passed those before it, and each layer stops all that come after the first it stops, so nothing that is stopped takes room from what is not.
 * `judged` is what comes of it: a verdict for each message, null for those that may go; `until` where it waits for what is of higher priority and due
 * soon, because there would be no room for both.
 */
const verdicts = `given AS MATERIALIZED (
       -- The workspace as a column: the planner then looks messages up by their key rather than reading the whole workspace.
       SELECT $1::int AS ws, g.*, k.* FROM unnest($5::bigint[], $6::bigint[], $7::int[], $8::text[], $9::bool[], $10::text[], $11::text[], $22::timestamptz[])
         AS g (no, person_no, kind, obstacle, agreed, address, text, due_at)
       JOIN unnest($12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $23::text[], $24::int[]) WITH ORDINALITY
         AS k (journey_id, node, purpose, link_url, link_title, reach, priority, k) ON k.k = g.kind + 1),
     caps AS (SELECT * FROM unnest($17::int[], $18::int[], $25::text[], $26::text[]) AS c (messages, days, channel, purpose)),
     most AS (SELECT purpose, min(messages) AS messages FROM caps GROUP BY purpose),
     consent AS (
       SELECT g.no, ${lastWord} AS word
       FROM given g JOIN consents c ON c.workspace_no = g.ws AND c.person_no = g.person_no
         AND ${covers({ purpose: 'g.purpose', channel: '$2', always: "(g.reach = 'transactional')" })}
       GROUP BY g.no),
     recent AS MATERIALIZED (
       SELECT p.person_no, o.* FROM (SELECT DISTINCT ws, person_no FROM given) p
       CROSS JOIN LATERAL (
         SELECT m.journey_id, m.node, m.channel, m.address, m.decided_at, m.clicked_at, m.purpose, m.priority, m.due_at, m.state <> 'queued' AS sent,
           coalesce(m.purpose, '') <> ALL($27::text[]) AS marketing
         FROM outbox m WHERE m.workspace_no = p.ws AND m.person_no = p.person_no AND (
           (m.state IN ('submitting', 'submitted', 'sent')
             AND m.decided_at > least((SELECT min(since) FROM unnest($21::timestamptz[]) AS l (since)) - interval '1 second',
               $3::timestamptz - interval '1 day' * greatest(1, CASE WHEN $29::int IS NOT NULL THEN 28 END, (SELECT max(days) FROM caps))))
           -- What is in line with it and of more weight.
           OR (m.state = 'queued' AND m.due_at <= $3::timestamptz + interval '1 minute' * $28::int AND m.priority > (SELECT min(priority) FROM given)
             AND m.no <> ALL($5::bigint[]) AND NOT EXISTS (SELECT FROM outbox_holds h WHERE h.workspace_no = p.ws AND h.journey_id = m.journey_id))) OFFSET 0) o),
     had AS (SELECT * FROM recent WHERE sent),
     tired AS (SELECT * FROM (${fatigueSql('had', '$1::int', '$3::timestamptz')}) f WHERE $29::int IS NOT NULL AND f.score > $29::int),
     willing AS (
       SELECT g.*, CASE
         WHEN g.obstacle IS NOT NULL THEN g.obstacle
         WHEN g.agreed = false OR c.word = false THEN 'no_consent'
         WHEN $4 AND g.reach <> 'transactional' AND g.agreed IS NOT TRUE AND c.word IS NOT TRUE THEN 'consent_missing'
         WHEN g.reach = 'marketing' AND tired.person_no IS NOT NULL THEN 'fatigued' END AS why
       FROM given g LEFT JOIN consent c ON c.no = g.no LEFT JOIN tired ON tired.person_no = g.person_no),
     once AS (
       SELECT w.*, CASE WHEN w.why IS NOT NULL THEN w.why
         WHEN w.journey_id IS NOT NULL AND (
           row_number() OVER (PARTITION BY w.person_no, w.journey_id, w.node, w.why IS NULL ORDER BY w.no) > 1
           OR (w.person_no, w.journey_id, w.node) IN (
             SELECT r.person_no, r.journey_id, r.node FROM had r WHERE r.journey_id IS NOT NULL AND r.decided_at > $3::timestamptz - interval '1 day')
         ) THEN 'duplicate' END AS reason
       FROM willing w),
     room AS (
       SELECT s.person_no, s.purpose, min(s.messages - s.n) AS left_over FROM (
         SELECT r.person_no, c.purpose, c.messages, count(*) FILTER (WHERE r.decided_at > $3::timestamptz - interval '1 day' * c.days
           AND c.channel IN ('', r.channel) AND CASE WHEN c.purpose = '' THEN r.marketing ELSE r.purpose = c.purpose END) AS n
         FROM had r CROSS JOIN caps c GROUP BY r.person_no, c.purpose, c.messages, c.days, c.channel) s
       GROUP BY s.person_no, s.purpose),
     by_purpose AS (
       SELECT o.no, row_number() OVER (PARTITION BY o.person_no, o.purpose ORDER BY o.priority DESC, o.due_at, o.no)
         <= coalesce(room.left_over, most.messages) AS fits
       FROM once o JOIN most ON most.purpose = o.purpose AND most.purpose <> ''
       LEFT JOIN room ON room.person_no = o.person_no AND room.purpose = o.purpose WHERE o.reason IS NULL),
     open AS (SELECT o.* FROM once o LEFT JOIN by_purpose b ON b.no = o.no WHERE o.reason IS NULL AND b.fits IS NOT FALSE),
     above AS (
       SELECT o.no, count(*) FILTER (WHERE r.sent AND r.decided_at >= o.due_at - interval '1 minute' * $28::int) AS went,
         count(*) FILTER (WHERE NOT r.sent AND r.due_at <= o.due_at + interval '1 minute' * $28::int) AS coming,
         max(r.due_at) FILTER (WHERE NOT r.sent AND r.due_at <= o.due_at + interval '1 minute' * $28::int) AS last_due
       FROM open o JOIN recent r ON r.person_no = o.person_no AND r.priority > o.priority AND r.marketing WHERE o.reach = 'marketing' GROUP BY o.no),
     over_all AS (
       SELECT t.no, CASE
           WHEN t.turn <= t.left_over AND t.turn + t.coming > t.left_over AND $3::timestamptz < t.due_at + interval '1 minute' * $28::int THEN 'outranked'
           WHEN t.turn <= t.left_over THEN NULL
           WHEN t.turn - t.higher <= t.left_over + t.went THEN 'outranked'
           ELSE 'capped' END AS verdict,
         CASE WHEN t.turn <= t.left_over AND t.turn + t.coming > t.left_over AND $3::timestamptz < t.due_at + interval '1 minute' * $28::int
           THEN least(t.due_at + interval '1 minute' * $28::int, greatest($3::timestamptz, t.last_due) + interval '1 minute') END AS until
       FROM (
         SELECT o.no, o.due_at, row_number() OVER (PARTITION BY o.person_no ORDER BY o.priority DESC, o.due_at, o.no) AS turn,
           rank() OVER (PARTITION BY o.person_no ORDER BY o.priority DESC) - 1 AS higher,
           coalesce(room.left_over, most.messages) AS left_over, coalesce(a.went, 0) AS went, coalesce(a.coming, 0) AS coming, a.last_due
         FROM open o JOIN most ON most.purpose = '' LEFT JOIN room ON room.person_no = o.person_no AND room.purpose = ''
         LEFT JOIN above a ON a.no = o.no WHERE o.reach = 'marketing') t),
     narrow AS (
       SELECT DISTINCT ON (s.address) s.address, s.key, s.left_over FROM (
         SELECT a.address, l.key, l.messages - count(r.decided_at) AS left_over
         FROM (SELECT DISTINCT address FROM given WHERE address IS NOT NULL) a
         CROSS JOIN unnest($19::text[], $20::int[], $21::timestamptz[]) AS l (key, messages, since)
         LEFT JOIN had r ON r.address = a.address AND r.channel = $2 AND r.decided_at >= l.since
         GROUP BY a.address, l.key, l.messages) s
       ORDER BY s.address, s.left_over),
     by_address AS (
       SELECT o.no, CASE WHEN row_number() OVER (PARTITION BY o.address ORDER BY (o.reach = 'marketing'), o.priority DESC, o.due_at, o.no) > n.left_over
         THEN n.key END AS verdict
       FROM open o LEFT JOIN over_all v ON v.no = o.no JOIN narrow n ON n.address = o.address WHERE v.verdict IS NULL),
     judged AS MATERIALIZED (
       SELECT o.*, CASE WHEN o.reason IS NOT NULL THEN o.reason WHEN b.fits = false THEN 'capped_purpose' ELSE coalesce(v.verdict, n.verdict) END AS verdict, v.until
       FROM once o LEFT JOIN by_purpose b ON b.no = o.no LEFT JOIN over_all v ON v.no = o.no LEFT JOIN by_address n ON n.no = o.no)`;

interface Judging {
  workspaceNo: number;
  channel: string;
  now: Date;
  policy: Policy;
  caps: readonly AddressCap[];
}

const paramsOf = ({ workspaceNo, channel, now, policy, caps }: Judging, kinds: readonly Kind[], candidates: readonly Candidate[]) => {
  const own = policy.caps.filter((cap) => cap.channel === undefined || cap.channel === channel);
  return [
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
    own.map((c) => c.messages),
    own.map((c) => c.days),
    caps.map((c) => c.key),
    caps.map((c) => c.messages),
    caps.map((c) => c.since),
    candidates.map((c) => c.dueAt),
    kinds.map((k) => k.reach),
    kinds.map((k) => k.priority),
    own.map((c) => c.channel ?? ''),
    own.map((c) => c.purpose ?? ''),
    otherPurposes(policy),
    policy.competeMinutes,
    policy.fatigueAbove,
  ];
};

/**
 * Decides and writes it down: who goes is marked `submitting`, and as in this batch's hand, before anything leaves; what waits for something of higher
 * priority is in line again. Returns who goes.
 */
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
         reason = j.verdict, decided_at = $3, account_id = $32, address = j.address, text = j.text, link_url = j.link_url, link_title = j.link_title,
         purpose = j.purpose, attempts = o.attempts + CASE WHEN j.verdict IS NULL THEN 1 ELSE 0 END,
         ended_at = CASE WHEN j.verdict IS NULL THEN NULL ELSE $3::timestamptz END
       -- Taken back by a journey in this moment? Then its state says so.
       FROM judged j WHERE o.workspace_no = j.ws AND o.no = j.no AND o.state = 'queued' AND j.until IS NULL
       RETURNING o.no, o.state),
     put_off AS (
       UPDATE outbox o SET put_off_from = coalesce(o.put_off_from, o.due_at, o.queued_at), due_at = j.due_at
       FROM judged j WHERE o.workspace_no = j.ws AND o.no = j.no AND j.until IS NOT NULL),
     waiting AS (
       INSERT INTO outbox_waiting (workspace_no, channel, what, due_at, no) SELECT $1, $2, 'queued', until, no FROM judged WHERE until IS NOT NULL),
     held AS (
       INSERT INTO outbox_hands (workspace_no, claim, channel, due_at, nos)
       SELECT $1, $30, $2, $31, array_agg(no ORDER BY no) FROM decided WHERE state = 'submitting' HAVING count(*) > 0),
     untold AS (
       INSERT INTO outbox_untold (workspace_no, what, nos) SELECT $1, 'ended', array_agg(no) FROM decided WHERE state <> 'submitting' HAVING count(*) > 0)
     SELECT no FROM decided WHERE state = 'submitting'`,
    [...paramsOf(at, kinds, candidates), at.claim, at.patienceUntil, at.accountId],
  );
  return new Set(rows.map((r) => r.no));
}

/** What would be decided if all this were to go now, message by message; nothing is written. */
export async function foretell(
  pg: Pg,
  at: Judging,
  kinds: readonly Kind[],
  candidates: readonly Candidate[],
): Promise<{ no: number; personNo: number; verdict: string | null }[]> {
  return pg.query(`WITH ${verdicts} SELECT no, person_no AS "personNo", verdict FROM judged`, paramsOf(at, kinds, candidates));
}
