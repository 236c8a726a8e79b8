import { type Clock, type Log, problem } from '../../base/index.ts';
import { createCircuits } from './circuit.ts';
import type { Endpoint, RequestIn, ResponseOut, Table } from './endpoint.ts';
import { PlatformError, PlatformUnreachable, type Reaction } from './errors.ts';
import { BucketClosed, createPacer, type Pacer } from './pacing.ts';
import type { Credential, PlatformSpec } from './spec.ts';
import { createTokenKeeper, credentialKey, type TokenStore } from './token.ts';
import { createTransport } from './transport.ts';

/** The typed client: `client.call('externalcontact.get', {…})`. A table of endpoints and a loop that reacts as the platform's error table says. */

export interface PlatformClient<T extends Table> {
  call<N extends keyof T & string>(name: N, request: RequestIn<T, N>, options?: CallOptions): Promise<ResponseOut<T, N>>;
  /** Faults of configuration that stop calls now; for a health page. */
  faults(): Promise<{ endpoint: string; errcode: number; hint: string; at: Date }[]>;
  /** After the configuration was mended by hand. */
  mend(): Promise<void>;
}

export interface CallOptions {
  /** One short try, for when waiting costs more than not knowing. */
  quick?: boolean;
  /** An error that is as good as success is thrown all the same, for those who must tell the two apart. */
  tell?: boolean;
}

export interface ClientDeps<T extends Table> {
  spec: PlatformSpec<T>;
  baseUrl: string;
  credential: Credential;
  tokens: TokenStore;
  clock: Clock;
  log: Log;
  fetch?: typeof fetch;
  sleep?: (ms: number) => Promise<void>;
  random?: () => number;
  pacer?: Pacer;
  timeoutMs?: number;
}

const UNREACHABLE_TRIES = 3;
const QUICK_MS = 3_000;
export const sleepFor = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export function createPlatformClient<T extends Table>(deps: ClientDeps<T>): PlatformClient<T> {
  const { spec, clock, log, credential } = deps;
  type Name = keyof T & string;
  const sleep = deps.sleep ?? sleepFor;
  const random = deps.random ?? Math.random;
  const pacer = deps.pacer ?? createPacer(clock, sleep);
  const key = credentialKey(credential);
  const circuits = createCircuits({ spec, clock, store: deps.tokens, key });
  const transport = createTransport({
    ...{ spec, credential, baseUrl: deps.baseUrl },
    ...{ fetch: deps.fetch ?? fetch, timeoutMs: deps.timeoutMs ?? 10_000 },
  });
  const tokens = createTokenKeeper({
    spec,
    clock,
    store: deps.tokens,
    key,
    credential,
    fetchToken: async (request) => (await attempt(spec.tokenEndpoint, request)) as { access_token: string; expires_in: number },
  });

  const backoff = (tries: number) => Math.min(10_000, 250 * 2 ** tries) * (0.5 + random() / 2);
  const between = ([from, to]: readonly [number, number]) => from + random() * (to - from);

  /** When the way is open again, where the error table knows it. */
  const opensAt = ({ opens }: Reaction): Date | undefined => {
    if (opens === undefined) return undefined;
    return opens === 'midnight' ? nextBeijingMidnight(clock.ms()) : new Date(clock.ms() + opens);
  };

  async function attempt<N extends Name>(name: N, request: Record<string, unknown>, options: CallOptions = {}): Promise<ResponseOut<T, N>> {
    const { quick = false, tell = false } = options;
    const row = spec.endpoints[name] as Endpoint;
    const bucket = `${credential.id}:${row.bucket}`;
    let renewed = false;
    for (let tries = 1; ; tries++) {
      await circuits.check(name);
      const leave = await pacer.enter(bucket, row).catch((error) => {
        throw error instanceof BucketClosed ? spec.failure(45009, name, { retryAt: error.until }) : error;
      });
      let token: string | undefined;
      let pause: number;
      try {
        token = name === spec.tokenEndpoint || row.token ? undefined : await tokens.current();
        const answer = await transport.exchange(name, request, token, quick ? QUICK_MS : undefined);
        pacer.succeeded(bucket);
        circuits.closed(name);
        return answer;
      } catch (error) {
        // A failure to get the token has had its own reaction already.
        const own = error instanceof PlatformUnreachable || error instanceof PlatformError ? error.endpoint === name : false;
        if (!own) throw error;
        if (error instanceof PlatformUnreachable) {
          if (error.inDoubt || quick || tries >= UNREACHABLE_TRIES) throw error;
          pause = backoff(tries);
        } else {
          const failure = error as PlatformError;
          const reaction = spec.reactionTo(failure.errcode, name);
          log.warn({ endpoint: name, errcode: failure.errcode, class: reaction.class, hint: failure.hint, tries }, `${spec.name} error`);
          if (reaction.class === 'S' && !tell) return row.response.parse({}) as ResponseOut<T, N>;
          if (reaction.class === 'W') {
            const retryAt = pacer.overQuota(bucket, opensAt(reaction));
            throw spec.failure(failure.errcode, name, { hint: failure.hint, retryAt, body: failure.answer() });
          }
          if (reaction.class === 'P') throw await circuits.open(failure, reaction);
          if (reaction.class === 'T' && !renewed && token !== undefined) {
            renewed = true;
            leave();
            await tokens.renew(token);
            continue;
          }
          if (reaction.class !== 'R' || quick || tries >= (reaction.tries ?? 1)) throw failure;
          if (reaction.crowded) pacer.tooMany(bucket);
          pause = reaction.pauseMs ? between(reaction.pauseMs) : backoff(tries);
        }
      } finally {
        leave();
      }
      await sleep(pause);
    }
  }

  return {
    async call(name, request, options) {
      const parsed = (spec.endpoints[name] as Endpoint).request.safeParse(request);
      if (!parsed.success) {
        throw problem(400, `The call ${name} does not fit`, {
          errors: parsed.error.issues.map((issue) => ({ field: issue.path.join('.'), reason: issue.message })),
        });
      }
      return attempt(name, parsed.data as Record<string, unknown>, options);
    },
    faults: () => circuits.list(),
    mend: () => circuits.mend(),
  };
}

const DAY = 86_400_000;
const BEIJING = 8 * 3_600_000;
const nextBeijingMidnight = (now: number): Date => new Date((Math.floor((now + BEIJING) / DAY) + 1) * DAY - BEIJING);
