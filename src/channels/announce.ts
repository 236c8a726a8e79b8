import { outboxId } from './ids.ts';
import type { Deps, OwnEvent } from './ports.ts';

const batchSize = 4000;

interface Row {
  no: number;
  person_no: number;
  announce: number;
  state: string;
  reason: string | null;
  channel: string;
  content_id: string;
  journey_id: string | null;
  node: string | null;
  branch: string | null;
  queued_at: Date;
  ended_at: Date | null;
}

const endings: Record<string, string> = { sent: 'Message Sent', skipped: 'Message Skipped', failed: 'Message Failed' };

/** What every event about a message says of it. */
export function messageProperties(
  row: Omit<Row, 'person_no' | 'announce' | 'state' | 'reason' | 'queued_at' | 'ended_at'>,
): Record<string, unknown> {
  return {
    outboxId: outboxId(row.no),
    channel: row.channel,
    contentId: row.content_id,
    ...(row.journey_id === null
      ? {}
      : { journeyId: row.journey_id, nodeId: row.node, ...(row.branch === null ? {} : { branch: row.branch }) }),
  };
}

function eventsOf(row: Row): OwnEvent[] {
  const about = messageProperties(row);
  const base = { personNo: row.person_no, source: 'yutang' };
  const events: OwnEvent[] = [];
  if (row.announce & 1) {
    events.push({ ...base, messageId: `${outboxId(row.no)}:queued`, event: 'Message Queued', timestamp: row.queued_at, properties: about });
  }
  const ending = endings[row.state];
  if (row.announce & 2 && ending && row.ended_at) {
    const properties = row.reason === null || row.state === 'sent' ? about : { ...about, reason: row.reason };
    events.push({ ...base, messageId: `${outboxId(row.no)}:${row.state}`, event: ending, timestamp: row.ended_at, properties });
  }
  return events;
}

/**
 * Tells what happened to messages as events. The mark of what is untold lies in the message's own row and is taken away only after the events are
 * durable; their ids are fixed, so a stop between the two repeats nothing.
 */
export async function announceWorkspace(deps: Deps, workspaceNo: number): Promise<number> {
  let count = 0;
  for (;;) {
    const rows = await deps.pg.query<Row>(
      `SELECT no, person_no, announce, state, reason, channel, content_id, journey_id, node, branch, queued_at, ended_at
       FROM outbox WHERE workspace_no = $1 AND announce > 0 ORDER BY no LIMIT $2`,
      [workspaceNo, batchSize],
    );
    if (rows.length === 0) return count;
    const events = rows.flatMap(eventsOf);
    await deps.events.write(workspaceNo, events);
    await deps.boundary('outbox.announced');
    await deps.pg.query(
      `UPDATE outbox o SET announce = o.announce & ~d.announce FROM (SELECT $1::int AS ws, u.* FROM unnest($2::bigint[], $3::smallint[]) AS u (no, announce) OFFSET 0) AS d
       WHERE o.workspace_no = d.ws AND o.no = d.no`,
      [workspaceNo, rows.map((r) => r.no), rows.map((r) => r.announce)],
    );
    await deps.boundary('outbox.told');
    count += events.length;
    if (rows.length < batchSize) return count;
  }
}
