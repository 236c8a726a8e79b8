import { createHash } from 'node:crypto';
import { type Clock, createGuardedHttp, type Guarded, type Log, problem, type Resolve } from '../../base/index.ts';
import { personId } from '../../people/index.ts';
import type { ChannelAccount, ChannelAdapter, OutboundMessage, SubmitOutcome } from '../adapter.ts';
import { type PosterPort, postersOf } from '../posters.ts';
import { refusal } from './guard.ts';
import { type WebhookConfig, webhookConfig } from './schema.ts';
import { sign } from './signature.ts';

export interface WebhookDeps {
  clock: Clock;
  log: Log;
  /** Hosts that may be reached although they are internal (YUTANG_WEBHOOK_ALLOW). */
  allow: readonly string[];
  /** The id by which the outside knows a person; the people room's own by default. */
  personId?: (personNo: number) => string;
  random?: () => number;
  resolve?: Resolve;
  posters?: PosterPort | undefined;
}

export interface WebhookAdapter extends ChannelAdapter {
  kind: 'webhook';
  recover(account: ChannelAccount, inDoubt: OutboundMessage[]): Promise<SubmitOutcome[]>;
  /** Throws a problem that names the field when the settings cannot be used. */
  check(config: unknown): WebhookConfig;
  /** Sends one signed example and tells what came back. */
  probe(account: ChannelAccount): Promise<{ ok: boolean; status?: number; reason?: string; elapsedMs: number }>;
  /** Sends one signed notice to the account's address that is no message to a person. True when there is nothing more to be done about it. */
  notify(account: ChannelAccount, key: string, payload: object): Promise<boolean>;
  close(): void;
}

/** Also the connections that are kept. */
const IN_FLIGHT = 64;
/** An answer is read only to free the connection. */
const MOST_ANSWER = 64 * 1024;
const refusedCode = 'ADDRESS_REFUSED';
const BATCH = 500;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 10 * 60_000;

export function createWebhookAdapter(deps: WebhookDeps): WebhookAdapter {
  const { clock, log } = deps;
  const random = deps.random ?? Math.random;
  const outside = deps.personId ?? personId;
  const http = createGuardedHttp({ allow: deps.allow, kept: IN_FLIGHT, ...(deps.resolve ? { resolve: deps.resolve } : {}) });
  /** How often in a row an account could not be reached: the pause grows with it, for all its messages together. */
  const failures = new Map<string, { count: number; until: number }>();

  const pauseAfter = (accountId: string, retryAfter: string | undefined): Date => {
    const now = clock.ms();
    const before = failures.get(accountId) ?? { count: 0, until: 0 };
    const grown = now >= before.until;
    const count = grown ? before.count + 1 : before.count;
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (count - 1)) * (0.75 + random() / 2);
    const until = Math.max(grown ? now + pause : before.until, askedFor(retryAfter, now));
    failures.set(accountId, { count, until });
    return new Date(until);
  };

  const outcomeOf = (accountId: string, posted: Guarded): Omit<SubmitOutcome, 'outboxId'> => {
    if ('error' in posted) {
      if (posted.error === refusedCode) return { state: 'failed', reason: 'address_refused' };
      return { state: 'retry', reason: `network_${posted.error.toLowerCase()}`, retryAt: pauseAfter(accountId, undefined) };
    }
    const { status } = posted;
    if (status >= 200 && status < 300) {
      failures.delete(accountId);
      return { state: 'sent' };
    }
    const reason = status >= 300 && status < 400 ? 'redirect_refused' : `http_${status}`;
    if (status === 408 || status === 425 || status === 429 || status >= 500) {
      return { state: 'retry', reason, retryAt: pauseAfter(accountId, posted.headers['retry-after']) };
    }
    return { state: 'failed', reason };
  };

  const bodyOf = (message: OutboundMessage, page: string | undefined) => ({
    outboxId: message.outboxId,
    idempotencyKey: message.idempotencyKey,
    personId: outside(message.personNo),
    text: message.text,
    ...(message.link ? { link: message.link } : {}),
    ...(page ? { poster: { page, picture: `${page}.jpg` } } : {}),
  });

  const sender = (config: WebhookConfig) => {
    const url = new URL(config.url);
    const post: ReturnType<typeof http.to> =
      refusal(url, deps.allow) === null
        ? http.to(url, { method: 'POST', timeoutMs: config.timeoutMs, mostBytes: MOST_ANSWER })
        : async () => ({ error: refusedCode });
    return (key: string, payload: unknown): Promise<Guarded> => {
      const body = JSON.stringify(payload);
      const headers = {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'Yutang-Webhook/1',
        'x-yutang-idempotency-key': key,
        'x-yutang-signature': sign(config.secret, body, clock.ms()),
      };
      return post(headers, body);
    };
  };

  const parcels = (config: WebhookConfig, messages: OutboundMessage[]) => {
    const size = config.batch ? BATCH : 1;
    return Array.from({ length: Math.ceil(messages.length / size) }, (_, i) => messages.slice(i * size, (i + 1) * size));
  };

  return {
    kind: 'webhook',
    async submit(account, messages) {
      const parsed = webhookConfig.safeParse(account.config);
      if (!parsed.success) return messages.map(({ outboxId }) => ({ outboxId, state: 'failed', reason: 'account_settings' }));
      const config = parsed.data;
      const send = sender(config);
      const posters = await postersOf(deps, messages);
      const body = (message: OutboundMessage) => bodyOf(message, posters.pageOf(message)?.url);
      const outcomes: SubmitOutcome[] = [];
      const waiting = parcels(config, messages).values();
      const worker = async () => {
        for (const parcel of waiting) {
          const first = parcel[0];
          if (!first) continue;
          const posted = config.batch
            ? await send(batchKey(parcel), { messages: parcel.map(body) })
            : await send(first.idempotencyKey, body(first));
          const outcome = outcomeOf(account.id, posted);
          if (outcome.state !== 'sent')
            log.warn({ account: account.id, reason: outcome.reason, messages: parcel.length }, 'webhook refused');
          for (const { outboxId } of parcel) outcomes.push({ outboxId, ...outcome });
        }
      };
      await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
      return outcomes;
    },

    /** The key is the same at the second time, by which the receiver knows it; so sending again is right. */
    recover: async (_account, inDoubt) => inDoubt.map(({ outboxId }) => ({ outboxId, state: 'retry', reason: 'in_doubt' })),

    check(input) {
      const parsed = webhookConfig.safeParse(input);
      const errors = parsed.success
        ? [refusal(new URL(parsed.data.url), deps.allow)].flatMap((reason) => (reason ? [{ field: 'url', reason }] : []))
        : parsed.error.issues.map((issue) => ({ field: issue.path.join('.'), reason: issue.message }));
      if (!parsed.success || errors.length > 0) throw problem(400, 'The webhook settings do not fit', { errors });
      return parsed.data;
    },

    async probe(account) {
      const config = this.check(account.config);
      const started = clock.ms();
      const posted = await sender(config)(`probe-${started}`, { probe: true, text: 'Yutang webhook test' });
      const elapsedMs = clock.ms() - started;
      if ('error' in posted)
        return { ok: false, reason: posted.error === refusedCode ? 'address_refused' : `network_${posted.error.toLowerCase()}`, elapsedMs };
      return { ok: posted.status >= 200 && posted.status < 300, status: posted.status, elapsedMs };
    },

    async notify(account, key, payload) {
      const { state, reason } = outcomeOf(account.id, await sender(this.check(account.config))(key, payload));
      if (state !== 'sent') log.warn({ account: account.id, reason }, 'webhook did not take a notice');
      return state !== 'retry';
    },

    close: () => http.close(),
  };
}

/** Retry-After as an instant: seconds or an HTTP date, an hour at most. */
function askedFor(header: string | undefined, now: number): number {
  if (header === undefined) return 0;
  const at = /^\d+$/.test(header.trim()) ? now + Number(header) * 1000 : Date.parse(header);
  return Number.isNaN(at) ? 0 : Math.min(at, now + 3_600_000);
}

const batchKey = (messages: OutboundMessage[]) =>
  createHash('sha256')
    .update(messages.map((message) => message.idempotencyKey).join('\n'))
    .digest('hex');
