import { type Clock, type Log, type Pg, boundary as stopHere } from '../../base/index.ts';
import { markWelcome, type StoredCallback } from '../platform/callback-store.ts';
import type { EventWriter } from '../platform/events.ts';
import { done, later, type Verdict } from '../platform/verdict.ts';
import { field, parseXml, type XmlNode } from '../platform/xml.ts';
import type { WechatAccount } from './account.ts';
import { type Allowances, follows, leaves, personActed, takeReplies } from './allowances.ts';
import { WechatError, WechatUnreachable } from './errors.ts';
import { saidOf } from './events.ts';
import { grant, loseGrants } from './grants.ts';

/** What each message and event sets off. Every one may be worked off twice, or in any order, and says the same. */

export interface WechatWork {
  pg: Pg;
  clock: Clock;
  log: Log;
  events: EventWriter;
  limits: Allowances;
  account: WechatAccount;
  callback: StoredCallback;
}

const PATIENCE_MS = 10 * 60_000;
const TRIES_MS = [2_000, 10_000, 60_000];

export async function workOff(work: WechatWork): Promise<Verdict> {
  const node = parseXml(work.callback.plaintext);
  const who = { workspaceNo: work.callback.workspaceNo, appId: work.account.appId, openid: field(node, 'FromUserName') };
  if (!who.openid) return { state: 'ignored' };
  const event = field(node, 'MsgType') === 'event' ? field(node, 'Event') : 'message';
  const { pg, callback, limits } = work;
  const at = callback.happenedAt;
  const tell = (name: string, properties: Record<string, unknown> = {}, unionid?: string | null) =>
    write(work, who.openid, name, properties, unionid);
  switch (event) {
    case 'subscribe':
      return onFollowed(work, node, who);
    case 'unsubscribe':
      await leaves(pg, who, at);
      return tell('Account Unfollowed');
    case 'SCAN':
      await personActed(pg, who, 'touch', at, limits);
      return tell('Account Scanned', stateOf(field(node, 'EventKey')));
    case 'CLICK':
    case 'VIEW':
      if (event === 'CLICK') await personActed(pg, who, 'touch', at, limits);
      return tell('Menu Clicked', { key: field(node, 'EventKey') });
    case 'message':
      await personActed(pg, who, 'talk', at, limits);
      // What was written stays with the platform: only that something was.
      return tell('Message Received', { kind: field(node, 'MsgType') });
    case 'TEMPLATESENDJOBFINISH':
      return onNoticeEnded(work, node);
    case 'subscribe_msg_popup_event':
    case 'subscribe_msg_change_event':
      return onConsent(work, node, who, event === 'subscribe_msg_popup_event');
    default:
      return { state: 'ignored' };
  }
}

const stateOf = (key: string) => {
  const state = key.replace(/^qrscene_/, '');
  return state ? { state } : {};
};

async function write(
  work: WechatWork,
  openid: string,
  event: string,
  properties: Record<string, unknown>,
  unionid?: string | null,
): Promise<Verdict> {
  const { account, callback, log } = work;
  const messageId = `wechat:${callback.hash}`;
  const one = saidOf(
    account,
    { openid, ...(unionid ? { unionid } : {}) },
    { messageId, event, timestamp: callback.happenedAt, properties },
  );
  const { rejected } = await work.events.write(account.workspaceNo, [one]);
  if (rejected.length > 0) log.warn({ callback: callback.id, rejected }, 'events of a callback were rejected');
  return done;
}

async function onFollowed(work: WechatWork, node: XmlNode, who: Parameters<typeof follows>[1]): Promise<Verdict> {
  const { pg, account, callback, clock, limits } = work;
  const at = callback.happenedAt;
  await personActed(pg, who, 'touch', at, limits);
  await follows(pg, who, at, null);
  await sayWelcome(work, who);
  // The unionid joins this follower with who is known elsewhere, so it is worth waiting for, but not for ever.
  const info = await account.client.call('user.info', { openid: who.openid }, { quick: true }).catch((error: unknown) => {
    if (error instanceof WechatError || error instanceof WechatUnreachable) return undefined;
    throw error;
  });
  const wait = TRIES_MS[callback.attempts - 1];
  if (!info && wait !== undefined && clock.ms() - at.getTime() < PATIENCE_MS) return later(clock, wait, 'the follower could not be read');
  if (info?.unionid) await follows(pg, who, at, info.unionid);
  const scene = info?.subscribe_scene ? { subscribeScene: info.subscribe_scene } : {};
  return write(work, who.openid, 'Account Followed', { ...stateOf(field(node, 'EventKey')), ...scene }, info?.unionid);
}

/** Greets a new follower, once. A call without an answer may have arrived, so it is not made again. */
async function sayWelcome(work: WechatWork, who: Parameters<typeof follows>[1]): Promise<void> {
  const { pg, clock, account, callback, log } = work;
  const { welcome } = account.config;
  if (!welcome || callback.welcome !== null) return;
  const end = async (how: string) => {
    await markWelcome(pg, callback.id, how);
    callback.welcome = how;
    log.info({ account: account.id, callback: callback.id, welcome: how }, 'welcome');
  };
  if (!(await takeReplies(pg, who, clock.now()))) return end('late');
  await end('calling');
  stopHere('wechat.welcome.calling');
  try {
    const text = { content: welcome.text };
    await account.client.call('message.custom.send', { touser: who.openid, msgtype: 'text', text }, { quick: true });
    await end('sent');
  } catch (error) {
    if (error instanceof WechatUnreachable) await end(error.inDoubt ? 'in_doubt' : 'failed:unreachable');
    else if (error instanceof WechatError) await end(`failed:${error.errcode}`);
    else throw error;
  }
}

/** How a notice by template ended. */
async function onNoticeEnded(work: WechatWork, node: XmlNode): Promise<Verdict> {
  const { pg, account, clock, callback } = work;
  const status = field(node, 'Status');
  const reason = status === 'success' ? null : status.includes('block') ? 'refuses' : 'platform_failed';
  const rows = await pg.query(
    `UPDATE wechat_sends SET state = 'ended', reason = $4 WHERE workspace_no = $1 AND account_id = $2 AND msgid = $3 RETURNING outbox_id`,
    [account.workspaceNo, account.id, field(node, 'MsgID'), reason],
  );
  // The end can be told before the send is in the journal.
  const wait = TRIES_MS[callback.attempts - 1];
  return rows.length === 0 && wait !== undefined ? later(clock, wait, 'no such send yet') : done;
}

async function onConsent(work: WechatWork, node: XmlNode, who: Parameters<typeof follows>[1], popup: boolean): Promise<Verdict> {
  const { pg, callback, clock } = work;
  const holder = node[popup ? 'SubscribeMsgPopupEvent' : 'SubscribeMsgChangeEvent'];
  const list = typeof holder === 'object' && !Array.isArray(holder) ? holder.List : undefined;
  const answers: { templateId: string; accepted: boolean }[] = [];
  for (const one of Array.isArray(list) ? list : []) {
    if (typeof one === 'string') continue;
    const templateId = field(one, 'TemplateId');
    const accepted = field(one, 'SubscribeStatusString') === 'accept';
    if (!templateId) continue;
    // A dialog gives one consent; a change in the settings can only take consents away.
    if (popup && accepted) await grant(pg, who, templateId, `${callback.hash}:${templateId}`, clock.now());
    else if (!popup && !accepted) await loseGrants(pg, who, templateId, clock.now());
    answers.push({ templateId, accepted });
  }
  return write(work, who.openid, 'Subscription Answered', { answers });
}
