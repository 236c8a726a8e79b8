import { type Clock, type Log, problem } from '../../base/index.ts';
import { createCircuits } from './circuit.ts';
import { type EndpointName, endpoints, type RequestOf, type ResponseOf } from './endpoints.ts';
import { reactionTo, WecomError, WecomUnreachable } from './errors.ts';
import { BucketClosed, createPacer, type Pacer } from './pacing.ts';
import { type Credential, createTokenKeeper, credentialKey, type TokenStore } from './token.ts';
import { createTransport } from './transport.ts';

/** The typed WeCom client: `client.call('externalcontact.get', {…})`. Reacts to errors as errors.ts says. */

export interface WecomClient {
  readonly corpId: string;
  call<N extends EndpointName>(name: N, request: RequestOf<N>, options?: CallOptions): Promise<ResponseOf<N>>;
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

export interface ClientDeps {
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

export function createWecomClient(deps: ClientDeps): WecomClient {
  const { clock, log, credential } = deps;
  const sleep = deps.sleep ?? sleepFor;
  const random = deps.random ?? Math.random;
  const pacer = deps.pacer ?? createPacer(clock, sleep);
  const key = credentialKey(credential);
  const circuits = createCircuits({ clock, store: deps.tokens, key });
  const transport = createTransport({ baseUrl: deps.baseUrl, fetch: deps.fetch ?? fetch, timeoutMs: deps.timeoutMs ?? 10_000 });
  const tokens = createTokenKeeper({
    clock,
    store: deps.tokens,
    key,
    fetchToken: () => attempt('gettoken', { corpid: credential.corpId, corpsecret: credential.secret }),
  });

  const backoff = (tries: number) => Math.min(10_000, 250 * 2 ** tries) * (0.5 + random() / 2);
  const between = ([from, to]: readonly [number, number]) => from + random() * (to - from);

  async function attempt<N extends EndpointName>(
    name: N,
    request: Record<string, unknown>,
    options: CallOptions = {},
  ): Promise<ResponseOf<N>> {
    const { quick = false, tell = false } = options;
    const row = endpoints[name];
    const bucket = `${credential.corpId}:${row.bucket}`;
    let renewed = false;
    for (let tries = 1; ; tries++) {
      await circuits.check(name);
      const leave = await pacer.enter(bucket, row.parallel).catch((error) => {
        throw error instanceof BucketClosed ? new WecomError(45009, name, { retryAt: error.until }) : error;
      });
      let token: string | undefined;
      let pause: number;
      try {
        token = name === 'gettoken' ? undefined : await tokens.current();
        const answer = await transport.exchange(name, request, token, quick ? QUICK_MS : undefined);
        pacer.succeeded(bucket);
        circuits.closed(name);
        return answer;
      } catch (error) {
        // A failure to get the token has had its own reaction already.
        const own = error instanceof WecomUnreachable || error instanceof WecomError ? error.endpoint === name : false;
        if (!own) throw error;
        if (error instanceof WecomUnreachable) {
          if (error.inDoubt || quick || tries >= UNREACHABLE_TRIES) throw error;
          pause = backoff(tries);
        } else {
          const failure = error as WecomError;
          const reaction = reactionTo(failure.errcode);
          log.warn({ endpoint: name, errcode: failure.errcode, class: reaction.class, hint: failure.hint, tries }, 'wecom error');
          if (reaction.class === 'S' && !tell) return endpoints[name].response.parse({}) as ResponseOf<N>;
          if (reaction.class === 'W') {
            throw new WecomError(failure.errcode, name, { hint: failure.hint, retryAt: pacer.overQuota(bucket), body: failure.answer() });
          }
          if (reaction.class === 'P') throw await circuits.open(failure, reaction);
          if (reaction.class === 'T' && !renewed && token !== undefined) {
            renewed = true;
            leave();
            await tokens.renew(token);
            continue;
          }
          if (reaction.class !== 'R' || quick || tries >= (reaction.tries ?? 1)) throw failure;
          if (failure.errcode === 45033) pacer.tooMany(bucket);
          pause = reaction.pauseMs ? between(reaction.pauseMs) : backoff(tries);
        }
      } finally {
        leave();
      }
      await sleep(pause);
    }
  }

  return {
    corpId: credential.corpId,
    async call(name, request, options) {
      const parsed = endpoints[name].request.safeParse(request);
      if (!parsed.success) {
        throw problem(400, `The WeCom call ${name} does not fit`, {
          errors: parsed.error.issues.map((issue) => ({ field: issue.path.join('.'), reason: issue.message })),
        });
      }
      return attempt(name, parsed.data as Record<string, unknown>, options);
    },
    faults: () => circuits.list(),
    mend: () => circuits.mend(),
  };
}
