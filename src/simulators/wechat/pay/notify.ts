import { randomBytes } from 'node:crypto';
import type { Scheduler, VirtualClock } from '../clock.ts';
import type { Log } from '../context.ts';
import type { Random } from '../random.ts';
import type { CallbackWeather } from '../rules.ts';
import { sealResource, signRows } from './crypto.ts';
import { type Merchant, payTime } from './state.ts';

export interface PayNotice {
  id: string;
  mchid: string;
  url: string;
  event_type: string;
  about: string;
  resource: Record<string, unknown>;
  attempts: number;
  outcome: 'waiting' | 'delivered' | 'lost' | 'failed';
}

export interface PayNotices {
  emit(merchant: Merchant, url: string | undefined, event: string, about: string, resource: Record<string, unknown>): void;
  list(): PayNotice[];
  again(merchant: Merchant, id: string): boolean;
  /** a notification as it would be posted, to be tampered with */
  written(
    merchant: Merchant,
    notice: Pick<PayNotice, 'id' | 'event_type' | 'about' | 'resource'>,
  ): { headers: Record<string, string>; body: string };
  settle(): Promise<void>;
}

const KEPT = 2000;

/** Notifications travel in the same weather as the other callbacks. Each try is signed and sealed anew. */
export function createPayNotices(deps: {
  clock: VirtualClock;
  scheduler: Scheduler;
  random: Random;
  log: Log;
  weather: CallbackWeather;
}): PayNotices {
  const { clock, scheduler, random, log, weather } = deps;
  const kept: PayNotice[] = [];
  const running = new Set<Promise<void>>();
  let held: (() => void)[] = [];

  const written: PayNotices['written'] = (merchant, notice) => {
    const body = JSON.stringify({
      id: notice.id,
      create_time: payTime(clock.ms()),
      resource_type: 'encrypt-resource',
      event_type: notice.event_type,
      summary: '通知',
      resource: { original_type: notice.about, ...sealResource(merchant.apiV3Key, JSON.stringify(notice.resource), notice.about) },
    });
    const key = merchant.keys[merchant.mode];
    const timestamp = String(Math.floor(clock.ms() / 1000));
    const nonce = randomBytes(16).toString('hex');
    return {
      body,
      headers: {
        'content-type': 'application/json',
        'wechatpay-serial': key.id,
        'wechatpay-timestamp': timestamp,
        'wechatpay-nonce': nonce,
        'wechatpay-signature-type': 'WECHATPAY2-SHA256-RSA2048',
        'wechatpay-signature': signRows(key.privateKey, timestamp, nonce, body),
      },
    };
  };

  async function post(merchant: Merchant, notice: PayNotice): Promise<void> {
    for (let tries = 0; tries < weather.tries; tries++) {
      notice.attempts += 1;
      try {
        const answer = await fetch(notice.url, {
          method: 'POST',
          ...written(merchant, notice),
          signal: AbortSignal.timeout(weather.timeoutMs),
          redirect: 'manual',
        });
        await answer.arrayBuffer();
        if (answer.status === 200 || answer.status === 204) {
          notice.outcome = 'delivered';
          return;
        }
      } catch {
        // The next try tells.
      }
    }
    notice.outcome = 'failed';
    log.warn({ event: notice.event_type, attempts: notice.attempts }, 'notification not taken');
  }

  function send(merchant: Merchant, notice: PayNotice): void {
    const work = post(merchant, notice).finally(() => running.delete(work));
    running.add(work);
  }

  const release = () => {
    for (const go of held.splice(0)) go();
  };

  return {
    emit(merchant, url, event_type, about, resource) {
      if (!url) return;
      const id = `EV-${payTime(clock.ms()).replace(/\D/g, '').slice(0, 14)}${randomBytes(6).toString('hex')}`;
      const notice: PayNotice = { id, mchid: merchant.mchid, url, event_type, about, resource, attempts: 0, outcome: 'waiting' };
      kept.push(notice);
      if (kept.length > KEPT) kept.splice(0, KEPT / 2);
      if (random.chance(weather.loss)) {
        notice.outcome = 'lost';
        return;
      }
      const go = () => {
        const times = random.chance(weather.duplication) ? 2 : 1;
        for (let i = 0; i < times; i++) {
          if (weather.delayMs > 0) scheduler.after(weather.delayMs, () => send(merchant, notice));
          else send(merchant, notice);
        }
      };
      if (random.chance(weather.disorder)) held.push(go);
      else {
        go();
        release();
      }
    },
    list: () => kept,
    again(merchant, id) {
      const notice = kept.find((one) => one.id === id && one.mchid === merchant.mchid);
      if (notice) send(merchant, notice);
      return notice !== undefined;
    },
    written,
    async settle() {
      held = held.reverse();
      release();
      while (running.size > 0) await Promise.all(running);
    },
  };
}
