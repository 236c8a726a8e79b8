import { createHash } from 'node:crypto';
import type { Clock } from '../../base/index.ts';
import type { Table } from './endpoint.ts';
import { PlatformError } from './errors.ts';
import type { Credential, PlatformSpec } from './spec.ts';

/** One access token per app, shared by every process and refreshed by one of them at a time. */

export interface HeldToken {
  token: string;
  expiresAt: Date;
}

export interface Fault {
  errcode: number;
  hint: string;
  at: Date;
}

export interface TokenState {
  held?: HeldToken;
  /** A fault that only a changed configuration mends. */
  fault?: Fault;
}

/** Where tokens are held. Values never reach a log. */
export interface TokenStore {
  read(key: string): Promise<TokenState>;
  /** Holds the lock of `key` while `work` runs, in every process. `work` sees what is held now and gives what shall be held next. */
  exclusive(key: string, work: (now: TokenState) => Promise<TokenState>): Promise<TokenState>;
  setFault(key: string, fault: Fault | undefined): Promise<void>;
}

/** Names an app without telling its secret; a new secret is a new key, so an old fault does not outlive its cause. */
export const credentialKey = (credential: Credential): string =>
  `${credential.id}:${createHash('sha256').update(`${credential.id}\n${credential.secret}`).digest('hex').slice(0, 24)}`;

export interface TokenKeeper {
  current(): Promise<string>;
  /** The platform refused `stale`: gives another one, asking for it at most once among all callers. */
  renew(stale: string): Promise<string>;
}

/** Tokens are dropped a little before their end, so that a call under way does not outlive its token. */
const MARGIN_MS = 5 * 60_000;

export function createTokenKeeper<T extends Table>(deps: {
  spec: PlatformSpec<T>;
  clock: Clock;
  store: TokenStore;
  key: string;
  fetchToken: (request: Record<string, unknown>) => Promise<{ access_token: string; expires_in: number }>;
  credential: Credential;
}): TokenKeeper {
  const { spec, clock, store, key } = deps;
  let held: HeldToken | undefined;
  let pending: Promise<HeldToken> | undefined;

  const usable = (token: HeldToken | undefined, stale?: string): token is HeldToken =>
    token !== undefined && token.token !== stale && token.expiresAt.getTime() > clock.ms();

  const refreshed = async (now: TokenState, stale: string | undefined): Promise<TokenState> => {
    if (now.fault || usable(now.held, stale)) return now;
    try {
      let answer = await deps.fetchToken(spec.tokenRequest(deps.credential));
      // Dead although its time is not over: the platform must be told to make another.
      if (answer.access_token === stale && spec.otherTokenRequest) answer = await deps.fetchToken(spec.otherTokenRequest(deps.credential));
      const life = answer.expires_in * 1000;
      return { held: { token: answer.access_token, expiresAt: new Date(clock.ms() + Math.max(life - MARGIN_MS, life / 2)) } };
    } catch (error) {
      if (!(error instanceof PlatformError) || spec.reactionTo(error.errcode, error.endpoint).final !== true) throw error;
      return { fault: { errcode: error.errcode, hint: error.hint, at: clock.now() } };
    }
  };

  const refresh = (stale: string | undefined): Promise<HeldToken> => {
    pending ??= store
      .exclusive(key, (now) => refreshed(now, stale))
      .then((next) => {
        if (next.held && !next.fault) return next.held;
        throw spec.failure(next.fault?.errcode ?? 40001, spec.tokenEndpoint, { hint: next.fault?.hint ?? '' });
      })
      .finally(() => {
        pending = undefined;
      });
    return pending;
  };

  return {
    async current() {
      if (usable(held)) return held.token;
      held = await refresh(undefined);
      return held.token;
    },
    async renew(stale) {
      if (usable(held, stale)) return held.token;
      held = await refresh(stale);
      return held.token;
    },
  };
}
