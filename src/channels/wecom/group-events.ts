import type { Pg } from '../../base/index.ts';
import type { ResponseOf } from './endpoints.ts';
import type { GroupMember } from './endpoints-customers.ts';
import { type ChannelEvent, identitiesOf } from './events.ts';
import type { Group, Joined } from './group-members.ts';

/** A group as the platform tells it, and what is said of those who come and go. */

export type GroupChat = ResponseOf<'groupchat.get'>['group_chat'];
/** Of somebody who is named by an event and not yet to be seen in the group only the id is known. */
export type Arrival = Pick<GroupMember, 'userid'> & Partial<GroupMember>;

/** Staff are members too, and are passed over. */
export const isCustomer = (id: string): boolean => /^w[mo]/.test(id);

const said = (
  group: Group,
  member: { id: string; unionid?: string | null | undefined },
): Omit<ChannelEvent, 'messageId' | 'event' | 'timestamp'> => ({
  externalIds: identitiesOf(group.corpId, member.id, member.unionid),
  context: { carrier: 'group' },
  source: 'wecom',
});

/** The join, and a name when the platform tells one. The identity of a join is its time, so saying it twice is harmless. */
export function joinEvents(group: Group, member: Arrival, at: Date, groupName: string | null | undefined): ChannelEvent[] {
  const { corpId, chatId } = group;
  const key = `${corpId}:${chatId}:${member.userid}:${at.getTime() / 1000}`;
  const common = { ...said(group, { id: member.userid, unionid: member.unionid }), timestamp: at };
  const properties = {
    corpId,
    chatId,
    ...(groupName ? { groupName } : {}),
    ...(typeof member.join_scene === 'number' ? { joinScene: member.join_scene } : {}),
    ...(member.state ? { state: member.state } : {}),
    ...(member.invitor?.userid ? { invitor: member.invitor.userid } : {}),
  };
  const joined: ChannelEvent = { ...common, messageId: `wecom:join:${key}`, event: 'Group Joined', properties };
  if (!member.name) return [joined];
  return [{ ...common, messageId: `wecom:join-identify:${key}`, type: 'identify', event: '', traits: { name: member.name } }, joined];
}

export const leftEvent = (group: Group, id: string, messageId: string, at: Date, properties: Record<string, unknown>): ChannelEvent => ({
  ...said(group, { id }),
  messageId,
  event: 'Group Left',
  timestamp: at,
  properties: { corpId: group.corpId, chatId: group.chatId, ...properties },
});

export const joinedOf = (member: Arrival, at: Date): Joined => ({
  externalUserId: member.userid,
  since: at,
  joinScene: member.join_scene,
  state: member.state,
  invitor: member.invitor?.userid,
});

/** Name, owner and notice as the platform tells them now. The purpose is ours and stays. */
export async function keepGroup(pg: Pg, group: Group, chat: GroupChat, at: Date): Promise<void> {
  await pg.query(
    `INSERT INTO wecom_groups AS g (workspace_no, corp_id, chat_id, name, owner, notice, staff, created_at, member_version, read_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     ON CONFLICT (workspace_no, corp_id, chat_id) DO UPDATE SET name = excluded.name, owner = excluded.owner, notice = excluded.notice,
       staff = excluded.staff, created_at = excluded.created_at, member_version = excluded.member_version, read_at = excluded.read_at, dismissed_at = NULL
     WHERE g.read_at IS NULL OR g.read_at <= excluded.read_at`,
    [
      ...[group.workspaceNo, group.corpId, group.chatId, chat.name ?? '', chat.owner ?? '', chat.notice ?? ''],
      ...[
        chat.member_list.filter((member) => !isCustomer(member.userid)).length,
        chat.create_time ? new Date(chat.create_time * 1000) : null,
      ],
      ...[chat.member_version ?? null, at],
    ],
  );
}

export async function dismissGroup(pg: Pg, group: Group, at: Date): Promise<void> {
  await pg.query(
    `INSERT INTO wecom_groups (workspace_no, corp_id, chat_id, dismissed_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (workspace_no, corp_id, chat_id) DO UPDATE SET dismissed_at = coalesce(wecom_groups.dismissed_at, excluded.dismissed_at)`,
    [group.workspaceNo, group.corpId, group.chatId, at],
  );
}
