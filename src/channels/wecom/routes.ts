import { type App, type Log, problem } from '../../base/index.ts';
import type { CallbackIntake } from './callback-intake.ts';

const FAST_LANE_MS = 20_000;

/** The platform's door: it checks the address once with GET, then posts events to it. */
export async function wecomCallbackRoutes(
  app: App,
  wecom: CallbackIntake & { processCallbacks(): Promise<{ nextInMs?: number }> },
  log?: Log,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  // A welcome has twenty seconds: what arrives here is worked off here, and so is what falls due again soon, whatever else this process does.
  const work = async (): Promise<void> => {
    clearTimeout(timer);
    try {
      const { nextInMs } = await wecom.processCallbacks();
      if (nextInMs !== undefined && nextInMs <= FAST_LANE_MS) timer = setTimeout(work, Math.max(nextInMs, 20)).unref();
    } catch (error) {
      log?.error({ err: error }, 'callbacks were not worked off');
    }
  };
  await app.register(async (scope) => {
    scope.addHook('onClose', async () => clearTimeout(timer));
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: 256 * 1024 }, (_request, body, done) => done(null, body));

    scope.get<{ Params: { accountId: string } }>(
      '/wecom/callback/:accountId',
      { config: { permission: 'public' }, schema: { hide: true } },
      async (request, reply) => {
        const query = readQuery(request.raw.url ?? '', ['msg_signature', 'timestamp', 'nonce', 'echostr']);
        const echo = await wecom.verify(readId(request.params.accountId), query);
        return reply.type('text/plain').send(echo);
      },
    );

    scope.post<{ Params: { accountId: string } }>(
      '/wecom/callback/:accountId',
      { config: { permission: 'public' }, schema: { hide: true } },
      async (request, reply) => {
        const query = readQuery(request.raw.url ?? '', ['msg_signature', 'timestamp', 'nonce']);
        const fresh = await wecom.receive(readId(request.params.accountId), query, String(request.body ?? ''));
        reply.type('text/plain').send('');
        if (fresh) setImmediate(work);
        return reply;
      },
    );
  });
}

function readId(accountId: string): string {
  if (!/^[\w-]{1,100}$/.test(accountId)) throw problem(404, 'There is no such WeCom account');
  return accountId;
}

/** Decoded once, and by the rules of URLs: the `+` of base64 is no space. */
function readQuery<K extends string>(url: string, names: readonly K[]): Record<K, string> {
  const given = new Map<string, string>();
  for (const pair of (url.split('?')[1] ?? '').split('&')) {
    const at = pair.indexOf('=');
    if (at > 0) given.set(pair.slice(0, at), decode(pair.slice(at + 1)));
  }
  const missing = names.filter((name) => !given.get(name));
  if (missing.length > 0) {
    throw problem(400, 'The callback cannot be read', { errors: missing.map((name) => ({ field: name, reason: 'is missing' })) });
  }
  return Object.fromEntries(names.map((name) => [name, given.get(name)])) as Record<K, string>;
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return '';
  }
}
