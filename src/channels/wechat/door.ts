import { createHash } from 'node:crypto';
import { type App, boundary, type Clock, type Log, type Pg, problem } from '../../base/index.ts';
import { checkSigned, createNonceCache, openCallback } from '../platform/callback-guard.ts';
import { keepCallback } from '../platform/callback-store.ts';
import { CallbackCryptoError, signature, signatureMatches } from '../platform/crypto.ts';
import { hasQuery, openDoor, readQuery } from '../platform/door.ts';
import { field, parseXml, type XmlNode } from '../platform/xml.ts';
import type { OpenWechatAccount, WechatAccount } from './account.ts';

/** The door for messages and events of official accounts and mini programs, in plain and in safe mode: open, keep, answer. */

export interface WechatIntake {
  verify(accountId: string, url: string): Promise<string>;
  receive(accountId: string, url: string, body: string): Promise<boolean>;
}

export function createWechatIntake(deps: { pg: Pg; clock: Clock; account: OpenWechatAccount }): WechatIntake {
  const guard = { clock: deps.clock, nonces: createNonceCache(deps.clock) };

  const opened = async (id: string): Promise<WechatAccount & { token: string }> => {
    const account = await deps.account(id);
    if (!account?.config.token) throw problem(404, 'There is no such WeChat account, or it has no callback token');
    return { ...account, token: account.config.token };
  };

  const plainly = (account: WechatAccount & { token: string }, url: string): (() => void) => {
    const { signature: given, timestamp, nonce } = readQuery(url, ['signature', 'timestamp', 'nonce']);
    return checkSigned(guard, account.id, signature(account.token, timestamp, nonce), { given, timestamp, nonce });
  };

  const open = (account: WechatAccount & { token: string }, url: string, body: string): { text: string; accept: () => void } => {
    const { encodingAesKey } = account.config;
    if (!encodingAesKey) return { text: body, accept: plainly(account, url) };
    // With a key set, what comes unsealed is not from the platform.
    if (!hasQuery(url, 'msg_signature')) throw new CallbackCryptoError('the message is not encrypted');
    const query = readQuery(url, ['msg_signature', 'timestamp', 'nonce']);
    const keys = { token: account.token, encodingAesKey, receiveId: account.appId };
    const { message, accept } = openCallback(guard, account.id, keys, query, field(read(body), 'Encrypt'));
    return { text: message, accept };
  };

  const refuse = (error: unknown): never => {
    if (error instanceof CallbackCryptoError) throw problem(403, 'The callback is refused', { detail: error.reason });
    throw error;
  };

  return {
    async verify(accountId, url) {
      const account = await opened(accountId);
      const { signature: given, timestamp, nonce, echostr } = readQuery(url, ['signature', 'timestamp', 'nonce', 'echostr']);
      // Echoed as it came, even in safe mode; so nothing but a plain text may go back.
      if (!signatureMatches(signature(account.token, timestamp, nonce), given) || !/^[\w+/=-]{1,200}$/.test(echostr)) {
        throw problem(403, 'The callback is refused', { detail: 'the signature does not match' });
      }
      return echostr;
    },
    async receive(accountId, url, body) {
      const account = await opened(accountId);
      try {
        const { text, accept } = open(account, url, body);
        const fresh = await keepCallback(deps.pg, { ...describe(text, deps.clock.now()), workspaceNo: account.workspaceNo, accountId });
        boundary('wechat.callback.kept');
        accept();
        return fresh;
      } catch (error) {
        return refuse(error);
      }
    },
  };
}

function read(body: string): XmlNode {
  try {
    return parseXml(body);
  } catch (error) {
    throw problem(400, 'The callback cannot be read', { errors: [{ field: 'body', reason: (error as Error).message }] });
  }
}

function describe(text: string, now: Date) {
  const node = read(text);
  const seconds = Number(field(node, 'CreateTime'));
  const messageId = field(node, 'MsgId');
  // Messages have an id. Of events it is sender, time and kind that make one, and what it is about; dialogs can say several things in a second.
  const event = field(node, 'Event');
  const about = ['FromUserName', 'CreateTime', 'Event', 'EventKey', 'MsgID'].map((name) => field(node, name)).join('\n');
  const identity = messageId ? `message:${messageId}` : !event || event.startsWith('subscribe_msg') ? `text:${text}` : `event:${about}`;
  return {
    platform: 'wechat' as const,
    hash: createHash('sha256').update(identity).digest('hex'),
    plaintext: text,
    event: event || field(node, 'MsgType'),
    changeType: '',
    // Followers are greeted within a minute.
    hasWelcome: event === 'subscribe',
    happenedAt: Number.isInteger(seconds) && seconds > 0 && seconds < 4e9 ? new Date(seconds * 1000) : now,
    receivedAt: now,
  };
}

export const wechatCallbackRoutes = (
  app: App,
  wechat: WechatIntake & { processCallbacks(): Promise<{ nextInMs?: number }> },
  log?: Log,
): Promise<void> =>
  openDoor(
    app,
    {
      path: '/wechat/callback',
      name: 'WeChat',
      verify: (id, url) => wechat.verify(id, url),
      receive: (id, url, body) => wechat.receive(id, url, body),
      work: () => wechat.processCallbacks(),
    },
    log,
  );
