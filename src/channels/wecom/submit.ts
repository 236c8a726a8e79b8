import { boundary } from '../../base/index.ts';
import type { OutboundMessage, SubmitOutcome } from '../adapter.ts';
import { numberOf } from '../limits/limits.ts';
import { eachOf } from '../platform/paging.ts';
import type { WecomAccount } from './account.ts';
import { reactionTo, WecomError, WecomUnreachable } from './errors.ts';
import { endAll } from './friends.ts';
import { contentHash, openTask, taskMade, taskRefused } from './mass-tasks.ts';
import { notSent } from './not-sent.ts';
import { attachmentsOf, picturesOf, type Uploaded, uploadAgain } from './pictures.ts';
import { type SubmitDeps, settle } from './recover.ts';
import { findSenders, type Sender } from './senders.ts';

/** Makes mass messages: one for all who get the same words through the same staff member, who then confirms it in the client. */

const TASKS_AT_ONCE = 4;

interface Addressed {
  message: OutboundMessage;
  externalUserId: string;
}

/** Those who get the same through the same staff member. */
interface Parcel {
  sender: string;
  picture?: Uploaded;
  items: Addressed[];
  receivers: Set<string>;
}

export async function submitNew(
  deps: SubmitDeps,
  account: WecomAccount,
  messages: OutboundMessage[],
  ask = false,
): Promise<SubmitOutcome[]> {
  const outcomes: SubmitOutcome[] = [];
  const addressed: Addressed[] = [];
  const prefix = `${account.config.corpId}:`;
  const limits = await deps.limits(account.workspaceNo);
  const [mostBytes, mostReceivers] = [numberOf(limits, 'wecom.mass.textBytes'), numberOf(limits, 'wecom.mass.receiversPerTask')];
  for (const message of messages) {
    if (!message.address.startsWith(prefix) || message.address.length === prefix.length) {
      outcomes.push({ outboxId: message.outboxId, state: 'failed', reason: 'address_of_another_corp' });
    } else if (Buffer.byteLength(message.text) > mostBytes) {
      outcomes.push({ outboxId: message.outboxId, state: 'failed', reason: 'wecom.mass.textBytes' });
    } else addressed.push({ message, externalUserId: message.address.slice(prefix.length) });
  }

  const senders = await findSenders(
    deps,
    account,
    addressed.map((one) => one.externalUserId),
    ask,
  );
  const reached: (Addressed & { userId: string })[] = [];
  for (const one of addressed) {
    const { outboxId } = one.message;
    const sender = senders.get(one.externalUserId);
    if (!sender || 'gone' in sender) outcomes.push({ outboxId, state: 'failed', reason: sender?.gone ?? 'not_a_friend' });
    else if ('error' in sender) outcomes.push({ outboxId, ...notSent(deps.clock, sender.error) });
    else reached.push({ ...one, userId: sender.userId });
  }
  const pictures = await picturesOf(deps, account, reached);
  const parcels = new Map<string, Parcel[]>();
  for (const one of reached) {
    const { outboxId } = one.message;
    const picture = pictures.get(outboxId);
    if (picture && 'end' in picture) outcomes.push({ outboxId, ...picture.end });
    else {
      const key = `${one.userId}\n${contentHash(one.message)}\n${picture?.mediaId ?? ''}`;
      const same = parcels.get(key) ?? [];
      parcels.set(key, same);
      // A person who gets the same words twice gets them in two tasks: the platform counts a receiver once.
      let parcel = same.find((open) => open.items.length < mostReceivers && !open.receivers.has(one.externalUserId));
      if (!parcel) {
        parcel = { sender: one.userId, items: [], receivers: new Set(), ...(picture ? { picture } : {}) };
        same.push(parcel);
      }
      parcel.items.push(one);
      parcel.receivers.add(one.externalUserId);
    }
  }
  await eachOf([...parcels.values()].flat(), TASKS_AT_ONCE, async (parcel) => {
    outcomes.push(...(await makeTask(deps, account, parcel, parcel.items)));
  });
  return ask ? outcomes : askedAgain(deps, account, addressed, senders, outcomes);
}

const NO_RELATION = new Set(['not_reachable', 'not_a_friend', 'wecom_41048']);

/** A relation may have ended unheard: who was refused through a remembered staff member is looked up, and goes through another or not at all. */
async function askedAgain(
  deps: SubmitDeps,
  account: WecomAccount,
  addressed: Addressed[],
  senders: Map<string, Sender>,
  outcomes: SubmitOutcome[],
): Promise<SubmitOutcome[]> {
  const refused = new Set(outcomes.flatMap((one) => (one.state === 'failed' && NO_RELATION.has(one.reason ?? '') ? [one.outboxId] : [])));
  const again = addressed.filter(({ message, externalUserId }) => {
    const sender = senders.get(externalUserId);
    return refused.has(message.outboxId) && sender && 'userId' in sender && sender.remembered;
  });
  if (again.length === 0) return outcomes;
  const corp = { workspaceNo: account.workspaceNo, corpId: account.config.corpId };
  await endAll(
    deps.pg,
    corp,
    again.map((one) => one.externalUserId),
    deps.clock.now(),
  );
  const redone = await submitNew(
    deps,
    account,
    again.map((one) => one.message),
    true,
  );
  const ids = new Set(redone.map((one) => one.outboxId));
  return [...outcomes.filter((one) => !ids.has(one.outboxId)), ...redone];
}

async function makeTask(
  deps: SubmitDeps,
  account: WecomAccount,
  to: Pick<Parcel, 'sender' | 'picture'>,
  items: Addressed[],
): Promise<SubmitOutcome[]> {
  const { pg, clock } = deps;
  const { sender, picture } = to;
  const attachments = attachmentsOf(picture?.mediaId, items[0]?.message.link);
  const first = items[0]?.message;
  if (!first) return [];
  const all = (outcome: Omit<SubmitOutcome, 'outboxId'>) => items.map(({ message }) => ({ outboxId: message.outboxId, ...outcome }));
  const externalUserIds = items.map((item) => item.externalUserId);
  const task = await openTask(pg, account, {
    sender,
    contentHash: contentHash(first),
    outboxIds: items.map((item) => item.message.outboxId),
    externalUserIds,
    startedAt: clock.now(),
  });
  boundary('wecom.task.journalled');
  try {
    const made = await account.client.call('externalcontact.add_msg_template', {
      chat_type: 'single',
      external_userid: externalUserIds,
      sender,
      text: { content: first.text },
      ...(attachments.length > 0 ? { attachments } : {}),
    });
    boundary('wecom.task.made');
    await taskMade(pg, task, made.msgid, made.fail_list);
    const refused = new Set(made.fail_list);
    return items.map(({ message, externalUserId }) =>
      refused.has(externalUserId)
        ? { outboxId: message.outboxId, state: 'failed', reason: 'not_reachable' }
        : { outboxId: message.outboxId, state: 'submitted', providerRef: made.msgid },
    );
  } catch (error) {
    if (error instanceof WecomUnreachable && error.inDoubt) {
      const outboxIds = items.map((item) => item.message.outboxId);
      const known = await settle(deps, account, outboxIds);
      return outboxIds.map((outboxId) => known.get(outboxId) ?? { outboxId, state: 'retry', reason: 'never_sent' });
    }
    await taskRefused(pg, task);
    // The platform has dropped the picture before its time: it is uploaded once more.
    if (error instanceof WecomError && error.errcode === 40007 && picture && !picture.again) {
      const renewed = await uploadAgain(deps, account, picture).catch((failure: unknown) => ({ end: notSent(clock, failure) }));
      return 'end' in renewed ? all(renewed.end) : makeTask(deps, account, { sender, picture: renewed }, items);
    }
    if (error instanceof WecomError && reactionTo(error.errcode).item === true && items.length > 1)
      return withoutBad(deps, account, to, items, error);
    return all(notSent(clock, error));
  }
}

/** One receiver spoils the task for all: leave out those that the answer names, or find the one by halves. */
async function withoutBad(
  deps: SubmitDeps,
  account: WecomAccount,
  to: Pick<Parcel, 'sender' | 'picture'>,
  items: Addressed[],
  error: WecomError,
): Promise<SubmitOutcome[]> {
  const answer = error.answer() as { fail_list?: unknown } | undefined;
  const named = new Set(Array.isArray(answer?.fail_list) ? answer.fail_list.map(String) : []);
  const good = items.filter((item) => !named.has(item.externalUserId));
  if (good.length < items.length) {
    const bad = items.filter((item) => named.has(item.externalUserId));
    const dropped = bad.map(({ message }) => ({ outboxId: message.outboxId, ...notSent(deps.clock, error) }));
    return [...dropped, ...(await makeTask(deps, account, to, good))];
  }
  const half = Math.ceil(items.length / 2);
  return [...(await makeTask(deps, account, to, items.slice(0, half))), ...(await makeTask(deps, account, to, items.slice(half)))];
}
