import type { Clock, Log, Pg } from '../../base/index.ts';
import type { SubmitOutcome } from '../adapter.ts';
import type { Limits } from '../limits/limits.ts';
import type { Media } from '../platform/media.ts';
import { pages } from '../platform/paging.ts';
import type { PosterPort } from '../posters.ts';
import type { WecomAccount } from './account.ts';
import { WecomError, WecomUnreachable } from './errors.ts';
import { contentHash, knownMsgids, type MassTask, taskMade, taskRefused, tasksOf } from './mass-tasks.ts';
import { receiversOf } from './poll.ts';

export interface SubmitDeps {
  media: Media;
  posters?: PosterPort | undefined;
  pg: Pg;
  clock: Clock;
  log: Log;
  sleep: (ms: number) => Promise<void>;
  /** How long after a call without an answer the platform's list of tasks is believed. */
  settleMs: number;
  limits: (workspaceNo: number) => Promise<Limits>;
}

/**
 * Finds out what became of calls without an answer, so that nobody is written to twice: the platform lists its tasks, and a task is ours if its
 * words are the same, all its receivers are among ours, and no other line of the journal owns it.
 */
export async function settle(deps: SubmitDeps, account: WecomAccount, outboxIds: string[]): Promise<Map<string, SubmitOutcome>> {
  const outcomes = new Map<string, SubmitOutcome>();
  for (const task of await tasksOf(deps.pg, account, outboxIds)) {
    let now: MassTask | 'lost' | Date;
    try {
      now = task.state === 'calling' ? await look(deps, account, task) : task;
    } catch (error) {
      if (!(error instanceof WecomError || error instanceof WecomUnreachable)) throw error;
      const at = error instanceof WecomError ? error.retryAt : undefined;
      now = at ?? new Date(deps.clock.ms() + deps.settleMs);
    }
    if (now === 'lost') continue;
    for (const [i, outboxId] of task.outboxIds.entries()) {
      const outcome = outcomeIn(now, outboxId, task.externalUserIds[i] ?? '');
      if (outcome) outcomes.set(outboxId, outcome);
    }
  }
  return outcomes;
}

function outcomeIn(now: MassTask | Date, outboxId: string, externalUserId: string): SubmitOutcome | undefined {
  if (now instanceof Date) return { outboxId, state: 'retry', reason: 'in_doubt', retryAt: now };
  // Refused when the task was made, so it has not left by this one.
  if (now.unreachable.includes(externalUserId)) return undefined;
  return { outboxId, state: 'submitted', ...(now.msgid ? { providerRef: now.msgid } : {}) };
}

/** The task as it was found, or 'lost' when it certainly was not made. */
async function look(deps: SubmitDeps, account: WecomAccount, task: MassTask): Promise<MassTask | 'lost'> {
  const { pg, clock } = deps;
  const settled = task.startedAt.getTime() + deps.settleMs;
  // Waiting is better than handing the question back: a message in doubt must not be judged anew.
  if (clock.ms() < settled) await deps.sleep(settled - clock.ms());

  const started = Math.floor(task.startedAt.getTime() / 1000);
  const candidates: string[] = [];
  const window = { chat_type: 'single' as const, start_time: started - 60, end_time: started + 3600, filter_type: 2, limit: 100 };
  for await (const page of pages((cursor) =>
    account.client.call('externalcontact.get_groupmsg_list_v2', { ...window, ...(cursor ? { cursor } : {}) }),
  )) {
    for (const listed of page.group_msg_list) if (sameWords(listed, task.contentHash)) candidates.push(listed.msgid);
  }
  const known = await knownMsgids(pg, account, candidates);
  const wanted = new Set(task.externalUserIds);
  for (const msgid of candidates.filter((candidate) => !known.has(candidate))) {
    const receivers = new Set<string>();
    for await (const receiver of receiversOf(account, msgid)) receivers.add(receiver.externalUserId);
    if (receivers.size === 0 || ![...receivers].every((id) => wanted.has(id))) continue;
    const unreachable = task.externalUserIds.filter((id) => !receivers.has(id));
    await taskMade(pg, task.id, msgid, unreachable);
    return { ...task, state: 'made', msgid, unreachable };
  }
  await taskRefused(pg, task.id);
  return 'lost';
}

interface Listed {
  text?: { content: string } | null | undefined;
  attachments: { msgtype: string; link?: unknown }[];
}

function sameWords(listed: Listed, hash: string): boolean {
  const link = listed.attachments.find((one) => one.msgtype === 'link')?.link as { url?: string; title?: string } | undefined;
  return (
    contentHash({ text: listed.text?.content ?? '', ...(link ? { link: { url: link.url ?? '', title: link.title ?? '' } } : {}) }) === hash
  );
}
