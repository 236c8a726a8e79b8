import { z } from 'zod';
import { decodeCursor, encodeCursor } from '../base/index.ts';
import { personScope } from '../content/index.ts';
import { personId, personNo } from '../people/index.ts';
import { ofJourney } from './enqueue.ts';
import { outboxId } from './ids.ts';
import type { Deps } from './ports.ts';
import type { MessageList, MessageQuery, MessageSummary } from './schema.ts';
import { fenOf } from './sending/cost.ts';

interface Row {
  no: number;
  person_no: number;
  channel: string;
  state: string;
  reason: string | null;
  content_id: string;
  text: string | null;
  journey_id: string | null;
  node: string | null;
  branch: string | null;
  attempts: number;
  link_url: string | null;
  queued_at: Date;
  decided_at: Date | null;
  ended_at: Date | null;
  clicked_at: Date | null;
  title: string | null;
  cost: number | null;
}

/** Messages, newest first. */
export async function listMessages(deps: Deps, workspaceNo: number, q: MessageQuery): Promise<MessageList> {
  const params: unknown[] = [workspaceNo, q.limit + 1];
  const where = ['workspace_no = $1'];
  const is = (condition: (n: string) => string, value: unknown) => {
    params.push(value);
    where.push(condition(`$${params.length}`));
  };
  const before = decodeCursor(q.cursor, z.number().int());
  if (before !== undefined) is((n) => `no < ${n}`, before);
  if (q.state === 'clicked') where.push('clicked_at IS NOT NULL');
  else if (q.state !== undefined) is((n) => `state = ${n}`, q.state);
  if (q.channel !== undefined) is((n) => `channel = ${n}`, q.channel);
  if (q.journeyId !== undefined) is((n) => ofJourney(Number(n.slice(1))), q.journeyId);
  if (q.nodeId !== undefined) is((n) => `node = ${n}`, q.nodeId);
  if (q.reason !== undefined) is((n) => `reason = ${n}`, q.reason);
  if (q.personId !== undefined) is((n) => `person_no = ${n}`, personNo(q.personId));
  const rows = await deps.pg.query<Row>(
    `SELECT no, person_no, channel, state, reason, content_id, text, journey_id, node, branch, attempts, link_url, queued_at, decided_at, ended_at, clicked_at,
       extra ->> 'title' AS title, cost FROM outbox WHERE ${where.join(' AND ')} ORDER BY no DESC LIMIT $2`,
    params,
  );
  const page = rows.slice(0, q.limit);
  const [traits, contents] = await Promise.all([
    deps.people.traits(workspaceNo, [...new Set(page.map((r) => r.person_no))]),
    deps.content.some(workspaceNo, [...new Set(page.map((r) => r.content_id))]),
  ]);
  const named = new Map(contents.map((c) => [c.id, c.name]));
  const iso = (at: Date | null) => at?.toISOString() ?? null;
  return {
    items: page.map((r) => ({
      id: outboxId(r.no),
      person: { id: personId(r.person_no), name: String(personScope(traits.get(r.person_no) ?? {}).name ?? '') || null },
      channel: r.channel,
      state: r.state,
      reason: r.reason,
      contentId: r.content_id,
      contentName: named.get(r.content_id) ?? null,
      text: r.text,
      linkUrl: r.link_url,
      journeyId: r.journey_id,
      nodeId: r.node,
      branch: r.branch,
      attempts: r.attempts,
      queuedAt: r.queued_at.toISOString(),
      submittedAt: r.state === 'skipped' ? null : iso(r.decided_at),
      sentAt: r.state === 'sent' ? iso(r.ended_at) : null,
      endedAt: iso(r.ended_at),
      clickedAt: iso(r.clicked_at),
      title: r.title,
      costFen: r.cost === null ? null : fenOf(r.cost),
    })),
    nextCursor: rows.length > q.limit ? encodeCursor(page.at(-1)!.no) : null,
  };
}

const dayMs = 86_400_000;

/** Counts of the last days, a day being the workspace's own. `byState` and `byReason` are about the messages queued in the period. */
export async function summariseMessages(deps: Deps, workspaceNo: number, timezone: string, days: number): Promise<MessageSummary> {
  const now = deps.clock.ms();
  const day = (ms: number) => new Intl.DateTimeFormat('en-CA', { timeZone: timezone, dateStyle: 'short' }).format(ms);
  const list = Array.from({ length: days }, (_, i) => day(now - (days - 1 - i) * dayMs));
  const [states, moments] = await Promise.all([
    deps.pg.query<{ state: string; reason: string | null; channel: string; n: number; clicked: number; cost: number }>(
      `SELECT state, reason, channel, count(*) AS n, count(clicked_at) AS clicked, coalesce(sum(cost), 0)::float8 AS cost FROM outbox
       WHERE workspace_no = $1 AND queued_at >= ($2::date)::timestamp AT TIME ZONE $3 GROUP BY state, reason, channel`,
      [workspaceNo, list[0], timezone],
    ),
    // What ended or was clicked in the period may have been queued a month before.
    deps.pg.query<{ day: string; what: string; n: number }>(
      `SELECT to_char(v.at AT TIME ZONE $3, 'YYYY-MM-DD') AS day, v.what, count(*) AS n
       FROM outbox o CROSS JOIN LATERAL (VALUES ('queued', o.queued_at), (o.state, o.ended_at), ('clicked', o.clicked_at)) AS v (what, at)
       WHERE o.workspace_no = $1 AND o.queued_at >= ($2::date - 31)::timestamp AT TIME ZONE $3
         AND v.at >= ($2::date)::timestamp AT TIME ZONE $3 GROUP BY 1, 2`,
      [workspaceNo, list[0], timezone],
    ),
  ]);
  const byState: Record<string, number> = { queued: 0, submitting: 0, submitted: 0, sent: 0, skipped: 0, failed: 0, clicked: 0 };
  const byReason: Record<string, number> = {};
  const costFen: Record<string, number> = {};
  for (const { state, reason, channel, n, clicked, cost } of states) {
    if (cost > 0) costFen[channel] = (costFen[channel] ?? 0) + fenOf(cost);
    byState[state] = (byState[state] ?? 0) + n;
    byState.clicked = (byState.clicked ?? 0) + clicked;
    if (reason !== null && (state === 'skipped' || state === 'failed')) byReason[reason] = (byReason[reason] ?? 0) + n;
  }
  const of = (when: string, what: string) => moments.find((m) => m.day === when && m.what === what)?.n ?? 0;
  const perDay = list.map((d) => ({
    day: d,
    queued: of(d, 'queued'),
    sent: of(d, 'sent'),
    skipped: of(d, 'skipped'),
    failed: of(d, 'failed'),
    clicked: of(d, 'clicked'),
  }));
  return { byState, byReason, costFen, perDay };
}

/** What became of a journey's messages, by the node that sent them. */
export async function journeyMessages(deps: Deps, workspaceNo: number, journeyId: string): Promise<Map<string, Record<string, number>>> {
  const rows = await deps.pg.query<{ node: string; state: string; n: number; clicked: number; cost: number }>(
    `SELECT node, state, count(*) AS n, count(clicked_at) AS clicked, coalesce(sum(cost), 0)::float8 AS cost FROM outbox WHERE workspace_no = $1 AND ${ofJourney(2)} GROUP BY node, state`,
    [workspaceNo, journeyId],
  );
  const nodes = new Map<string, Record<string, number>>();
  for (const { node, state, n, clicked, cost } of rows) {
    const counts = nodes.get(node) ?? { clicked: 0 };
    counts[state] = n;
    counts.clicked = (counts.clicked ?? 0) + clicked;
    if (cost > 0) counts.costFen = (counts.costFen ?? 0) + fenOf(cost);
    nodes.set(node, counts);
  }
  return nodes;
}
