import type { EventFields } from '../callbacks.ts';
import type { Context } from '../context.ts';
import { must, mustCorp } from '../context.ts';
import { putInInbox } from '../inbox.ts';
import type { Corp, GroupChat, GroupMember } from '../state.ts';
import { memberVersion, newId } from '../state.ts';

export interface NewGroup {
  corpid: string;
  name: string;
  owner: string;
  members?: string[];
  notice?: string;
}

export function createGroupActions(ctx: Context) {
  const { world, clock, rules, callbacks } = ctx;

  function member(corp: Corp, userid: string, joinScene: 1 | 2 | 3, invitor?: string): GroupMember {
    const isStaff = corp.staff.has(userid);
    if (!isStaff) must(corp.customers.get(userid), 'userid', 'neither a member nor a customer');
    return { userid, type: isStaff ? 1 : 2, joinedAt: clock.ms(), join_scene: joinScene, invitor, group_nickname: '' };
  }

  function mustGroup(corpid: string, chatId: string): { corp: Corp; group: GroupChat } {
    const corp = mustCorp(world, corpid);
    return { corp, group: must(corp.groups.get(chatId), 'chat_id', 'no such group') };
  }

  function changed(corp: Corp, group: GroupChat, detail: string, more: Omit<EventFields, 'Event'>): void {
    const membersMoved = detail === 'add_member' || detail === 'del_member';
    const last = memberVersion(group);
    if (membersMoved) group.version += 1;
    const versions = membersMoved ? { LastMemVer: last, CurMemVer: memberVersion(group) } : {};
    const base = { Event: 'change_external_chat', ChangeType: 'update', ChatId: group.chat_id, UpdateDetail: detail };
    callbacks.emit(corp, group.chat_id, () => ({ ...base, ...more, ...versions }), group.owner);
  }

  /** The platform says it itself, with the newcomer's name in it. */
  function greet(corp: Corp, group: GroupChat, userid: string): void {
    const customer = corp.customers.get(userid);
    const words = group.welcome === undefined ? undefined : corp.groupWelcomes.get(group.welcome);
    if (!customer || !words) return;
    const text = words.text?.content.replaceAll('%NICKNAME%', customer.name);
    const said = { kind: 'welcome' as const, chat_id: group.chat_id, text, attachments: words.attachments, clicks: [] };
    putInInbox(customer, { id: newId(world, 'in', 16), at: clock.ms(), from: group.owner, ...said });
  }

  return {
    createGroup(input: NewGroup): GroupChat {
      const corp = mustCorp(world, input.corpid);
      must(corp.staff.get(input.owner), 'owner', 'no such member');
      const group: GroupChat = {
        chat_id: newId(world, 'wr'),
        name: input.name,
        owner: input.owner,
        notice: input.notice ?? '',
        createdAt: clock.ms(),
        visibleAt: clock.ms() + rules.groupLagMs,
        dismissed: false,
        version: 1,
        members: [input.owner, ...(input.members ?? [])].map((id) => member(corp, id, 1, id === input.owner ? undefined : input.owner)),
        massReceivedAt: [],
      };
      corp.groups.set(group.chat_id, group);
      callbacks.emit(corp, group.chat_id, () => ({ Event: 'change_external_chat', ChangeType: 'create', ChatId: group.chat_id }));
      return group;
    },

    joinGroup(input: { corpid: string; chat_id: string; userid: string; byCode?: boolean; state?: string }): void {
      const { corp, group } = mustGroup(input.corpid, input.chat_id);
      if (group.members.some((m) => m.userid === input.userid)) return;
      const joined = member(corp, input.userid, input.byCode ? 3 : 1, input.byCode ? undefined : group.owner);
      group.members.push({ ...joined, state: input.state });
      greet(corp, group, input.userid);
      const list = { Item: [input.userid] };
      changed(corp, group, 'add_member', { JoinScene: input.byCode ? 3 : 0, MemChangeCnt: 1, MemChangeList: list });
    },

    leaveGroup(input: { corpid: string; chat_id: string; userid: string; removed?: boolean }): void {
      const { corp, group } = mustGroup(input.corpid, input.chat_id);
      const before = group.members.length;
      group.members = group.members.filter((m) => m.userid !== input.userid);
      if (group.members.length === before) return;
      const list = { Item: [input.userid] };
      changed(corp, group, 'del_member', { QuitScene: input.removed ? 1 : 0, MemChangeCnt: 1, MemChangeList: list });
    },

    renameGroup(corpid: string, chatId: string, name: string): void {
      const { corp, group } = mustGroup(corpid, chatId);
      group.name = name;
      changed(corp, group, 'change_name', {});
    },

    /** The owner writes what stands at the top of the group. */
    announceInGroup(corpid: string, chatId: string, notice: string): void {
      const { corp, group } = mustGroup(corpid, chatId);
      group.notice = notice;
      changed(corp, group, 'change_notice', {});
    },

    /** The owner gives the group to another member, in the client. */
    giveGroup(corpid: string, chatId: string, owner: string): void {
      const { corp, group } = mustGroup(corpid, chatId);
      must(corp.staff.get(owner), 'owner', 'no such member');
      if (!group.members.some((one) => one.userid === owner)) group.members.push(member(corp, owner, 1, group.owner));
      group.owner = owner;
      changed(corp, group, 'change_owner', {});
    },

    /** The owner chooses from the corp's library what greets newcomers; nothing: no more. */
    chooseGroupWelcome(corpid: string, chatId: string, templateId?: string): void {
      const { corp, group } = mustGroup(corpid, chatId);
      if (templateId !== undefined) must(corp.groupWelcomes.get(templateId), 'template_id', 'is not in the library');
      group.welcome = templateId;
    },

    dismissGroup(corpid: string, chatId: string): void {
      const { corp, group } = mustGroup(corpid, chatId);
      group.dismissed = true;
      callbacks.emit(corp, chatId, () => ({ Event: 'change_external_chat', ChangeType: 'dismiss', ChatId: chatId }));
    },
  };
}
