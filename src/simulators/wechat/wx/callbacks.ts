import { createHash, randomBytes, randomInt } from 'node:crypto';
import type { Scheduler, VirtualClock } from '../clock.ts';
import type { Log } from '../context.ts';
import { encrypt, sign } from '../crypto.ts';
import type { Random } from '../random.ts';
import type { CallbackWeather } from '../rules.ts';
import { seconds } from '../state.ts';
import { toXml, type XmlValue } from '../xml.ts';
import type { WxAccount, WxCallback, WxUser } from './state.ts';

export interface WxDelivery {
  id: number;
  appid: string;
  event: string;
  xml: string;
  attempts: number;
  outcome: 'waiting' | 'delivered' | 'lost' | 'failed';
}

export interface WxCallbacks {
  emit(account: WxAccount, user: WxUser, fields: Record<string, XmlValue>): void;
  verify(account: WxAccount, config: WxCallback): Promise<{ ok: boolean; reason?: string }>;
  deliveries(): WxDelivery[];
  redeliver(account: WxAccount, id: number): boolean;
  settle(): Promise<void>;
}

const plainSign = (token: string, timestamp: string, nonce: string): string =>
  createHash('sha1').update([token, timestamp, nonce].sort().join('')).digest('hex');

/** Messages and events of official accounts and mini programs, in plain or safe mode, through the same weather as WeCom's. */
export function createWxCallbacks(deps: {
  clock: VirtualClock;
  scheduler: Scheduler;
  random: Random;
  log: Log;
  weather: CallbackWeather;
}): WxCallbacks {
  const { clock, scheduler, random, log, weather } = deps;
  const kept: WxDelivery[] = [];
  const running = new Set<Promise<void>>();
  let counter = 0;

  function address(config: WxCallback, appid: string, message: string | undefined) {
    const url = new URL(config.url);
    const timestamp = String(seconds(clock.ms()));
    const nonce = String(randomInt(1e9));
    const set = (query: Record<string, string>) => {
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    };
    set({ signature: plainSign(config.token, timestamp, nonce), timestamp, nonce });
    if (message === undefined || !config.encodingAesKey) return { url, body: message };
    const sealed = encrypt(message, { encodingAesKey: config.encodingAesKey, receiveId: appid });
    set({ encrypt_type: 'aes', msg_signature: sign(config.token, timestamp, nonce, sealed) });
    return { url, body: toXml({ ToUserName: appid, Encrypt: sealed }) };
  }

  async function post(account: WxAccount, delivery: WxDelivery): Promise<void> {
    for (let tries = 0; tries < weather.tries && account.callback; tries++) {
      const { url, body } = address(account.callback, account.appid, delivery.xml);
      delivery.attempts += 1;
      try {
        const answer = await fetch(url, {
          method: 'POST',
          body: body ?? '',
          headers: { 'content-type': 'text/xml' },
          signal: AbortSignal.timeout(weather.timeoutMs),
          redirect: 'manual',
        });
        await answer.arrayBuffer();
        if (answer.status === 200) {
          delivery.outcome = 'delivered';
          return;
        }
      } catch {
        // The next try tells.
      }
    }
    delivery.outcome = 'failed';
    log.warn({ event: delivery.event, attempts: delivery.attempts }, 'callback not taken');
  }

  function send(account: WxAccount, delivery: WxDelivery): void {
    const work = post(account, delivery).finally(() => running.delete(work));
    running.add(work);
  }

  return {
    emit(account, user, fields) {
      if (!account.callback) return;
      counter += 1;
      const head = { ToUserName: account.original, FromUserName: user.openid, CreateTime: seconds(clock.ms()) };
      const event = String(fields.Event ?? fields.MsgType);
      const delivery: WxDelivery = {
        id: counter,
        appid: account.appid,
        event,
        xml: toXml({ ...head, ...fields }),
        attempts: 0,
        outcome: 'waiting',
      };
      kept.push(delivery);
      if (kept.length > 2000) kept.splice(0, 1000);
      if (random.chance(weather.loss)) {
        delivery.outcome = 'lost';
        return;
      }
      const times = random.chance(weather.duplication) ? 2 : 1;
      for (let i = 0; i < times; i++) {
        if (weather.delayMs > 0) scheduler.after(weather.delayMs, () => send(account, delivery));
        else send(account, delivery);
      }
    },
    async verify(account, config) {
      const echo = randomBytes(10).readBigUInt64BE().toString();
      const { url } = address(config, account.appid, undefined);
      url.searchParams.set('echostr', echo);
      try {
        const answer = await fetch(url, { signal: AbortSignal.timeout(weather.verifyTimeoutMs), redirect: 'manual' });
        const text = await answer.text();
        if (answer.status !== 200) return { ok: false, reason: `the address answered HTTP ${answer.status}` };
        return text === echo ? { ok: true } : { ok: false, reason: 'the address did not answer with the bare echostr' };
      } catch (error) {
        return { ok: false, reason: (error as Error).message };
      }
    },
    deliveries: () => kept,
    redeliver(account, id) {
      const delivery = kept.find((one) => one.id === id && one.appid === account.appid);
      if (delivery) send(account, delivery);
      return delivery !== undefined;
    },
    async settle() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
