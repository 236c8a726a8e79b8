import { createHash } from 'node:crypto';
import type { Context } from '../context.ts';
import { ControlError, mustCorp } from '../context.ts';
import type { GroupChat } from '../state.ts';
import { newId } from '../state.ts';

export interface Population {
  corpid: string;
  customers: number;
  groups?: number;
  staff?: number;
  /** customers in each group */
  seats?: number;
}

/** Both sides of a friendship or a seat, so that two sides can say how many they hold and compare the sum. */
export interface Digest {
  friends: { count: number; sum: string };
  seats: { count: number; sum: string };
  groups: number;
}

const DAY_MS = 86_400_000;

/** The first 32 bits of an MD5: what PostgreSQL can work out of the same text as well. */
const bits = (text: string): bigint => BigInt(createHash('md5').update(text).digest().readUInt32BE(0));

/** A corp that has existed for years, made in one go and in silence; and what it holds, in a few numbers. */
export function createPopulateActions(ctx: Context) {
  const { world, clock } = ctx;
  return {
    populate({ corpid, customers, groups = 0, staff = 10, seats = 100 }: Population): { customers: number; groups: number } {
      const corp = mustCorp(world, corpid);
      if (staff < 1) throw new ControlError('staff', 'must be 1 or more');
      const members = Array.from({ length: staff }, (_, i) => `staff${String(i).padStart(5, '0')}`);
      for (const userid of members)
        corp.staff.set(userid, { userid, name: userid, active: true, verified: true, customerContact: true, consoleWelcome: false });
      const now = clock.ms();
      const ids: string[] = [];
      for (let i = 0; i < customers; i++) {
        const external_userid = newId(world, 'wm');
        const userid = members[i % staff]!;
        const createdAt = now - DAY_MS - ((i * 7919) % 700) * DAY_MS;
        ids.push(external_userid);
        corp.customers.set(external_userid, {
          ...{ external_userid, name: `客户${i}`, avatar: '', type: 1, gender: 0, unionid: newId(world, 'o', 27) },
          ...{ corp_name: undefined, shopUserId: undefined, inbox: [], massReceivedAt: [] },
        });
        const relation = { userid, external_userid, createdAt, visibleAt: createdAt, add_way: 1, state: undefined };
        const noted = { remark: '', description: '', remark_mobiles: [], tags: [] };
        corp.relations.set(external_userid, new Map([[userid, { ...relation, ...noted }]]));
      }
      corp.friendTurn = (corp.friendTurn ?? 0) + 1;
      for (let i = 0; i < groups; i++) {
        const owner = members[i % staff]!;
        const createdAt = now - 2 * DAY_MS;
        const seated = Array.from({ length: Math.min(seats, ids.length) }, (_, n) => ids[(i * seats + n) % ids.length]!);
        const group: GroupChat = {
          ...{
            chat_id: newId(world, 'wr'),
            name: `群${i}`,
            owner,
            notice: '',
            createdAt,
            visibleAt: createdAt,
            dismissed: false,
            version: 1,
          },
          members: [owner, ...seated].map((userid, n) => ({
            ...{ userid, type: n === 0 ? 1 : 2, joinedAt: createdAt + n * 1000, join_scene: n === 0 ? 1 : 3, invitor: undefined },
            ...{ group_nickname: '', state: undefined },
          })),
          massReceivedAt: [],
        };
        corp.groups.set(group.chat_id, group);
      }
      return { customers, groups };
    },

    /** Living friendships and customers' seats, counted and summed without regard to order. */
    digest(corpid: string): Digest {
      const corp = mustCorp(world, corpid);
      const friends = { count: 0, sum: 0n };
      const seats = { count: 0, sum: 0n };
      for (const followers of corp.relations.values())
        for (const one of followers.values()) {
          if (one.endedAt !== undefined) continue;
          friends.count += 1;
          friends.sum += bits(`${one.external_userid}/${one.userid}`);
        }
      let groups = 0;
      for (const group of corp.groups.values()) {
        if (group.dismissed) continue;
        groups += 1;
        for (const { userid } of group.members) {
          if (!corp.customers.has(userid)) continue;
          seats.count += 1;
          seats.sum += bits(`${userid}/${group.chat_id}`);
        }
      }
      const told = ({ count, sum }: { count: number; sum: bigint }) => ({ count, sum: String(sum) });
      return { friends: told(friends), seats: told(seats), groups };
    },

    /** Some customers and groups of a corp, for whoever wants to move them. */
    some(corpid: string, count: number): { friends: { userid: string; external_userid: string }[]; groups: string[] } {
      const corp = mustCorp(world, corpid);
      const friends: { userid: string; external_userid: string }[] = [];
      for (const followers of corp.relations.values()) {
        for (const { userid, external_userid, endedAt } of followers.values())
          if (endedAt === undefined) friends.push({ userid, external_userid });
        if (friends.length >= count) break;
      }
      const groups = [...corp.groups.values()].filter((one) => !one.dismissed).map((one) => one.chat_id);
      return { friends: friends.slice(0, count), groups: groups.slice(0, count) };
    },
  };
}
