import { createHash } from 'node:crypto';
import { boundary, type Clock, type Pg, problem } from '../../base/index.ts';
import { type CallbackQuery, createNonceCache, type OpenedCallback, openCallback } from '../platform/callback-guard.ts';
import { keepCallback } from '../platform/callback-store.ts';
import { CallbackCryptoError } from '../platform/crypto.ts';
import { field, parseXml, type XmlNode } from '../platform/xml.ts';
import type { OpenAccount } from './account.ts';

/** The door for callbacks: open, keep, answer. What they mean is worked out later. */

export interface CallbackIntake {
  /** The text that proves to the platform that this address is ours. */
  verify(accountId: string, query: CallbackQuery & { echostr: string }): Promise<string>;
  /** Keeps an event. False when it was known already. */
  receive(accountId: string, query: CallbackQuery, body: string): Promise<boolean>;
}

export function createCallbackIntake(deps: { pg: Pg; clock: Clock; account: OpenAccount }): CallbackIntake {
  const guard = { clock: deps.clock, nonces: createNonceCache(deps.clock) };

  const opened = async (accountId: string, query: CallbackQuery, encrypted: string) => {
    const account = await deps.account(accountId);
    if (!account) throw problem(404, 'There is no such WeCom account');
    const { token, encodingAesKey, corpId } = account.config;
    try {
      return { account, callback: openCallback(guard, accountId, { token, encodingAesKey, receiveId: corpId }, query, encrypted) };
    } catch (error) {
      if (error instanceof CallbackCryptoError) throw problem(403, 'The callback is refused', { detail: error.reason });
      throw error;
    }
  };

  return {
    async verify(accountId, query) {
      const { callback } = await opened(accountId, query, query.echostr);
      callback.accept();
      return callback.message;
    },
    async receive(accountId, query, body) {
      const { account, callback } = await opened(accountId, query, field(readXml(body), 'Encrypt'));
      const fresh = await keepCallback(deps.pg, { ...describe(callback, deps.clock.now()), workspaceNo: account.workspaceNo, accountId });
      boundary('wecom.callback.kept');
      callback.accept();
      return fresh;
    },
  };
}

function readXml(body: string): XmlNode {
  try {
    return parseXml(body);
  } catch (error) {
    throw problem(400, 'The callback cannot be read', { errors: [{ field: 'body', reason: (error as Error).message }] });
  }
}

function describe(callback: OpenedCallback, now: Date) {
  const node = readXml(callback.message);
  const seconds = Number(field(node, 'CreateTime'));
  return {
    platform: 'wecom' as const,
    // Events carry no id of their own; their text is their identity.
    hash: createHash('sha256').update(callback.message).digest('hex'),
    plaintext: callback.message,
    event: field(node, 'Event'),
    changeType: field(node, 'ChangeType'),
    hasWelcome: field(node, 'WelcomeCode') !== '',
    happenedAt: Number.isInteger(seconds) && seconds > 0 && seconds < 4e9 ? new Date(seconds * 1000) : now,
    receivedAt: now,
  };
}
