import type { Context } from '../context.ts';
import { ControlError, must, mustCorp } from '../context.ts';
import type { Department } from '../departments.ts';
import { putInInbox } from '../inbox.ts';
import type { App, Corp, Customer, Relation, Staff } from '../state.ts';
import { newId, relationOf } from '../state.ts';

export interface NewCustomer {
  external_userid?: string;
  name: string;
  avatar?: string;
  type?: 1 | 2;
  gender?: 0 | 1 | 2;
  unionid?: string;
  corp_name?: string;
  shopUserId?: string;
}

export interface AddFriend {
  corpid: string;
  userid: string;
  external_userid: string;
  state?: string;
  add_way?: number;
  remark?: string;
  /** `first`: the half event, then the full one; `only`: the staff member has not accepted yet */
  half?: 'first' | 'only';
}

const contactEvent = (ChangeType: string, userid: string, externalUserid: string) => ({
  Event: 'change_external_contact',
  ChangeType,
  UserID: userid,
  ExternalUserID: externalUserid,
});

export function createPeopleActions(ctx: Context) {
  const { world, clock, rules, callbacks } = ctx;

  function mustRelation(corp: Corp, userid: string, externalUserid: string): Relation {
    const relation = relationOf(corp, userid, externalUserid);
    if (!relation || relation.endedAt !== undefined) throw new ControlError('external_userid', 'not a friend of this member');
    return relation;
  }

  /** Codes are kept a while after their window, so that a repeat still learns "already delivered". */
  function forgetOldCodes(corp: Corp): void {
    for (const [code, { welcome }] of corp.welcomeCodes) {
      if (welcome.expiresAt + 3600_000 > clock.ms()) break;
      corp.welcomeCodes.delete(code);
    }
  }

  /** One welcome per friendship; each app gets its own code for it, and whoever delivers first has delivered it for all. */
  function welcomeCodes(corp: Corp, staff: Staff, relation: Relation): (agentid: number) => string | undefined {
    if (staff.consoleWelcome || relation.talkedAt !== undefined || relation.welcome?.deliveredBy !== undefined) return () => undefined;
    forgetOldCodes(corp);
    relation.welcome ??= { userid: staff.userid, external_userid: relation.external_userid, expiresAt: 0 };
    relation.welcome.expiresAt = clock.ms() + rules.welcomeWindowMs;
    const { welcome } = relation;
    return (agentid) => {
      const code = newId(world, '', 43);
      corp.welcomeCodes.set(code, { agentid, welcome });
      return code;
    };
  }

  function emitAdd(corp: Corp, changeType: string, staff: Staff, relation: Relation): void {
    const codeFor = welcomeCodes(corp, staff, relation);
    const fields = contactEvent(changeType, relation.userid, relation.external_userid);
    const fieldsFor = (app: App) => ({ ...fields, State: relation.state, WelcomeCode: codeFor(app.agentid) });
    callbacks.emit(corp, relation.external_userid, fieldsFor, relation.userid);
  }

  function end(corpid: string, userid: string, externalUserid: string, by: 'customer' | 'staff', source?: string): void {
    const corp = mustCorp(world, corpid);
    const relation = mustRelation(corp, userid, externalUserid);
    relation.endedAt = clock.ms();
    relation.endedBy = by;
    const changeType = by === 'customer' ? 'del_follow_user' : 'del_external_contact';
    const fields = { ...contactEvent(changeType, userid, externalUserid), Source: source };
    callbacks.emit(corp, externalUserid, () => fields, userid);
  }

  function addFriend(input: AddFriend): Relation {
    const corp = mustCorp(world, input.corpid);
    const staff = must(corp.staff.get(input.userid), 'userid', 'no such member');
    must(corp.customers.get(input.external_userid), 'external_userid', 'no such customer');
    const before = relationOf(corp, input.userid, input.external_userid);
    if (before && before.endedAt === undefined) throw new ControlError('external_userid', 'already a friend of this member');
    const relation: Relation = {
      userid: input.userid,
      external_userid: input.external_userid,
      createdAt: clock.ms(),
      visibleAt: clock.ms() + rules.relationLagMs,
      remark: input.remark ?? before?.remark ?? '',
      description: before?.description ?? '',
      remark_mobiles: before?.remark_mobiles ?? [],
      tags: before?.tags ?? [],
      state: input.state || undefined,
      add_way: input.add_way ?? (input.state ? 1 : 2),
    };
    const followers = corp.relations.get(input.external_userid) ?? new Map<string, Relation>();
    corp.relations.set(input.external_userid, followers.set(input.userid, relation));
    corp.friendTurn = (corp.friendTurn ?? 0) + 1;
    if (input.half) emitAdd(corp, 'add_half_external_contact', staff, relation);
    if (input.half !== 'only') emitAdd(corp, 'add_external_contact', staff, relation);
    return relation;
  }

  return {
    addStaff(corpid: string, staff: { userid: string; name: string } & Partial<Staff>): Staff {
      const corp = mustCorp(world, corpid);
      const member = { active: true, verified: true, customerContact: true, consoleWelcome: false, ...staff };
      corp.staff.set(member.userid, member);
      return member;
    },

    setDepartments(corpid: string, departments: Department[]): void {
      mustCorp(world, corpid).departments = departments;
    },

    addCustomer(corpid: string, person: NewCustomer): Customer {
      const corp = mustCorp(world, corpid);
      const type = person.type ?? 1;
      const id = person.external_userid ?? newId(world, type === 1 ? 'wm' : 'wo');
      const customer: Customer = {
        external_userid: id,
        name: person.name,
        avatar: person.avatar ?? '',
        type,
        gender: person.gender ?? 0,
        unionid: person.unionid ?? (type === 1 ? newId(world, 'o', 27) : undefined),
        corp_name: person.corp_name,
        shopUserId: person.shopUserId,
        inbox: [],
        massReceivedAt: [],
      };
      corp.customers.set(id, customer);
      return customer;
    },

    addFriend,

    /** The staff member takes up a request that so far was half a friendship (`half: 'only'`). */
    acceptFriend(corpid: string, userid: string, externalUserid: string): Relation {
      const corp = mustCorp(world, corpid);
      const relation = mustRelation(corp, userid, externalUserid);
      emitAdd(corp, 'add_external_contact', must(corp.staff.get(userid), 'userid', 'no such member'), relation);
      return relation;
    },

    /** The customer scans a channel code: one of its members takes the customer, in turn. */
    scan(input: { corpid: string; config_id: string; external_userid: string }): Relation {
      const corp = mustCorp(world, input.corpid);
      const way = must(corp.contactWays.get(input.config_id), 'config_id', 'no such code (it may have been deleted or used up)');
      if (way.is_temp && (way.added > 0 || way.createdAt + (way.expires_in ?? 7 * 86400) * 1000 < clock.ms())) {
        throw new ControlError('config_id', 'this temporary code is dead');
      }
      const known = way.user.map((u) => relationOf(corp, u, input.external_userid)).find((r) => r && r.endedAt === undefined);
      if (known) return known;
      corp.wayTurn += 1;
      const userid = must(way.user[corp.wayTurn % way.user.length], 'config_id', 'this code has no members');
      const relation = addFriend({ corpid: input.corpid, userid, external_userid: input.external_userid, state: way.state, add_way: 1 });
      way.added += 1;
      return relation;
    },

    /** The customer removes the staff member. */
    deleteByCustomer: (corpid: string, userid: string, externalUserid: string) => end(corpid, userid, externalUserid, 'customer'),

    /** The staff member removes the customer. */
    deleteByStaff: (corpid: string, userid: string, externalUserid: string, source?: 'DELETE_BY_TRANSFER') =>
      end(corpid, userid, externalUserid, 'staff', source),

    /** Remark or tags changed by hand in the client (a phone number alone tells nobody). */
    editByStaff(
      corpid: string,
      userid: string,
      externalUserid: string,
      change: { remark?: string; tags?: string[]; remark_mobiles?: string[] },
    ): Relation {
      const corp = mustCorp(world, corpid);
      const relation = mustRelation(corp, userid, externalUserid);
      Object.assign(relation, change);
      if (change.remark !== undefined || change.tags !== undefined) {
        const fields = { ...contactEvent('edit_external_contact', userid, externalUserid), State: relation.state };
        callbacks.emit(corp, externalUserid, () => fields, userid);
      }
      return relation;
    },

    /** The customer writes, or the staff member does: from then on no welcome code is given, and mass messages prefer this member. */
    talk(corpid: string, userid: string, externalUserid: string, text = '', by: 'customer' | 'staff' = 'customer'): void {
      const corp = mustCorp(world, corpid);
      const relation = mustRelation(corp, userid, externalUserid);
      relation.talkedAt = clock.ms();
      const customer = must(corp.customers.get(externalUserid), 'external_userid', 'no such customer');
      if (by === 'customer' || !text) return;
      putInInbox(customer, { id: newId(world, 'in', 16), at: clock.ms(), from: userid, kind: 'chat', text, attachments: [], clicks: [] });
    },

    /** Another app is busy delivering this welcome: the code's owner gets 41096 meanwhile. */
    claimWelcome(corpid: string, code: string, agentid: number, forMs: number): void {
      const entry = must(mustCorp(world, corpid).welcomeCodes.get(code), 'code', 'no such welcome code');
      entry.welcome.claim = { agentid, until: clock.ms() + forMs };
    },
  };
}
