import { beijingPeriod } from '../clock.ts';
import type { Context } from '../context.ts';
import { ControlError, must, mustCorp } from '../context.ts';
import { putInInbox } from '../inbox.ts';
import type { InboxMessage, MassTask, SendRow } from '../state.ts';
import { newId, relationOf } from '../state.ts';

export function createMassActions(ctx: Context) {
  const { world, clock, rules } = ctx;

  /** Counts this message against the period's cap of a customer or group; false when it is already used up. */
  function withinCap(receivedAt: number[]): boolean {
    const { from, days } = beijingPeriod(clock.ms(), rules.massCap.period);
    const max = rules.massCap.max ?? (rules.massCap.period === 'month' ? days : rules.massCap.period === 'week' ? 7 : 1);
    const keep = receivedAt.filter((at) => at >= from);
    receivedAt.splice(0, receivedAt.length, ...keep);
    if (keep.length >= max) return false;
    receivedAt.push(clock.ms());
    return true;
  }

  const message = (task: MassTask, from: string, chatId?: string): InboxMessage => ({
    id: newId(world, 'in', 16),
    at: clock.ms(),
    from,
    kind: 'mass',
    chat_id: chatId,
    msgid: task.msgid,
    text: task.text?.content,
    attachments: task.attachments,
    clicks: [],
  });

  function sendRow(corpid: string, task: MassTask, userid: string, row: SendRow): void {
    const corp = mustCorp(world, corpid);
    if (task.chat_type === 'group') {
      const group = corp.groups.get(row.chat_id ?? '');
      if (!group || group.dismissed) row.status = 2;
      else if (!withinCap(group.massReceivedAt)) row.status = 3;
      else {
        row.status = 1;
        for (const { userid: id } of group.members) {
          const customer = corp.customers.get(id);
          if (customer) putInInbox(customer, message(task, userid, group.chat_id));
        }
      }
    } else {
      const customer = corp.customers.get(row.external_userid ?? '');
      const relation = customer && relationOf(corp, userid, customer.external_userid);
      if (!customer || !relation || relation.endedAt !== undefined) row.status = 2;
      else if (!withinCap(customer.massReceivedAt)) row.status = 3;
      else {
        row.status = 1;
        putInInbox(customer, message(task, userid));
      }
    }
    if (row.status === 1) row.sentAt = clock.ms();
  }

  return {
    /** Tasks that wait for this member's confirmation, as the client lists them. */
    pendingMass(corpid: string, userid?: string): { msgid: string; userid: string; task: MassTask }[] {
      const corp = mustCorp(world, corpid);
      return [...corp.massTasks.values()].flatMap((task) =>
        task.cancelledAt !== undefined
          ? []
          : [...task.members].flatMap(([member, part]) =>
              part.confirmedAt === undefined && (userid === undefined || member === userid)
                ? [{ msgid: task.msgid, userid: member, task }]
                : [],
            ),
      );
    },

    /** The member presses "send". Only now does anything leave. `only` is the member's own choice, where allow_select permits it. */
    confirmMass(input: { corpid: string; msgid: string; userid: string; only?: string[] }): SendRow[] {
      const task = must(mustCorp(world, input.corpid).massTasks.get(input.msgid), 'msgid', 'no such mass message');
      const part = must(task.members.get(input.userid), 'userid', 'this member has no part in it');
      if (task.cancelledAt !== undefined) throw new ControlError('msgid', 'this mass message was cancelled');
      if (part.confirmedAt !== undefined) throw new ControlError('userid', 'this member has already confirmed');
      if (input.only && !task.allow_select) throw new ControlError('only', 'the task does not allow a choice');
      task.dispatched = true;
      part.confirmedAt = clock.ms();
      for (const row of part.rows) {
        if (!input.only || input.only.includes(row.external_userid ?? row.chat_id ?? '')) sendRow(input.corpid, task, input.userid, row);
      }
      return part.rows.map((row) => ({ ...row }));
    },
  };
}
