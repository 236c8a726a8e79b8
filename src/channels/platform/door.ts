import { type App, type Log, problem } from '../../base/index.ts';

/** The door of a platform: it checks the address once with GET, then posts to it, and wants its answer within five seconds. */

const FAST_LANE_MS = 20_000;
const MOST_BYTES = 256 * 1024;

export interface Door {
  /** Before `/:accountId`. */
  path: string;
  /** Of whose account it is the door. */
  name: string;
  /** The text that proves to the platform that this address is ours. */
  verify(accountId: string, url: string): Promise<string>;
  /** Keeps what came. False when it was known already. */
  receive(accountId: string, url: string, body: string): Promise<boolean>;
  work(): Promise<{ nextInMs?: number }>;
}

export async function openDoor(app: App, door: Door, log?: Log): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  // A welcome has twenty seconds: what arrives here is worked off here, and so is what falls due again soon, whatever else this process does.
  const work = async (): Promise<void> => {
    clearTimeout(timer);
    try {
      const { nextInMs } = await door.work();
      if (nextInMs !== undefined && nextInMs <= FAST_LANE_MS) timer = setTimeout(work, Math.max(nextInMs, 20)).unref();
    } catch (error) {
      log?.error({ err: error }, 'callbacks were not worked off');
    }
  };
  const readId = (accountId: string): string => {
    if (!/^[\w-]{1,100}$/.test(accountId)) throw problem(404, `There is no such ${door.name} account`);
    return accountId;
  };
  const options = { config: { permission: 'public' }, schema: { hide: true } };
  await app.register(async (scope) => {
    scope.addHook('onClose', async () => clearTimeout(timer));
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: MOST_BYTES }, (_request, body, done) => done(null, body));
    scope.get<{ Params: { accountId: string } }>(`${door.path}/:accountId`, options, async (request, reply) =>
      reply.type('text/plain').send(await door.verify(readId(request.params.accountId), request.raw.url ?? '')),
    );
    scope.post<{ Params: { accountId: string } }>(`${door.path}/:accountId`, options, async (request, reply) => {
      const fresh = await door.receive(readId(request.params.accountId), request.raw.url ?? '', String(request.body ?? ''));
      reply.type('text/plain').send('');
      if (fresh) setImmediate(work);
      return reply;
    });
  });
}

/** Decoded once, and by the rules of URLs: the `+` of base64 is no space. */
export function readQuery<K extends string>(url: string, names: readonly K[]): Record<K, string> {
  const given = allOf(url);
  const missing = names.filter((name) => !given.get(name));
  if (missing.length > 0) {
    throw problem(400, 'The callback cannot be read', { errors: missing.map((name) => ({ field: name, reason: 'is missing' })) });
  }
  return Object.fromEntries(names.map((name) => [name, given.get(name)])) as Record<K, string>;
}

export const hasQuery = (url: string, name: string): boolean => Boolean(allOf(url).get(name));

function allOf(url: string): Map<string, string> {
  const given = new Map<string, string>();
  for (const pair of (url.split('?')[1] ?? '').split('&')) {
    const at = pair.indexOf('=');
    if (at > 0) given.set(pair.slice(0, at), decode(pair.slice(at + 1)));
  }
  return given;
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return '';
  }
}
