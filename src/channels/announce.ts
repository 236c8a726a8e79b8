import { outboxId } from './ids.ts';
import type { Deps, OwnEvent } from './ports.ts';

/** About so many events are told at once: large batches cost the event store far less than many small ones. */
const enough = 16_000;

interface Row {
  no: number;
  person_no: number;
  state: string;
  reason: string | null;
  channel: string;
  content_id: string;
  journey_id: string | null;
  node: string | null;
  branch: string | null;
  /** Milliseconds. */
  queued: number;
  ended: number | null;
}

const endings: Record<string, string> = { sent: 'Message Sent', skipped: 'Message Skipped', failed: 'Message Failed' };

/** What every event about a message says of it. */
export function messageProperties(
  row: Pick<Row, 'no' | 'channel' | 'content_id' | 'journey_id' | 'node' | 'branch'>,
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

/** On these a message has ended well only when a report says that it arrived; `unreported`: none came, so it is only known to have left. */
const reported: ReadonlySet<string> = new Set(['sms']);
export const unreported = 'unreported';

function deliveryOf(row: Row, sent: OwnEvent | undefined): OwnEvent[] {
  if (!sent || row.state !== 'sent' || !reported.has(row.channel) || row.reason === unreported) return [];
  return [{ ...sent, messageId: `${outboxId(row.no)}:delivered`, event: 'Message Delivered' }];
}

function eventOf(row: Row, what: 'queued' | 'ended'): OwnEvent | undefined {
  const properties = messageProperties(row);
  const base = { personNo: row.person_no, source: 'yutang' };
  const messageId = `${outboxId(row.no)}:${what === 'queued' ? what : row.state}`;
  if (what === 'queued') return { ...base, messageId, event: 'Message Queued', timestamp: new Date(row.queued), properties };
  const event = endings[row.state];
  if (!event || row.ended === null) return undefined;
  if (row.reason !== null && row.state !== 'sent') properties.reason = row.reason;
  return { ...base, messageId, event, timestamp: new Date(row.ended), properties };
}

/**
 * Tells what happened to messages as events. Of whom something is untold was written in the statement in which it happened, a row for a whole batch;
 * the row goes only after the events are durable, and their ids are fixed, so a stop between the two repeats nothing.
 */
export async function announceWorkspace(deps: Deps, workspaceNo: number): Promise<number> {
  let count = 0;
  for (;;) {
    const untold = await deps.pg.query<{ no: number; what: 'queued' | 'ended' }>(
      `SELECT no, what FROM (SELECT no, what, sum(cardinality(nos)) OVER (ORDER BY no) - cardinality(nos) AS before FROM outbox_untold WHERE workspace_no = $1) u
       WHERE before < $2 ORDER BY no`,
      [workspaceNo, enough],
    );
    if (untold.length === 0) return count;
    const events: OwnEvent[] = [];
    for (const what of ['queued', 'ended'] as const) {
      const nos = untold.filter((u) => u.what === what).map((u) => u.no);
      if (nos.length === 0) continue;
      const rows = await deps.pg.query<Row>(
        `SELECT o.no, o.person_no, o.state, o.reason, o.channel, o.content_id, o.journey_id, o.node, o.branch,
           (extract(epoch FROM o.queued_at) * 1000)::bigint AS queued, (extract(epoch FROM o.ended_at) * 1000)::bigint AS ended
         FROM (SELECT u.workspace_no AS ws, unnest(u.nos) AS no FROM outbox_untold u WHERE u.workspace_no = $1 AND u.no = ANY($2)) n
         JOIN outbox o ON o.workspace_no = n.ws AND o.no = n.no`,
        [workspaceNo, nos],
      );
      for (const row of rows) {
        const event = eventOf(row, what);
        if (event) events.push(event, ...(what === 'ended' ? deliveryOf(row, event) : []));
      }
    }
    await deps.events.write(workspaceNo, events);
    await deps.boundary('outbox.announced');
    await deps.pg.query('DELETE FROM outbox_untold WHERE workspace_no = $1 AND no = ANY($2)', [workspaceNo, untold.map((u) => u.no)]);
    await deps.boundary('outbox.told');
    count += events.length;
  }
}
