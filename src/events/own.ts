import { defaultRules, type IdentityRules, normaliseIdentity } from '../people/index.ts';
import { carrierOf } from './carrier.ts';
import type { Incoming, MessageType } from './message.ts';
import { stampMoney } from './money.ts';

/** An event that the program itself writes: about a person it knows, or by identities. */
export interface OwnEvent {
  messageId: string;
  type?: MessageType;
  event?: string;
  timestamp: Date | string;
  personNo?: number;
  userId?: string;
  anonymousId?: string;
  externalIds?: { type: string; id: string }[];
  properties?: Record<string, unknown>;
  traits?: Record<string, unknown>;
  context?: Record<string, unknown>;
  source?: string;
}

/** The typed event, or the field that does not fit. */
export function readOwn(own: OwnEvent, rules: IdentityRules = defaultRules): Incoming | { field: string; reason: string } {
  const type = own.type ?? 'track';
  const timeMs = new Date(own.timestamp).getTime();
  if (!Number.isFinite(timeMs)) return { field: 'timestamp', reason: 'is not an instant' };
  const identities = [];
  const wanted = [
    ...(own.userId === undefined ? [] : [{ type: 'user_id', id: own.userId }]),
    ...(own.anonymousId === undefined ? [] : [{ type: 'anonymous_id', id: own.anonymousId }]),
    ...(own.externalIds ?? []),
  ];
  let refused: { field: string; reason: string } | undefined;
  for (const { type: kind, id } of own.personNo === undefined ? wanted : []) {
    const normal = normaliseIdentity(kind, id, rules);
    if ('identity' in normal) identities.push(normal.identity);
    else refused ??= { field: kind, reason: normal.reason };
  }
  if (own.personNo === undefined && identities.length === 0) return refused ?? { field: 'userId', reason: 'names nobody' };
  const properties = (type === 'identify' ? own.traits : own.properties) ?? {};
  if (type === 'track') stampMoney(properties);
  return {
    messageId: own.messageId,
    type,
    event: own.event ?? '',
    timeMs,
    identities,
    ...(own.personNo === undefined ? {} : { personNo: own.personNo }),
    properties,
    context: own.context,
    carrier: carrierOf(own.context, undefined),
    source: own.source ?? 'yutang',
  };
}
