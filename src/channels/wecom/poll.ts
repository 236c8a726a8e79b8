import type { SubmitOutcome, SubmittedMessage } from '../adapter.ts';
import { eachOf, pages } from '../platform/paging.ts';
import type { WecomAccount } from './account.ts';
import { WecomError, WecomUnreachable } from './errors.ts';

/** Reads how far staff have come with the mass messages that were handed to them. */

export interface Receiver {
  externalUserId: string;
  /** 0 not sent, 1 sent, 2 failed: not a friend, 3 failed: already received another mass message. */
  status: number;
}

const LIMIT = 1000;
const UNSENT = 0;

/** All receivers of a task. `changedOnly`: pass over staff who have not confirmed, for whom nothing can have changed. */
export async function* receiversOf(account: WecomAccount, msgid: string, changedOnly = false): AsyncGenerator<Receiver> {
  const { client } = account;
  for await (const tasks of pages((cursor) =>
    client.call('externalcontact.get_groupmsg_task', { msgid, limit: LIMIT, ...(cursor ? { cursor } : {}) }),
  )) {
    for (const { userid, status } of tasks.task_list) {
      if (changedOnly && status === UNSENT) continue;
      for await (const results of pages((cursor) =>
        client.call('externalcontact.get_groupmsg_send_result', { msgid, userid, limit: LIMIT, ...(cursor ? { cursor } : {}) }),
      )) {
        for (const one of results.send_list) if (one.external_userid) yield { externalUserId: one.external_userid, status: one.status };
      }
    }
  }
}

const ENDS: Record<number, Omit<SubmitOutcome, 'outboxId'>> = {
  1: { state: 'sent' },
  2: { state: 'failed', reason: 'not_a_friend' },
  3: { state: 'failed', reason: 'platform_cap' },
};

export async function pollTasks(account: WecomAccount, submitted: SubmittedMessage[]): Promise<SubmitOutcome[]> {
  const outcomes: SubmitOutcome[] = [];
  const byTask = Map.groupBy(submitted, (message) => message.providerRef);
  await eachOf(byTask, 4, async ([msgid, messages]) => {
    const waiting = new Map(messages.map((message) => [message.address.slice(account.config.corpId.length + 1), message.outboxId]));
    try {
      for await (const { externalUserId, status } of receiversOf(account, msgid, true)) {
        const outboxId = waiting.get(externalUserId);
        const end = ENDS[status];
        if (outboxId === undefined || !end) continue;
        // Of several staff who hold the same task, the one who sent it counts.
        waiting.delete(externalUserId);
        outcomes.push({ outboxId, providerRef: msgid, ...end });
      }
    } catch (error) {
      // Still being dispatched, busy, or over quota: the next round tells.
      if (!(error instanceof WecomError || error instanceof WecomUnreachable)) throw error;
    }
  });
  return outcomes;
}
