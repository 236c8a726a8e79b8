import { fatigueSql, otherPurposes } from './fatigue.ts';
import type { Cap, Policy } from './policy.ts';
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

export interface Judging {
  workspaceNo: number;
  channel: string;
  now: Date;
  policy: Policy;
  caps: readonly AddressCap[];
}

/** Values of a statement, numbered as they are written into it. */
export type Param = (value: unknown, type: string) => string;

/**
 * The one place that decides whether messages go, for a whole batch, with the reason kept. In this order: what makes sending
 * impossible; consent; fatigue; the same step of a journey twice in a day; the caps of the policy on one purpose, then those over all marketing, then those
 * of the platform. Earlier messages of the same batch count as sent, the higher priority first, then what was due first: a layer is asked only of what
 * passed those before it, and each layer stops all that come after the first it stops, so nothing that is stopped takes room from what is not.
 * `judged` is what comes of it: a verdict for each message, null for those that may go; `until` where it waits for what is of higher priority and due
 * soon, because there would be no room for both.
 *
 * No two lists of the batch's length are joined: each message's past is looked up for itself (LATERAL, with nothing to group by), and each layer is a
 * window over the one before. Nobody can know the length of such lists beforehand, and PostgreSQL, which takes them for a row or two, compares each line of
 * one with each of the other: 250 messages took eleven seconds.
 */
export function verdictsSql(at: Judging, kinds: readonly Kind[], candidates: readonly Candidate[], param: Param): string {
  const given = <T>(type: string, values: T[]): string => param(values.some((value) => value !== null) ? values : null, `${type}[]`);
  const ofKind = <T>(type: string, of: (kind: Kind) => T): string => given(type, kinds.map(of));
  const of = <T>(type: string, value: (candidate: Candidate) => T): string => given(type, candidates.map(value));
  const now = param(at.now, 'timestamptz');
  const [workspace, channel] = [param(at.workspaceNo, 'int'), param(at.channel, 'text')];
  const compete = `interval '1 minute' * ${param(at.policy.competeMinutes, 'int')}`;
  const tired = param(at.policy.fatigueAbove, 'int');
  const caps = at.policy.caps.filter((cap) => cap.channel === undefined || cap.channel === at.channel);
  const days = (count: number): string => `${now} - interval '1 day' * ${param(count, 'int')}`;
  const past = days(Math.max(1, at.policy.fatigueAbove === null ? 0 : 28, ...caps.map((cap) => cap.days)));
  const since = [past, ...at.caps.map((cap) => `${param(cap.since, 'timestamptz')} - interval '1 second'`)];
  const left = (cap: Cap): string => {
    const counted = [
      'm.sent',
      `m.decided_at > ${days(cap.days)}`,
      cap.purpose === undefined ? 'm.marketing' : 'm.purpose = g.purpose',
      ...(cap.channel === undefined ? [] : [`m.channel = ${channel}`]),
    ];
    return `${param(cap.messages, 'int')} - count(*) FILTER (WHERE ${counted.join(' AND ')})`;
  };
  const least = (rooms: string[]): string => (rooms.length === 0 ? 'NULL::bigint' : `least(${rooms.join(', ')})`);
  const atAddress = (cap: AddressCap): string =>
    `${param(cap.messages, 'int')} - count(*) FILTER (WHERE m.sent AND m.channel = ${channel} AND m.address = g.address AND m.decided_at >= ${param(cap.since, 'timestamptz')})`;
  const nos = of('bigint', (c) => c.no);
  const marketing = `coalesce(m.purpose, '') <> ALL(${param(otherPurposes(at.policy), 'text[]')})`;
  const reached = "m.state IN ('submitting', 'submitted', 'sent')";
  const coming = `NOT m.sent AND m.above AND m.due_at <= g.due_at + ${compete}`;

  return `given AS MATERIALIZED (
       -- The workspace as a column: the planner then looks messages up by their key rather than reading the whole workspace.
       SELECT ${workspace} AS ws, g.*, k.*
       FROM unnest(${nos}, ${of('bigint', (c) => c.personNo)}, ${of('int', (c) => c.kind)}, ${of('text', (c) => c.obstacle)},
           ${of('bool', (c) => c.agreed)}, ${of('text', (c) => c.address)}, ${of('text', (c) => c.text)}, ${of('timestamptz', (c) => c.dueAt)})
         AS g (no, person_no, kind, obstacle, agreed, address, text, due_at)
       -- LEFT: there is a kind for each, but only so the planner knows how many there are.
       LEFT JOIN unnest(${ofKind('text', (k) => k.journeyId)}, ${ofKind('text', (k) => k.node)}, ${ofKind('text', (k) => k.purpose)},
           ${ofKind('text', (k) => k.linkUrl)}, ${ofKind('text', (k) => k.linkTitle)}, ${ofKind('text', (k) => k.reach)}, ${ofKind('int', (k) => k.priority)})
         WITH ORDINALITY AS k (journey_id, node, purpose, link_url, link_title, reach, priority, k) ON k.k = g.kind + 1),
     seen AS (
       SELECT g.*, h.*, c.word, t.score AS fatigue
       FROM given g
       CROSS JOIN LATERAL (
         SELECT bool_or(m.sent AND m.journey_id = g.journey_id AND m.node = g.node AND m.decided_at > ${now} - interval '1 day') AS repeated,
           ${least(caps.filter((cap) => cap.purpose === undefined).map(left))} AS room,
           ${least(caps.flatMap((cap) => (cap.purpose === undefined ? [] : [`CASE WHEN g.purpose = ${param(cap.purpose, 'text')} THEN ${left(cap)} END`])))} AS purpose_room,
           ${given(
             'text',
             at.caps.map((cap) => cap.key),
           )} AS address_keys, ARRAY[${at.caps.map(atAddress).join(', ')}]::bigint[] AS address_rooms,
           count(*) FILTER (WHERE m.sent AND m.above AND m.decided_at >= g.due_at - ${compete}) AS went,
           count(*) FILTER (WHERE ${coming}) AS coming, max(m.due_at) FILTER (WHERE ${coming}) AS last_due
         FROM (
           SELECT m.journey_id, m.node, m.channel, m.address, m.purpose, m.decided_at, m.due_at, m.state <> 'queued' AS sent, ${marketing} AS marketing,
             ${marketing} AND m.priority > g.priority AS above
           FROM outbox m
           WHERE m.workspace_no = g.ws AND m.person_no = g.person_no AND (
             (${reached} AND m.decided_at > least(${since.join(', ')}))
             -- What is in line with it and of more weight.
             OR (m.state = 'queued' AND m.due_at <= ${now} + ${compete} AND m.priority > g.priority AND ${marketing} AND g.reach = 'marketing'
               AND m.no <> ALL(${nos})
               AND NOT EXISTS (SELECT FROM outbox_holds h WHERE h.workspace_no = g.ws AND h.journey_id = m.journey_id)))) m) h
       CROSS JOIN LATERAL (
         SELECT ${lastWord} AS word FROM consents c WHERE c.workspace_no = g.ws AND c.person_no = g.person_no
           AND ${covers({ purpose: 'g.purpose', channel, always: "(g.reach = 'transactional')" })}) c
       LEFT JOIN LATERAL (${fatigueSql(
         `(SELECT m.person_no, m.decided_at, m.clicked_at, m.address, ${marketing} AS marketing
           FROM outbox m WHERE m.workspace_no = g.ws AND m.person_no = g.person_no AND ${reached} AND g.reach = 'marketing' AND g.obstacle IS NULL)`,
         'g.ws',
         now,
       )}) t ON ${tired} IS NOT NULL),
     willing AS (
       SELECT s.*, CASE
         WHEN s.obstacle IS NOT NULL THEN s.obstacle
         WHEN s.agreed = false OR s.word = false THEN 'no_consent'
         WHEN ${param(at.policy.consentRequired, 'bool')} AND s.reach <> 'transactional' AND s.agreed IS NOT TRUE AND s.word IS NOT TRUE THEN 'consent_missing'
         WHEN s.fatigue > ${tired} THEN 'fatigued' END AS unwilling
       FROM seen s),
     once AS (
       SELECT w.*, CASE WHEN w.unwilling IS NOT NULL THEN w.unwilling
         WHEN w.journey_id IS NOT NULL AND (w.repeated
           OR row_number() OVER (PARTITION BY w.person_no, w.journey_id, w.node, w.unwilling IS NULL ORDER BY w.no) > 1) THEN 'duplicate' END AS stopped
       FROM willing w),
     within_purpose AS (
       SELECT o.*, CASE WHEN o.stopped IS NOT NULL THEN o.stopped
         WHEN row_number() OVER (PARTITION BY o.person_no, o.purpose, o.stopped IS NULL ORDER BY o.priority DESC, o.due_at, o.no) > o.purpose_room
           THEN 'capped_purpose' END AS over_purpose
       FROM once o),
     turns AS (
       SELECT p.*, p.over_purpose IS NULL AND p.reach = 'marketing' AND p.room IS NOT NULL AS competes,
         row_number() OVER (same ORDER BY p.priority DESC, p.due_at, p.no) AS turn, rank() OVER (same ORDER BY p.priority DESC) - 1 AS higher
       FROM within_purpose p WINDOW same AS (PARTITION BY p.person_no, p.over_purpose IS NULL AND p.reach = 'marketing')),
     over_all AS (
       SELECT t.*, CASE
           WHEN NOT t.competes THEN t.over_purpose
           WHEN t.turn <= t.room THEN CASE WHEN t.turn + t.coming > t.room AND ${now} < t.due_at + ${compete} THEN 'outranked' END
           WHEN t.turn - t.higher <= t.room + t.went THEN 'outranked'
           ELSE 'capped' END AS over_caps,
         CASE WHEN t.competes AND t.turn <= t.room AND t.turn + t.coming > t.room AND ${now} < t.due_at + ${compete}
           THEN least(t.due_at + ${compete}, greatest(${now}, t.last_due) + interval '1 minute') END AS until
       FROM turns t),
     judged AS MATERIALIZED (
       SELECT v.*, coalesce(v.over_caps, (
         SELECT n.key FROM unnest(v.address_keys, v.address_rooms) AS n (key, room) WHERE v.address IS NOT NULL AND v.place > n.room ORDER BY n.room LIMIT 1)) AS verdict
       FROM (
         SELECT a.*, row_number() OVER (PARTITION BY a.address, a.over_caps IS NULL ORDER BY (a.reach = 'marketing'), a.priority DESC, a.due_at, a.no) AS place
         FROM over_all a) v)`;
}
