import type { Context } from '../context.ts';
import { ControlError, must, mustCorp } from '../context.ts';
import type { Corp, GroupChat, JoinWay, Relation } from '../state.ts';
import { relationOf } from '../state.ts';
import type { createGroupActions } from './groups.ts';
import type { createPeopleActions } from './people.ts';

type Groups = ReturnType<typeof createGroupActions>;
type People = ReturnType<typeof createPeopleActions>;

/** Customers who come by the code of a group or by a paid link; staff who leave; hand-overs that come to their end. */
export function createDoorActions(ctx: Context, groups: Groups, people: People) {
  const { world, clock, rules } = ctx;

  /** The first of the code's groups that takes people; where none does, a new one if the code says so. */
  function groupWithRoom(corp: Corp, way: JoinWay): GroupChat {
    const chats = way.chat_id_list.flatMap((id) => corp.groups.get(id) ?? []).filter((one) => !one.dismissed);
    const free = chats.find((one) => one.members.length < rules.groupScanMax);
    if (free) return free;
    const last = must(chats.at(-1), 'config_id', 'all groups of this code are gone');
    if (way.auto_create_room === 0 || way.chat_id_list.length >= 5) throw new ControlError('config_id', 'all groups of this code are full');
    const name = `${way.room_base_name || last.name}${way.room_base_id}`;
    way.room_base_id += 1;
    const made = groups.createGroup({ corpid: corp.corpid, name, owner: last.owner });
    way.chat_id_list.push(made.chat_id);
    return made;
  }

  return {
    /** The customer scans the code of a group. */
    scanGroup(input: { corpid: string; config_id: string; external_userid: string }): { chat_id: string } {
      const corp = mustCorp(world, input.corpid);
      const way = must(corp.joinWays.get(input.config_id), 'config_id', 'no such code');
      const already = way.chat_id_list.find((id) => corp.groups.get(id)?.members.some((one) => one.userid === input.external_userid));
      if (already) return { chat_id: already };
      const group = groupWithRoom(corp, way);
      const { corpid, external_userid: userid } = input;
      groups.joinGroup({ corpid, chat_id: group.chat_id, userid, byCode: true, ...(way.state ? { state: way.state } : {}) });
      return { chat_id: group.chat_id };
    },

    /** The customer opens an acquisition link, perhaps with `customer_channel` appended, and adds a member. */
    openLink(input: { corpid: string; link_id: string; external_userid: string; channel?: string }): Relation {
      const corp = mustCorp(world, input.corpid);
      const link = must(corp.links.get(input.link_id), 'link_id', 'no such link');
      if (corp.linkBalance <= 0) throw new ControlError('link_id', 'the balance is used up');
      const known = link.user_list.map((id) => relationOf(corp, id, input.external_userid)).find((one) => one && one.endedAt === undefined);
      if (known) return known;
      corp.wayTurn += 1;
      const userid = must(link.user_list[corp.wayTurn % link.user_list.length], 'link_id', 'this link has no members');
      const state = Buffer.from(input.channel ?? '')
        .subarray(0, 64)
        .toString('utf8');
      corp.linkBalance -= 1;
      link.customers.push({ external_userid: input.external_userid, userid, state, chat_status: 0 });
      return people.addFriend({ corpid: corp.corpid, userid, external_userid: input.external_userid, state, add_way: 16 });
    },

    /** A member leaves the company: customers and groups wait for somebody to take them over. */
    resign(corpid: string, userid: string): void {
      const staff = must(mustCorp(world, corpid).staff.get(userid), 'userid', 'no such member');
      Object.assign(staff, { leftAt: clock.ms(), active: false });
    },

    /** The customer says no to a new contact person. */
    refuseHandover(corpid: string, externalUserid: string): void {
      const waiting = mustCorp(world, corpid).handovers.find((one) => one.external_userid === externalUserid && one.status === 2);
      must(waiting, 'external_userid', 'no hand-over is under way').status = 3;
    },

    /** Hand-overs whose day has passed come into force: silently, as the platform does when the two were friends already. */
    finishHandovers(corpid: string): number {
      const corp = mustCorp(world, corpid);
      const due = corp.handovers.filter((one) => one.status === 2 && one.startedAt + rules.handoverMs <= clock.ms());
      for (const one of due) {
        Object.assign(one, { status: 1, doneAt: clock.ms() });
        people.deleteByStaff(corpid, one.from, one.external_userid, 'DELETE_BY_TRANSFER');
        const before = relationOf(corp, one.to, one.external_userid);
        if (before && before.endedAt === undefined) continue;
        people.addFriend({ corpid, userid: one.to, external_userid: one.external_userid, add_way: 202 });
      }
      return due.length;
    },

    /** The id under which a mini program that is opened inside the group sees it. */
    openGroupId(corpid: string, chatId: string): string {
      const corp = mustCorp(world, corpid);
      must(corp.groups.get(chatId), 'chat_id', 'no such group');
      const opengid = `tG${chatId.slice(2, 30)}`;
      corp.opengids.set(opengid, chatId);
      return opengid;
    },
  };
}
