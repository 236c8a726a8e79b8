import { type Claim, cacheKey, personId } from '../people/index.ts';
import type { Incoming } from './message.ts';
import type { Split } from './split.ts';

/** What a message says of who it is about. */
export function claimOf(workspaceNo: number, item: Incoming): Claim {
  return {
    messageId: item.messageId,
    atMs: item.timeMs,
    identities: item.identities,
    keys: item.identities.map((identity) => cacheKey(workspaceNo, identity)),
    ...(item.type === 'alias' ? { alias: true } : {}),
    ...(item.type === 'identify' ? { traits: item.properties } : {}),
    ...(item.personNo === undefined ? {} : { personNo: item.personNo }),
  };
}

/** The event that tells of a merge, about the one who stays. */
export function mergedEvent(
  merge: { from: number; to: number; messageId: string; atMs: number },
  more: Record<string, unknown> = {},
): Incoming {
  const properties = { from: personId(merge.from), to: personId(merge.to), by: merge.messageId, ...more };
  return ownEvent(`merge:${merge.from}:${merge.to}`, 'Identity Merged', merge.atMs, merge.to, properties);
}

/** Those that tell of a split: one about each of the two. */
export function splitEvents(split: Split, more: Record<string, unknown>): Incoming[] {
  const types = [...new Set(split.identities.map((i) => i.type))];
  const properties = { from: personId(split.from), to: personId(split.to), types, ...more };
  return [
    ownEvent(`split:${split.id}`, 'Identity Split', split.at.getTime(), split.from, properties),
    ownEvent(`split:${split.id}:new`, 'Identity Split', split.at.getTime(), split.to, properties),
  ];
}

function ownEvent(messageId: string, event: string, timeMs: number, personNo: number, properties: Record<string, unknown>): Incoming {
  return {
    messageId,
    type: 'track',
    event,
    timeMs,
    identities: [],
    personNo,
    properties,
    context: undefined,
    carrier: '',
    source: 'yutang',
  };
}
