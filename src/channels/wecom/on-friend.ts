import { markRecorded } from '../platform/callback-store.ts';
import { field } from '../platform/xml.ts';
import { both, type CallbackWork, done, lookAgain, record, type Verdict } from './callback-work.ts';
import type { ExternalContact, FollowUser } from './endpoints-customers.ts';
import { identitiesOf, traitsOf } from './events.ts';
import { befriend, beginFriendship, unfriend } from './friends.ts';
import { sayWelcome, welcomeIsPersonal } from './welcome.ts';

/** Details are waited for this long; after it the bare fact is written, so that journeys are not held up by a platform that is down. */
const PATIENCE_MS = 10 * 60_000;
const GIVE_UP_MS = 3 * 86_400_000;

interface Contact {
  person: ExternalContact;
  follow: FollowUser | undefined;
}

export async function onFriendAdded(work: CallbackWork): Promise<Verdict> {
  const { pg, clock, callback, node, account } = work;
  const externalUserId = field(node, 'ExternalUserID');
  const userId = field(node, 'UserID');
  const corp = { workspaceNo: account.workspaceNo, corpId: account.config.corpId };
  const half = field(node, 'ChangeType') === 'add_half_external_contact';
  const opens = await beginFriendship(pg, corp, callback.id, { externalUserId, userId, since: callback.happenedAt, half });

  const eager = account.config.welcome !== undefined && field(node, 'WelcomeCode') !== '' && callback.welcome === null;
  // What is the same for all has nothing to wait for.
  const early = eager && !welcomeIsPersonal(account.config.welcome) ? await sayWelcome(work, undefined) : done;
  let contact: Contact | undefined;
  let verdict: Verdict = done;
  try {
    contact = await lookUp(work, externalUserId, userId, eager);
    await recordFriend(work, contact, opens);
  } catch (error) {
    const again = lookAgain(work, error);
    const age = clock.ms() - callback.happenedAt.getTime();
    if (!callback.recorded && (again === undefined || age > PATIENCE_MS)) await recordFriend(work, undefined, opens);
    verdict = again === undefined || age > GIVE_UP_MS ? { state: 'done', error: String((error as Error).message) } : again;
  }
  if (!eager || !welcomeIsPersonal(account.config.welcome)) return both(early, verdict);
  // The name is given one more chance, two seconds later; the welcome itself is worth more than the name in it.
  if (!contact && callback.attempts === 1 && 'again' in verdict && verdict.again.getTime() - clock.ms() <= 2_000) return verdict;
  return both(await sayWelcome(work, contact?.person), verdict);
}

async function lookUp(work: CallbackWork, externalUserId: string, userId: string, quick: boolean): Promise<Contact> {
  const { pg, account } = work;
  const answer = await account.client.call('externalcontact.get', { external_userid: externalUserId }, { quick });
  const corp = { workspaceNo: account.workspaceNo, corpId: account.config.corpId };
  const others = answer.follow_user.filter((follow) => follow.userid !== userId && follow.createtime);
  await befriend(
    pg,
    corp,
    others.map((follow) => ({ externalUserId, userId: follow.userid, since: new Date((follow.createtime ?? 0) * 1000) })),
  );
  return { person: answer.external_contact, follow: answer.follow_user.find((follow) => follow.userid === userId) };
}

async function recordFriend(work: CallbackWork, contact: Contact | undefined, opens: boolean): Promise<void> {
  const { callback, node, account } = work;
  const corpId = account.config.corpId;
  const common = {
    timestamp: callback.happenedAt,
    externalIds: identitiesOf(corpId, field(node, 'ExternalUserID'), contact?.person.unionid),
    context: { carrier: 'wecom' as const },
    source: 'wecom' as const,
  };
  const state = field(node, 'State') || contact?.follow?.state || '';
  const addWay = contact?.follow?.add_way;
  const properties = {
    corpId,
    userId: field(node, 'UserID'),
    ...(state ? { state } : {}),
    ...(typeof addWay === 'number' ? { addWay } : {}),
  };
  const added = { ...common, messageId: `wecom:${callback.hash}:added`, event: 'Friend Added', properties };
  const known = contact
    ? [{ ...common, messageId: `wecom:${callback.hash}:identify`, type: 'identify' as const, event: '', traits: traitsOf(contact.person) }]
    : [];
  await record(work, [...known, ...(opens && !callback.recorded ? [added] : [])]);
  await markRecorded(work.pg, callback.id);
  callback.recorded = true;
}

/** The remark or a tag was changed in the client; the name or picture may have changed since, too. */
export async function onFriendEdited(work: CallbackWork): Promise<Verdict> {
  const { callback, node, account } = work;
  const externalUserId = field(node, 'ExternalUserID');
  try {
    const { person } = await lookUp(work, externalUserId, '', false);
    await record(work, [
      {
        messageId: `wecom:${callback.hash}:identify`,
        type: 'identify',
        event: '',
        timestamp: callback.happenedAt,
        externalIds: identitiesOf(account.config.corpId, externalUserId, person.unionid),
        traits: traitsOf(person),
        context: { carrier: 'wecom' },
        source: 'wecom',
      },
    ]);
    return done;
  } catch (error) {
    const again = lookAgain(work, error);
    return again && callback.attempts < 10 ? again : { state: 'done', error: (error as Error).message };
  }
}

export async function onFriendRemoved(work: CallbackWork, by: 'customer' | 'staff'): Promise<Verdict> {
  const { pg, callback, node, account } = work;
  const { corpId } = account.config;
  const externalUserId = field(node, 'ExternalUserID');
  const userId = field(node, 'UserID');
  await unfriend(pg, { workspaceNo: account.workspaceNo, corpId }, { externalUserId, userId, at: callback.happenedAt });
  const handedOver = field(node, 'Source') === 'DELETE_BY_TRANSFER';
  await record(work, [
    {
      messageId: `wecom:${callback.hash}:removed`,
      event: 'Friend Removed',
      timestamp: callback.happenedAt,
      externalIds: identitiesOf(corpId, externalUserId),
      properties: { corpId, userId, by, ...(handedOver ? { handedOver: true } : {}) },
      context: { carrier: 'wecom' },
      source: 'wecom',
    },
  ]);
  return done;
}

/** The customer agreed to archiving, which may bring a welcome of its own. */
export async function onWelcomeOnly(work: CallbackWork): Promise<Verdict> {
  if (work.callback.welcome !== null || field(work.node, 'WelcomeCode') === '') return done;
  if (!welcomeIsPersonal(work.account.config.welcome)) return sayWelcome(work, undefined);
  const contact = await lookUp(work, field(work.node, 'ExternalUserID'), field(work.node, 'UserID'), true).catch(() => undefined);
  return sayWelcome(work, contact?.person);
}
