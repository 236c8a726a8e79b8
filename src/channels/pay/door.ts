import { createHash } from 'node:crypto';
import { type App, type Clock, type Log, type Pg, problem, boundary as stopHere } from '../../base/index.ts';
import { createNonceCache } from '../platform/callback-guard.ts';
import { keepCallback } from '../platform/callback-store.ts';
import type { PayAccount } from './account.ts';
import { WINDOW_MS } from './client.ts';
import { noticeEnvelope } from './notices.ts';
import { isSigned, openSealed } from './seals.ts';

/** The door for notifications of WeChat Pay: signature, time, replay; then open, keep, answer. */

const MOST_BYTES = 256 * 1024;
/** A serial that nobody knows may be a new certificate; it is looked for this often at most. */
const REFRESH_MS = 60_000;

export interface PayHeaders {
  serial: string;
  timestamp: string;
  nonce: string;
  signature: string;
}

export interface PayIntake {
  /** False when it was known already. */
  receive(accountId: string, headers: PayHeaders, body: string): Promise<boolean>;
}

const refused = (why: string) => problem(403, 'The notification is refused', { detail: why });

export function createPayIntake(deps: { pg: Pg; clock: Clock; log: Log; account(id: string): Promise<PayAccount | undefined> }): PayIntake {
  const { pg, clock, log } = deps;
  const nonces = createNonceCache(clock);
  const refreshedAt = new Map<string, number>();

  async function keyFor(account: PayAccount, serial: string) {
    const known = await account.keys.find(serial);
    if (known || !account.keys.fetches || clock.ms() - (refreshedAt.get(account.id) ?? Number.NEGATIVE_INFINITY) < REFRESH_MS) return known;
    refreshedAt.set(account.id, clock.ms());
    await account.client
      .refreshKeys()
      .catch((error: unknown) => log.warn({ err: error }, 'certificates of WeChat Pay could not be fetched'));
    return account.keys.find(serial);
  }

  return {
    async receive(accountId, { serial, timestamp, nonce, signature }, body) {
      const account = await deps.account(accountId);
      if (!account) throw problem(404, 'There is no such merchant');
      if (!/^\d{1,12}$/.test(timestamp) || Math.abs(clock.ms() - Number(timestamp) * 1000) > WINDOW_MS) {
        throw refused('the timestamp is more than five minutes away');
      }
      const key = await keyFor(account, serial);
      if (!key) throw refused('the serial is not known');
      if (!isSigned(key.publicKey, signature, timestamp, nonce, body)) throw refused('the signature does not match');
      const used = `${account.id}:${timestamp}:${nonce}`;
      if (nonces.seen(used)) throw refused('the nonce was used before');
      const { id, event_type, create_time, resource } = read(body);
      let opened: string;
      try {
        opened = openSealed(account.config.apiV3Key, resource);
      } catch {
        throw refused('the resource cannot be opened with this APIv3 key');
      }
      const fresh = await keepCallback(pg, {
        ...{ platform: 'wechat_pay', workspaceNo: account.workspaceNo, accountId: account.id, changeType: resource.original_type ?? '' },
        hash: createHash('sha256').update(`notice:${id}`).digest('hex'),
        ...{ plaintext: opened, event: event_type, hasWelcome: false },
        happenedAt: Number.isNaN(Date.parse(create_time)) ? clock.now() : new Date(create_time),
        receivedAt: clock.now(),
      });
      stopHere('pay.notice.kept');
      nonces.remember(used);
      return fresh;
    },
  };
}

function read(body: string) {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw problem(400, 'The notification is not JSON');
  }
  const parsed = noticeEnvelope.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map((issue) => ({ field: issue.path.join('.'), reason: issue.message }));
  throw problem(400, 'The notification cannot be read', { errors });
}

export const NOTIFY_PATH = '/wechat/pay';

export async function payNoticeRoutes(app: App, pay: PayIntake & { work(): Promise<unknown> }, log?: Log): Promise<void> {
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: MOST_BYTES }, (_request, body, done) => done(null, body));
    scope.post<{ Params: { accountId: string } }>(
      `${NOTIFY_PATH}/:accountId`,
      { config: { permission: 'public' }, schema: { hide: true } },
      async (request, reply) => {
        const { accountId } = request.params;
        if (!/^[\w-]{1,100}$/.test(accountId)) throw problem(404, 'There is no such merchant');
        const header = (name: string) => String(request.headers[`wechatpay-${name}`] ?? '');
        const headers = {
          serial: header('serial'),
          timestamp: header('timestamp'),
          nonce: header('nonce'),
          signature: header('signature'),
        };
        const fresh = await pay.receive(accountId, headers, String(request.body ?? ''));
        reply.send({ code: 'SUCCESS', message: '' });
        if (fresh)
          setImmediate(() => pay.work().catch((error: unknown) => log?.error({ err: error }, 'notifications were not worked off')));
        return reply;
      },
    );
  });
}
