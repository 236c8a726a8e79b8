import type { Clock } from '../../base/index.ts';
import type { Table } from './endpoint.ts';
import type { PlatformError, Reaction } from './errors.ts';
import type { PlatformSpec } from './spec.ts';
import type { TokenStore } from './token.ts';

/**
 * One breaker per credential and one per endpoint. A fault of configuration is not hammered on: the platform locks out those who do.
 * A wrong secret stays open, in every process and over restarts, until the secret changes or the breaker is mended by hand.
 */

const TRY_AGAIN_MS = 10 * 60_000;
const CREDENTIAL = '*';

interface Open {
  errcode: number;
  hint: string;
  at: number;
  endpoint: string;
  final: boolean;
}

export function createCircuits<T extends Table>(deps: { spec: PlatformSpec<T>; clock: Clock; store: TokenStore; key: string }) {
  const { spec, clock, store, key } = deps;
  const open = new Map<string, Open>();

  return {
    /** Throws while the way is closed. After a while one call is let through to see. */
    async check(name: string): Promise<void> {
      for (const scope of [CREDENTIAL, name]) {
        const fault = open.get(scope);
        if (!fault) continue;
        if (fault.final && (await store.read(key)).fault === undefined) {
          // Mended, perhaps by another process.
          open.delete(scope);
          continue;
        }
        const now = clock.ms();
        if (fault.final || now < fault.at + TRY_AGAIN_MS) {
          const retryAt = new Date(fault.final ? now + TRY_AGAIN_MS : fault.at + TRY_AGAIN_MS);
          throw spec.failure(fault.errcode, name, { hint: fault.hint, retryAt });
        }
        fault.at = now;
      }
    },
    closed(name: string): void {
      open.delete(name);
      if (name !== spec.tokenEndpoint && open.get(CREDENTIAL)?.final !== true) open.delete(CREDENTIAL);
    },
    async open(error: PlatformError, reaction: Reaction): Promise<PlatformError> {
      const at = clock.now();
      const fault = {
        errcode: error.errcode,
        hint: error.hint,
        at: at.getTime(),
        endpoint: error.endpoint,
        final: reaction.final === true,
      };
      // At the token call the keeper, who holds the lock of this row, records the fault itself.
      if (error.endpoint !== spec.tokenEndpoint || !fault.final)
        open.set(reaction.scope === 'credential' ? CREDENTIAL : error.endpoint, fault);
      if (fault.final && error.endpoint !== spec.tokenEndpoint) await store.setFault(key, { errcode: error.errcode, hint: error.hint, at });
      return spec.failure(error.errcode, error.endpoint, {
        hint: error.hint,
        retryAt: new Date(at.getTime() + TRY_AGAIN_MS),
        body: error.answer(),
      });
    },
    async list() {
      const shared = (await store.read(key)).fault;
      const own = [...open.values()].map(({ endpoint, errcode, hint, at }) => ({ endpoint, errcode, hint, at: new Date(at) }));
      return shared && !own.some((fault) => fault.errcode === shared.errcode)
        ? [...own, { endpoint: spec.tokenEndpoint as string, ...shared }]
        : own;
    },
    async mend(): Promise<void> {
      open.clear();
      await store.setFault(key, undefined);
    },
  };
}
