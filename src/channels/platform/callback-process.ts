import { boundary, type Clock, type Log, type Pg } from '../../base/index.ts';
import {
  claimCallbacks,
  finishCallback,
  freeCallbacks,
  nextDue,
  type Platform,
  postponeCallback,
  type StoredCallback,
} from './callback-store.ts';
import type { Verdict } from './verdict.ts';

/** Works off the inbox of one platform. Every handler may run twice, or in any order, and says the same. */

const AT_ONCE = 16;
const MOST_ATTEMPTS = 500;

export interface Processed {
  handled: number;
  /** When the next callback falls due, and how long that is from now. */
  nextDueAt?: Date;
  nextInMs?: number;
}

export interface ProcessorDeps {
  pg: Pg;
  clock: Clock;
  log: Log;
  platform: Platform;
  /** Works off one callback. */
  handle: (callback: StoredCallback) => Promise<Verdict>;
  /** No other process works on this database. */
  alone: boolean;
}

export function createProcessor(deps: ProcessorDeps) {
  const { pg, clock, log, platform } = deps;

  const workOff = async (callback: StoredCallback): Promise<void> => {
    let verdict: Verdict;
    try {
      verdict = await deps.handle(callback);
    } catch (error) {
      log.error({ err: error, callback: callback.id }, 'a callback could not be worked off');
      verdict = { again: new Date(clock.ms() + Math.min(600_000, 2_000 * 2 ** callback.attempts)), error: (error as Error).name };
    }
    boundary(`${platform}.callback.worked`);
    if ('again' in verdict && callback.attempts < MOST_ATTEMPTS) await postponeCallback(pg, callback.id, verdict.again, verdict.error);
    else if ('again' in verdict) await finishCallback(pg, callback.id, 'failed', clock.now(), verdict.error);
    else await finishCallback(pg, callback.id, verdict.state, clock.now(), verdict.error);
  };

  const round = async (): Promise<number> => {
    let handled = 0;
    for (;;) {
      const claimed = await claimCallbacks(pg, platform, clock.now(), AT_ONCE);
      await Promise.all(claimed.map(workOff));
      handled += claimed.length;
      if (claimed.length < AT_ONCE) return handled;
    }
  };

  let running: Promise<number> | undefined;
  let wanted = false;
  let mayBeLeft = deps.alone;
  return {
    /** Works off all that is due. Calls that come while it runs join it, and what arrived meanwhile is seen to. */
    async processCallbacks(): Promise<Processed> {
      wanted = true;
      running ??= (async () => {
        let handled = 0;
        try {
          if (mayBeLeft) await freeCallbacks(pg, platform, clock.now());
          mayBeLeft = false;
          while (wanted) {
            wanted = false;
            handled += await round();
          }
        } finally {
          running = undefined;
        }
        return handled;
      })();
      const handled = await running;
      const nextDueAt = await nextDue(pg, platform);
      return { handled, ...(nextDueAt ? { nextDueAt, nextInMs: Math.max(0, nextDueAt.getTime() - clock.ms()) } : {}) };
    },
  };
}
