import { eachOf } from '../platform/paging.ts';
import type { WecomAccount } from './account.ts';
import { WecomError } from './errors.ts';
import { dismissGroup, type GroupChat, isCustomer, joinEvents, joinedOf, keepGroup, leftEvent } from './group-events.ts';
import { type Group, joinGroup, leaveGroup, membersOf } from './group-members.ts';
import type { Progress, ReconcileDeps } from './progress.ts';
import { write } from './reconcile.ts';

/** Compares groups and their members with the platform's: who came or went unheard is told now, and groups on no list any more are dissolved. */

const OWNERS = 100;
const LIMIT = 100;
const AT_ONCE = 10;
const TOO_MANY_MEMBERS = 81017;
const BAD_CURSOR = 50100;
const GONE = new Set([49008, 90501, 60011]);

export async function reconcileGroups(deps: ReconcileDeps, account: WecomAccount, progress: Progress): Promise<void> {
  const { members } = progress.now;
  // Without a filter all groups come in one list, also those of owners who left; where too many members are visible, owner by owner.
  let unfiltered = progress.now.at === 0;
  while (unfiltered) {
    try {
      if (!(await page(deps, account, progress, undefined))) break;
    } catch (error) {
      if (!(error instanceof WecomError) || error.errcode !== TOO_MANY_MEMBERS) throw error;
      unfiltered = false;
    }
  }
  if (!unfiltered) {
    while (progress.now.at < members.length) {
      const owners = members.slice(progress.now.at, progress.now.at + OWNERS);
      if (!(await page(deps, account, progress, owners))) await progress.step({ at: progress.now.at + OWNERS, cursor: '' });
    }
  }
  const gone = await tellDissolved(deps, account, progress.now.startedAt);
  await progress.step({ phase: 'done', cursor: '' }, { gone });
}

/** One page of groups. False when it was the last. */
async function page(deps: ReconcileDeps, account: WecomAccount, progress: Progress, owners: string[] | undefined): Promise<boolean> {
  const { cursor } = progress.now;
  const filter = owners ? { owner_filter: { userid_list: owners } } : {};
  let listed: { group_chat_list: { chat_id: string }[]; next_cursor: string };
  try {
    listed = await account.client.call('groupchat.list', { limit: LIMIT, ...filter, ...(cursor ? { cursor } : {}) });
  } catch (error) {
    if (!(error instanceof WecomError) || error.errcode !== BAD_CURSOR || cursor === '') throw error;
    await progress.step({ cursor: '' });
    return true;
  }
  const counted = { groups: listed.group_chat_list.length, joined: 0, gone: 0 };
  await eachOf(listed.group_chat_list, AT_ONCE, async ({ chat_id }) => {
    const one = await compare(deps, account, chat_id, progress.now.startedAt);
    counted.joined += one.joined;
    counted.gone += one.gone;
  });
  await progress.step({ cursor: listed.next_cursor }, counted);
  return listed.next_cursor !== '';
}

async function compare(
  deps: ReconcileDeps,
  account: WecomAccount,
  chatId: string,
  startedAt: Date,
): Promise<{ joined: number; gone: number }> {
  const { pg, clock } = deps;
  const group: Group = { workspaceNo: account.workspaceNo, corpId: account.config.corpId, chatId };
  let chat: GroupChat;
  try {
    chat = (await account.client.call('groupchat.get', { chat_id: chatId, need_name: 1 })).group_chat;
  } catch (error) {
    if (error instanceof WecomError && GONE.has(error.errcode)) return { joined: 0, gone: 0 };
    throw error;
  }
  const known = await membersOf(pg, group);
  const present = chat.member_list.filter((member) => isCustomer(member.userid));
  const there = new Set(present.map((member) => member.userid));
  const came = present
    .map((member) => ({ member, at: member.join_time ? new Date(member.join_time * 1000) : startedAt }))
    .filter(({ member, at }) => (known.get(member.userid)?.getTime() ?? -1) < at.getTime() - 60_000 || !known.has(member.userid));
  // Who came after this comparison began may not be in a list that was made before.
  const went = [...known].filter(([id, since]) => !there.has(id) && since < startedAt);
  await write(deps, account, [
    ...came.flatMap(({ member, at }) => joinEvents(group, member, at, chat.name)),
    ...went.map(([id, since]) => leftEvent(group, id, unheard(group, id, since), startedAt, { by: 'unknown' })),
  ]);
  await joinGroup(
    pg,
    group,
    came.map(({ member, at }) => joinedOf(member, at)),
  );
  await leaveGroup(
    pg,
    group,
    went.map(([id]) => id),
    startedAt,
    'unknown',
  );
  await keepGroup(pg, group, chat, clock.now());
  return { joined: came.length, gone: went.length };
}

const unheard = (group: Group, id: string, since: Date) =>
  `wecom:unlisted-member:${group.corpId}:${group.chatId}:${id}:${since.getTime() / 1000}`;

async function tellDissolved(deps: ReconcileDeps, account: WecomAccount, startedAt: Date): Promise<number> {
  const { pg } = deps;
  const { corpId } = account.config;
  // Also seats in groups that are known to be dissolved: a join can be told after the end of its group.
  const rows = await pg.query<{ chat_id: string }>(
    `SELECT chat_id FROM wecom_groups WHERE workspace_no = $1 AND corp_id = $2 AND dismissed_at IS NULL AND (read_at IS NULL OR read_at < $3)
     UNION SELECT m.chat_id FROM wecom_group_members m WHERE m.workspace_no = $1 AND m.corp_id = $2 AND m.ended_at IS NULL AND m.since < $3
       AND NOT EXISTS (SELECT FROM wecom_groups g WHERE g.workspace_no = $1 AND g.corp_id = $2 AND g.chat_id = m.chat_id
         AND g.dismissed_at IS NULL AND g.read_at >= $3)
     ORDER BY chat_id`,
    [account.workspaceNo, corpId, startedAt],
  );
  let gone = 0;
  for (const { chat_id: chatId } of rows) {
    const group = { workspaceNo: account.workspaceNo, corpId, chatId };
    const members = [...(await membersOf(pg, group))].filter(([, since]) => since < startedAt);
    const events = members.map(([id, since]) => leftEvent(group, id, unheard(group, id, since), startedAt, { by: 'dismissed' }));
    await write(deps, account, events);
    await leaveGroup(
      pg,
      group,
      members.map(([id]) => id),
      startedAt,
      'dismissed',
    );
    await dismissGroup(pg, group, startedAt);
    gone += members.length;
  }
  return gone;
}
