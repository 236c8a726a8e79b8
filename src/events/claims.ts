import { type Claim, cacheKey, personId } from '../people/index.ts';
import type { Incoming } from './message.ts';

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
export function mergedEvent(merge: { from: number; to: number; messageId: string; atMs: number }): Incoming {
  return {
    messageId: `merge:${merge.from}:${merge.to}`,
    type: 'track',
    event: 'Identity Merged',
    timeMs: merge.atMs,
    identities: [],
    personNo: merge.to,
    properties: { from: personId(merge.from), to: personId(merge.to), by: merge.messageId },
    context: undefined,
    carrier: '',
    source: 'yutang',
  };
}
