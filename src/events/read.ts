import type { Ch } from '../base/index.ts';
import { personId } from '../people/index.ts';

export interface EventView {
  messageId: string;
  type: string;
  event: string;
  timestamp: string;
  receivedAt: string;
  personId: string;
  properties: Record<string, unknown>;
  context: Record<string, unknown>;
}

export interface EventCursor {
  time: string;
  key: number;
}

/** Kinds of happenings, as a person's timeline is read: SQL over a row. An event is in exactly one. */
export const eventGroups = {
  orders: "match(event, '^(Order|Cart|Checkout|Coupon|Payment)')",
  messages: "match(event, '^(Message|Journey) ')",
  changes:
    "match(event, '^(Stage|Tier|Level) Changed|^Tag |^Audience |^Identity |^Consent |^Binding ') OR type IN ('identify', 'alias', 'group')",
} as const;
export type EventGroup = keyof typeof eventGroups | 'behaviour';
const behaviour = `NOT (${Object.values(eventGroups)
  .map((one) => `(${one})`)
  .join(' OR ')})`;

/** Which of a person's events are asked for. `from` inclusive, `to` exclusive. */
export interface EventFilter {
  event?: string | undefined;
  type?: string | undefined;
  group?: EventGroup | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
}

/** A person's events, newest first. `before`: only what lies before this event. */
export async function eventsOfPerson(
  ch: Ch,
  source: string,
  options: EventFilter & { before?: EventCursor | undefined; limit: number },
): Promise<{ items: EventView[]; last: EventCursor | null }> {
  const wheres: string[] = [];
  const params: Record<string, unknown> = { limit: options.limit };
  if (options.event !== undefined) {
    wheres.push('event = {event:String}');
    params.event = options.event;
  }
  if (options.type !== undefined) {
    wheres.push('type = {type:String}');
    params.type = options.type;
  }
  if (options.group) wheres.push(`(${options.group === 'behaviour' ? behaviour : eventGroups[options.group]})`);
  for (const [bound, op] of [
    ['from', '>='],
    ['to', '<'],
  ] as const) {
    if (!options[bound]) continue;
    wheres.push(`time ${op} fromUnixTimestamp64Milli({${bound}:Int64}, 'UTC')`);
    params[bound] = options[bound].getTime();
  }
  if (options.before) {
    wheres.push("(time, key) < (parseDateTime64BestEffort({time:String}, 3, 'UTC'), {key:UInt64})");
    Object.assign(params, options.before);
  }
  const rows = await ch.query<Omit<EventView, 'personId' | 'context'> & { person_no: number; context: string; key: number }>(
    `SELECT message_id AS messageId, type, event, time AS timestamp, received_at AS receivedAt, person_no, properties, context, key
     FROM ${source} ${wheres.length > 0 ? `WHERE ${wheres.join(' AND ')}` : ''} ORDER BY time DESC, key DESC LIMIT {limit:UInt32}`,
    params,
  );
  const last = rows.at(-1);
  return {
    items: rows.map(({ person_no, context, key: _, ...row }) => ({
      ...row,
      personId: personId(person_no),
      context: context === '' ? {} : (JSON.parse(context) as Record<string, unknown>),
    })),
    last: last && rows.length === options.limit ? { time: last.timestamp, key: last.key } : null,
  };
}
