import { randomBytes, randomInt } from 'node:crypto';
import type { Scheduler, VirtualClock } from './clock.ts';
import type { Log } from './context.ts';
import { encrypt, sign } from './crypto.ts';
import type { Random } from './random.ts';
import type { CallbackWeather } from './rules.ts';
import type { App, CallbackConfig, Corp } from './state.ts';
import { seconds } from './state.ts';
import { toXml, type XmlValue } from './xml.ts';

export type EventFields = { Event: string; ChangeType?: string; [name: string]: XmlValue | XmlValue[] };

export interface Delivery {
  id: number;
  corpid: string;
  agentid: number;
  event: string;
  changeType: string;
  fields: EventFields;
  xml: string;
  attempts: { at: number; status?: number; error?: string }[];
  outcome: 'waiting' | 'delivered' | 'lost' | 'failed';
}

export interface Callbacks {
  weather: CallbackWeather;
  /**
   * To every app of the corp that has a callback, may see customers, and has the member concerned in its range.
   * Events of one `key` stay in order; `fieldsFor` may differ by app (welcome codes).
   */
  emit(corp: Corp, key: string, fieldsFor: (app: App) => EventFields, userid?: string): void;
  /** the GET check made when a callback address is saved */
  verify(corp: Corp, config: CallbackConfig): Promise<{ ok: boolean; reason?: string }>;
  deliveries(): Delivery[];
  /** the same event once more, as after a repeat on the platform's side */
  redeliver(corp: Corp, app: App, id: number): boolean;
  settle(): Promise<void>;
  clear(): void;
}

interface Deps {
  clock: VirtualClock;
  scheduler: Scheduler;
  random: Random;
  log: Log;
  weather: CallbackWeather;
}

const KEPT_DELIVERIES = 2000;

const withQuery = (address: string, query: Record<string, string>): URL => {
  const url = new URL(address);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
};

export function createCallbacks({ clock, scheduler, random, log, weather }: Deps): Callbacks {
  let kept: Delivery[] = [];
  let held: (() => void)[] = [];
  let counter = 0;
  /** the last piece of work per (app, customer or group): those stay in order, all else runs side by side */
  const lanes = new Map<string, Promise<void>>();

  function seal(corp: Corp, config: CallbackConfig, message: string) {
    const encrypted = encrypt(message, { encodingAesKey: config.encodingAesKey, receiveId: corp.corpid });
    const timestamp = String(seconds(clock.ms()));
    const nonce = randomBytes(8).readBigUInt64BE().toString();
    return { encrypted, query: { msg_signature: sign(config.token, timestamp, nonce, encrypted), timestamp, nonce } };
  }

  async function post(corp: Corp, app: App, delivery: Delivery): Promise<boolean> {
    const config = app.callback;
    if (!config) return false;
    // Each try is sealed anew: a receiver that remembers nonces would refuse a second copy of the first.
    const { encrypted, query } = seal(corp, config, delivery.xml);
    const body = toXml({ ToUserName: corp.corpid, Encrypt: encrypted, AgentID: String(app.agentid) });
    try {
      const answer = await fetch(withQuery(config.url, query), {
        method: 'POST',
        body,
        headers: { 'content-type': 'text/xml' },
        signal: AbortSignal.timeout(weather.timeoutMs),
        redirect: 'manual',
      });
      await answer.arrayBuffer();
      delivery.attempts.push({ at: clock.ms(), status: answer.status });
      return answer.status === 200;
    } catch (error) {
      delivery.attempts.push({ at: clock.ms(), error: (error as Error).name });
      return false;
    }
  }

  function attempt(corp: Corp, app: App, delivery: Delivery, lane: string): void {
    const work = (lanes.get(lane) ?? Promise.resolve()).then(async () => {
      const first = delivery.attempts.length;
      while (delivery.attempts.length - first < weather.tries) {
        if (await post(corp, app, delivery)) {
          delivery.outcome = 'delivered';
          return;
        }
        if (!app.callback) break;
        if (weather.retryDelayMs > 0 && delivery.attempts.length < weather.tries) {
          scheduler.after(weather.retryDelayMs, () => attempt(corp, app, delivery, lane));
          return;
        }
      }
      delivery.outcome = 'failed';
      log.warn({ event: delivery.event, changeType: delivery.changeType, attempts: delivery.attempts.length }, 'callback not taken');
    });
    lanes.set(lane, work);
    void work.finally(() => lanes.get(lane) === work && lanes.delete(lane));
  }

  function send(corp: Corp, app: App, delivery: Delivery, lane: string): void {
    const go = () => attempt(corp, app, delivery, lane);
    const times = random.chance(weather.duplication) ? 2 : 1;
    for (let i = 0; i < times; i++) {
      if (weather.delayMs > 0) scheduler.after(weather.delayMs, go);
      else go();
    }
  }

  function release(): void {
    const waiting = held;
    held = [];
    for (const go of waiting) go();
  }

  function create(corp: Corp, app: App, fields: EventFields): Delivery {
    const head = { ToUserName: corp.corpid, FromUserName: 'sys', CreateTime: seconds(clock.ms()), MsgType: 'event' };
    counter += 1;
    const delivery: Delivery = {
      id: counter,
      corpid: corp.corpid,
      agentid: app.agentid,
      event: fields.Event,
      changeType: fields.ChangeType ?? '',
      fields,
      xml: toXml({ ...head, ...fields }),
      attempts: [],
      outcome: 'waiting',
    };
    kept.push(delivery);
    if (kept.length > KEPT_DELIVERIES) kept = kept.slice(-KEPT_DELIVERIES / 2);
    return delivery;
  }

  return {
    weather,
    emit(corp, key, fieldsFor, userid) {
      for (const app of corp.apps.values()) {
        if (!app.callback || !app.customerContact) continue;
        if (userid && app.visible && !app.visible.includes(userid)) continue;
        const delivery = create(corp, app, fieldsFor(app));
        const lane = `${corp.corpid}|${app.agentid}|${key}`;
        if (random.chance(weather.loss)) delivery.outcome = 'lost';
        else if (random.chance(weather.disorder)) held.push(() => send(corp, app, delivery, lane));
        else {
          send(corp, app, delivery, lane);
          release();
        }
      }
      if (held.length > 0) scheduler.after(2000, release);
    },
    async verify(corp, config) {
      const echo = String(randomInt(1e12, 1e14));
      try {
        const { encrypted, query } = seal(corp, config, echo);
        const url = withQuery(config.url, { ...query, echostr: encrypted });
        const answer = await fetch(url, { signal: AbortSignal.timeout(weather.verifyTimeoutMs), redirect: 'manual' });
        const text = Buffer.from(await answer.arrayBuffer()).toString('utf8');
        if (answer.status !== 200) return { ok: false, reason: `the address answered HTTP ${answer.status}` };
        if (text !== echo) return { ok: false, reason: 'the address did not answer with the bare decrypted echostr' };
        return { ok: true };
      } catch (error) {
        return { ok: false, reason: `${(error as Error).name}: ${(error as Error).message}` };
      }
    },
    deliveries: () => kept,
    redeliver(corp, app, id) {
      const delivery = kept.find((d) => d.id === id && d.corpid === corp.corpid && d.agentid === app.agentid);
      if (delivery) attempt(corp, app, delivery, `${corp.corpid}|${app.agentid}|again`);
      return delivery !== undefined;
    },
    async settle() {
      scheduler.runDue();
      release();
      while (lanes.size > 0) await Promise.all(lanes.values());
    },
    clear() {
      kept = [];
      held = [];
    },
  };
}
