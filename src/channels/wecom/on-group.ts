import { field, type XmlNode } from '../platform/xml.ts';
import { type CallbackWork, done, later, lookAgain, record, type Verdict } from './callback-work.ts';
import { type Arrival, dismissGroup, type GroupChat, isCustomer, joinEvents, joinedOf, keepGroup, leftEvent } from './group-events.ts';
import { joinGroup, leaveGroup, membersOf } from './group-members.ts';

/** Customers coming into groups and going. */

/** The group's own data lags behind its events. */
const LAG_MS = [2_000, 10_000, 60_000];

function listed(node: XmlNode): string[] {
  const list = node.MemChangeList;
  if (typeof list !== 'object' || Array.isArray(list)) return [];
  const items = list.Item;
  return (Array.isArray(items) ? items : []).filter((item): item is string => typeof item === 'string' && isCustomer(item));
}

const groupOf = (work: CallbackWork) => ({
  workspaceNo: work.account.workspaceNo,
  corpId: work.account.config.corpId,
  chatId: field(work.node, 'ChatId'),
});

export async function onGroupJoined(work: CallbackWork): Promise<Verdict> {
  const { pg, clock, callback, node, account } = work;
  const group = groupOf(work);
  const named = listed(node);
  let chat: Pick<GroupChat, 'name' | 'member_list'>;
  try {
    const found = (await account.client.call('groupchat.get', { chat_id: group.chatId, need_name: 1 })).group_chat;
    await keepGroup(pg, group, found, clock.now());
    chat = found;
  } catch (error) {
    const again = lookAgain(work, error);
    if (again && callback.attempts < 20) return again;
    chat = { member_list: [] };
  }
  const present = chat.member_list.filter((member) => isCustomer(member.userid));
  const before = await membersOf(pg, group);
  // Without names in the event, those are new whom we did not know; the identity of a join is its time, so saying it twice is harmless.
  const arrived =
    named.length > 0 ? present.filter((member) => named.includes(member.userid)) : present.filter((member) => !before.has(member.userid));
  const absent = named.filter((id) => !present.some((member) => member.userid === id));
  const wait = LAG_MS[callback.attempts - 1];
  if (wait !== undefined && (absent.length > 0 || (named.length === 0 && arrived.length === 0))) {
    return later(clock, wait, 'the group does not show the change yet');
  }
  const joins = [...arrived, ...absent.map((userid): Arrival => ({ userid }))].map((member) => ({
    member,
    at: member.join_time ? new Date(member.join_time * 1000) : callback.happenedAt,
  }));
  await record(
    work,
    joins.flatMap(({ member, at }) => joinEvents(group, member, at, chat.name)),
  );
  await joinGroup(
    pg,
    group,
    joins.map(({ member, at }) => joinedOf(member, at)),
  );
  return done;
}

export async function onGroupLeft(work: CallbackWork): Promise<Verdict> {
  const { pg, clock, callback, node, account } = work;
  const group = groupOf(work);
  let left = listed(node);
  if (left.length === 0 && Number(field(node, 'MemChangeCnt') || '1') > 0) {
    try {
      const chat = await account.client.call('groupchat.get', { chat_id: group.chatId });
      const present = new Set(chat.group_chat.member_list.map((member) => member.userid));
      left = [...(await membersOf(pg, group)).keys()].filter((id) => !present.has(id));
    } catch (error) {
      const again = lookAgain(work, error);
      if (again && callback.attempts < 20) return again;
    }
    const wait = LAG_MS[callback.attempts - 1];
    if (left.length === 0 && wait !== undefined) return later(clock, wait, 'the group does not show the change yet');
  }
  const scene = field(node, 'QuitScene');
  return goodbye(work, left, scene === '' ? {} : { quitScene: Number(scene), by: scene === '1' ? 'staff' : 'customer' });
}

export async function onGroupDismissed(work: CallbackWork): Promise<Verdict> {
  await dismissGroup(work.pg, groupOf(work), work.callback.happenedAt);
  const members = await membersOf(work.pg, groupOf(work));
  return goodbye(work, [...members.keys()], { by: 'dismissed' });
}

async function goodbye(work: CallbackWork, ids: string[], properties: Record<string, unknown>): Promise<Verdict> {
  const { pg, callback } = work;
  await record(
    work,
    ids.map((id) => leftEvent(groupOf(work), id, `wecom:${callback.hash}:left:${id}`, callback.happenedAt, properties)),
  );
  await leaveGroup(pg, groupOf(work), ids, callback.happenedAt, String(properties.by ?? 'unknown'));
  return done;
}

/** Owner, name or notice changed: read anew. */
export async function onGroupChanged(work: CallbackWork): Promise<Verdict> {
  const { pg, clock, callback, account } = work;
  const group = groupOf(work);
  try {
    const { group_chat } = await account.client.call('groupchat.get', { chat_id: group.chatId });
    await keepGroup(pg, group, group_chat, clock.now());
    return done;
  } catch (error) {
    const again = lookAgain(work, error);
    return again && callback.attempts < 10 ? again : { state: 'done', error: (error as Error).message };
  }
}
