import { personId } from '../people/index.ts';
import { keyShape } from './keys.ts';
import type { Kind } from './schema.ts';

/** How somebody entered: saw the code's page, followed a link, became a friend, came into a group, followed an account, opened a mini program. */
export type Via = 'scan' | 'link' | 'friend' | 'group' | 'follow' | 'open';

/** What every `Touchpoint Entered` says. */
export function enteredProperties(
  point: { id: string; name: string; kind: Kind; campaign: string },
  via: Via,
  target?: { no: number; kind: string } | undefined,
  share?: { key: string; by: number | null } | null,
): Record<string, unknown> {
  return {
    touchpointId: point.id,
    touchpoint: point.name,
    kind: point.kind,
    via,
    ...(point.campaign ? { campaign: point.campaign } : {}),
    ...(target ? { target: target.no, targetKind: target.kind } : {}),
    ...(share ? { share: share.key, ...(share.by === null ? {} : { sharedBy: personId(share.by) }) } : {}),
  };
}

export const isKey = (text: string): boolean => keyShape.test(text);
