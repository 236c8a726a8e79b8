import { randomUUID } from 'node:crypto';
import type { FieldError } from '../base/index.ts';
import { defaultRules, type Identity, type IdentityRules, normaliseIdentity } from '../people/index.ts';
import { carrierOf } from './carrier.ts';
import { stampMoney } from './money.ts';
import type { SentText, Span, Spans } from './sent.ts';

export const messageTypes = ['track', 'identify', 'page', 'screen', 'group', 'alias'] as const;
export type MessageType = (typeof messageTypes)[number];

/** A message that passed the door: everything typed, identities in normal form. */
export interface Incoming {
  messageId: string;
  type: MessageType;
  event: string;
  timeMs: number;
  identities: Identity[];
  /** The event of our own about a person we already know. */
  personNo?: number;
  properties: Record<string, unknown>;
  context: Record<string, unknown> | undefined;
  carrier: string;
  source: string;
  /** The text of `properties` and `context` as they came. Good only while they are these very objects, unchanged but for the stamp. */
  sent?: { properties: SentText | undefined; stamp: string; context: SentText | undefined };
}

type Raw = Record<string, unknown>;
const earliest = Date.UTC(1990, 0, 1);
const latest = Date.UTC(2100, 0, 1);
const bytesMost = 64 * 1024;
const depthMost = 16;

const isObject = (v: unknown): v is Raw => typeof v === 'object' && v !== null && !Array.isArray(v);

/**
 * Reads one message of the Segment spec. Returns the typed event, or the field that does not fit and why.
 * Time stamps: ISO 8601 or milliseconds; without one, `receivedMs`.
 * @param wire where the message lies in the bytes that were sent
 * @param rules the workspace's identity policy
 */
export function readMessage(
  raw: unknown,
  type: unknown,
  receivedMs: number,
  source: string,
  wire?: { bytes: Buffer; spans: Spans },
  rules: IdentityRules = defaultRules,
): Incoming | FieldError {
  if (!isObject(raw)) return { field: '', reason: 'must be an object' };
  if (typeof type !== 'string' || !(messageTypes as readonly string[]).includes(type)) {
    return { field: 'type', reason: `must be one of ${messageTypes.join(', ')}` };
  }
  const kind = type as MessageType;
  const messageId = raw.messageId ?? randomUUID();
  if (typeof messageId !== 'string' || messageId.length === 0 || messageId.length > 256) {
    return { field: 'messageId', reason: 'must be a text of 1 to 256 characters; leave it out to have one made' };
  }
  const event = readName(raw, kind);
  if (typeof event !== 'string') return event;
  const timeMs = readTime(raw.timestamp ?? raw.originalTimestamp, receivedMs);
  if (typeof timeMs !== 'number') return timeMs;
  const bag = kind === 'identify' || kind === 'group' ? 'traits' : 'properties';
  const given = raw[bag];
  if (given !== undefined && given !== null && !isObject(given)) return { field: bag, reason: 'must be an object' };
  const context = raw.context;
  if (context !== undefined && context !== null && !isObject(context)) return { field: 'context', reason: 'must be an object' };
  const identities = kind === 'alias' ? readAlias(raw, rules) : readIdentities(raw, context as Raw | undefined, rules);
  if (!Array.isArray(identities)) return identities;
  const properties = kind === 'group' ? { ...(given as Raw | undefined), groupId: raw.groupId } : ((given as Raw | undefined) ?? {});
  if (kind === 'group' && (typeof raw.groupId !== 'string' || raw.groupId === ''))
    return { field: 'groupId', reason: 'must be a text that names the group' };
  const budget = { left: bytesMost, keys: 0 };
  const size = tooMuch(properties, 0, budget);
  if (size) return { field: bag, reason: size };
  const contextBudget = { left: bytesMost, keys: 0 };
  const contextSize = context ? tooMuch(context, 0, contextBudget) : undefined;
  if (contextSize) return { field: 'context', reason: contextSize };
  const stamp = kind === 'track' ? stampMoney(properties) : undefined;
  const ctx = (context as Raw | null | undefined) ?? undefined;
  const read = { messageId, type: kind, event, timeMs, identities, properties, context: ctx, carrier: carrierOf(ctx, raw.channel), source };
  if (!wire) return read;
  const { bytes, spans } = wire;
  const text = (of: object, span: Span | undefined, keys: number): SentText | undefined =>
    span && span.keys === keys ? { bytes, of, span } : undefined;
  return {
    ...read,
    sent: {
      // A group's bag is made here, not sent.
      properties: kind === 'group' ? undefined : text(properties, spans[bag], budget.keys),
      stamp: stamp === undefined ? '' : `,"revenue_fen":${stamp}`,
      context: ctx && text(ctx, spans.context, contextBudget.keys),
    },
  };
}

function readName(raw: Raw, kind: MessageType): string | FieldError {
  const field = kind === 'track' ? 'event' : 'name';
  if (kind !== 'track' && kind !== 'page' && kind !== 'screen') return '';
  const name = raw[field] ?? (kind === 'track' ? undefined : '');
  if (typeof name !== 'string' || (kind === 'track' && name.trim() === ''))
    return { field, reason: 'must be a text that names what happened' };
  return name.length > 200 ? { field, reason: 'is longer than 200 characters; put details into properties' } : name;
}

function readTime(given: unknown, receivedMs: number): number | FieldError {
  if (given === undefined || given === null) return receivedMs;
  const ms =
    typeof given === 'string' && /^\d{4}-\d{2}-\d{2}([T ]|$)/.test(given)
      ? Date.parse(given)
      : typeof given === 'number'
        ? given
        : Number.NaN;
  if (!Number.isFinite(ms)) return { field: 'timestamp', reason: 'is not an instant; write ISO 8601 such as 2026-01-31T08:00:00Z' };
  if (ms < earliest || ms >= latest)
    return { field: 'timestamp', reason: 'lies outside 1990 to 2100; seconds must be written as milliseconds or ISO 8601' };
  return Math.trunc(ms);
}

function readIdentities(raw: Raw, context: Raw | null | undefined, rules: IdentityRules): Identity[] | FieldError {
  const found: Identity[] = [];
  let refused: FieldError | undefined;
  const add = (field: string, type: string, value: unknown): void => {
    if (value === undefined || value === null) return;
    const text = typeof value === 'string' ? value : typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;
    const normal = text === undefined ? { reason: 'must be a text' } : normaliseIdentity(type, text, rules);
    if ('reason' in normal) refused ??= { field, reason: normal.reason };
    else if (!found.some((i) => i.type === type && i.value === normal.identity.value)) found.push(normal.identity);
  };
  add('userId', 'user_id', raw.userId);
  add('anonymousId', 'anonymous_id', raw.anonymousId);
  const external = context?.externalIds;
  if (external !== undefined && external !== null) {
    if (!Array.isArray(external)) return { field: 'context.externalIds', reason: 'must be a list of {id, type}' };
    if (external.length > 50) return { field: 'context.externalIds', reason: 'has more than 50 identities' };
    for (let i = 0; i < external.length; i++) {
      const one: unknown = external[i];
      if (!isObject(one) || typeof one.type !== 'string') return { field: `context.externalIds.${i}`, reason: 'must be {id, type}' };
      add(`context.externalIds.${i}`, one.type, one.id);
    }
  }
  if (found.length > 0) return found;
  return refused ?? { field: 'userId', reason: 'names nobody: give userId, anonymousId or context.externalIds' };
}

/** [previous, current, previous]: the previous id is an anonymous one unless only a user is known by it, which the resolver sees. */
function readAlias(raw: Raw, rules: IdentityRules): Identity[] | FieldError {
  for (const field of ['previousId', 'userId'] as const) {
    if (typeof raw[field] !== 'string' || raw[field] === '') return { field, reason: 'must be a text' };
  }
  const previous = normaliseIdentity('anonymous_id', raw.previousId as string, rules);
  if ('reason' in previous) return { field: 'previousId', reason: previous.reason };
  const current = normaliseIdentity('user_id', raw.userId as string, rules);
  if ('reason' in current) return { field: 'userId', reason: current.reason };
  return [previous.identity, current.identity, { type: 'user_id', value: previous.identity.value }];
}

/** Why a bag of values is too large or too deep to keep; undefined when it is fine. Counts about as JSON would, and the keys. */
function tooMuch(value: unknown, depth: number, budget: { left: number; keys: number }): string | undefined {
  if (typeof value === 'string') budget.left -= value.length + 2;
  else if (typeof value === 'object' && value !== null) {
    if (depth > depthMost) return `is nested deeper than ${depthMost} levels`;
    if (Array.isArray(value)) {
      for (const item of value) {
        const bad = tooMuch(item, depth + 1, budget);
        if (bad) return bad;
      }
    } else {
      for (const key in value as Raw) {
        budget.left -= key.length + 3;
        budget.keys += 1;
        const bad = tooMuch((value as Raw)[key], depth + 1, budget);
        if (bad) return bad;
      }
    }
  } else budget.left -= 5;
  return budget.left < 0 ? `is larger than ${bytesMost / 1024} kB` : undefined;
}
