import type { Clock, Pg } from '../../base/index.ts';
import { eachOf } from '../platform/paging.ts';
import type { WecomAccount } from './account.ts';
import { reactionTo, WecomError } from './errors.ts';
import { befriend, endAll, type Friendship, sendersOf } from './friends.ts';

export type Sender = { userId: string; remembered?: true } | { gone: string } | { error: unknown };

/** Who shall speak to each of these: as remembered, else (or if `ask`) asked of the platform. */
export async function findSenders(
  deps: { pg: Pg; clock: Clock },
  account: WecomAccount,
  externalUserIds: string[],
  ask = false,
): Promise<Map<string, Sender>> {
  const { pg, clock } = deps;
  const corp = { workspaceNo: account.workspaceNo, corpId: account.config.corpId };
  const found = new Map<string, Sender>();
  const remembered = ask ? [] : await sendersOf(pg, corp, externalUserIds);
  for (const [externalUserId, userId] of remembered) found.set(externalUserId, { userId, remembered: true });

  const learned: Friendship[] = [];
  const ended: string[] = [];
  const unknown = [...new Set(externalUserIds)].filter((id) => !found.has(id));
  await eachOf(unknown, 10, async (externalUserId) => {
    try {
      const { follow_user } = await account.client.call('externalcontact.get', { external_userid: externalUserId });
      const friends = follow_user.map((follow) => ({
        externalUserId,
        userId: follow.userid,
        since: new Date((follow.createtime ?? 0) * 1000),
      }));
      learned.push(...friends);
      const last = friends.toSorted((a, b) => b.since.getTime() - a.since.getTime())[0];
      found.set(externalUserId, last ? { userId: last.userId } : { gone: 'not_a_friend' });
    } catch (error) {
      const code = error instanceof WecomError ? error.errcode : 0;
      if (code !== 0 && reactionTo(code).class === 'D') {
        found.set(externalUserId, { gone: code === 84061 ? 'not_a_friend' : `wecom_${code}` });
        ended.push(externalUserId);
      } else found.set(externalUserId, { error });
    }
  });
  await befriend(pg, corp, learned);
  if (ended.length > 0) await endAll(pg, corp, ended, clock.now());
  return found;
}
