import type { Context } from '../context.ts';
import { ControlError, must, mustCorp } from '../context.ts';
import { putInInbox } from '../inbox.ts';
import type { Moment, ServiceAccount } from '../state.ts';
import { newId, seconds } from '../state.ts';

/** What staff do with moments that wait for them, and what customers do with those; and what is said to customer service. */
export function createMomentActions(ctx: Context) {
  const { world, clock, callbacks } = ctx;

  const mustMoment = (corpid: string, id: string): Moment =>
    must(
      [...mustCorp(world, corpid).moments.values()].find((one) => one.moment_id === id),
      'moment_id',
      'no such moment',
    );

  const mustService = (corpid: string, id: string): ServiceAccount =>
    must(mustCorp(world, corpid).service.get(id), 'open_kfid', 'no such customer service account');

  return {
    pendingMoments(corpid: string, userid?: string): { moment_id: string; userid: string; moment: Moment }[] {
      return [...mustCorp(world, corpid).moments.values()].flatMap((moment) =>
        moment.cancelledAt !== undefined
          ? []
          : [...moment.members].flatMap(([member, part]) =>
              part.publishedAt === undefined && (userid === undefined || userid === member)
                ? [{ moment_id: moment.moment_id, userid: member, moment }]
                : [],
            ),
      );
    },

    /** The member presses "publish". */
    publishMoment(corpid: string, momentId: string, userid: string): void {
      const corp = mustCorp(world, corpid);
      const moment = mustMoment(corpid, momentId);
      const part = must(moment.members.get(userid), 'userid', 'this member has no part in it');
      if (moment.cancelledAt !== undefined) throw new ControlError('moment_id', 'this moment was cancelled');
      if (part.publishedAt !== undefined) throw new ControlError('userid', 'already published');
      part.publishedAt = clock.ms();
      for (const id of part.customers) {
        const customer = corp.customers.get(id);
        const { text, attachments } = moment;
        const seen = { id: newId(world, 'in', 16), at: clock.ms(), from: userid, kind: 'moment' as const, attachments, clicks: [] };
        if (customer) putInInbox(customer, { ...seen, ...(text ? { text: text.content } : {}) });
      }
    },

    reactToMoment(corpid: string, momentId: string, externalUserid: string, how: 'like' | 'comment'): void {
      const moment = mustMoment(corpid, momentId);
      (how === 'like' ? moment.likes : moment.comments).push({ external_userid: externalUserid, at: clock.ms() });
    },

    createService(corpid: string, name: string): ServiceAccount {
      const account: ServiceAccount = {
        ...{ open_kfid: newId(world, 'wk', 30), name, items: [] },
        ...{ said: new Map(), sessions: new Map(), codes: new Map() },
      };
      mustCorp(world, corpid).service.set(account.open_kfid, account);
      return account;
    },

    /** The customer writes to customer service; the platform only rings. */
    writeToService(input: { corpid: string; open_kfid: string; external_userid: string; text: string }): void {
      const corp = mustCorp(world, input.corpid);
      const account = mustService(input.corpid, input.open_kfid);
      const { open_kfid, external_userid } = input;
      const item = { msgid: newId(world, 'km', 28), open_kfid, external_userid, send_time: seconds(clock.ms()), origin: 3 as const };
      account.items.push({ ...item, msgtype: 'text', text: { content: input.text } });
      const state = account.sessions.get(external_userid)?.state ?? 0;
      account.sessions.set(external_userid, { state: state === 4 ? 0 : state, spokeAt: clock.ms(), answered: 0 });
      callbacks.emit(corp, open_kfid, () => ({ Event: 'kf_msg_or_event', Token: newId(world, 'kt', 28), OpenKfId: open_kfid }));
    },
  };
}
