import type { Clock, Log } from '../../base/index.ts';
import type { ShownTo } from './show.ts';

const everyMs = 60_000;

/**
 * The record of what machines were shown in clear: a line a minute and key rather than one an answer, for a till may ask a hundred times a second.
 * Members' looks are recorded one by one, where they reveal.
 */
export function createShownLog(deps: {
  clock: Clock;
  log: Log;
  audit(entry: { workspaceNo: number; actor: never; action: string; details: Record<string, unknown> }): Promise<void>;
}) {
  const sums = new Map<string, { to: ShownTo; answers: number; values: number; since: string }>();
  const flush = async (): Promise<void> => {
    const list = [...sums.values()];
    sums.clear();
    for (const { to, ...details } of list) {
      await deps
        .audit({ workspaceNo: to.workspaceNo, actor: to.actor as never, action: 'people.shown', details })
        .catch((error: unknown) => deps.log.error({ err: error }, 'what a key was shown was not recorded'));
    }
  };
  const timer = setInterval(() => void flush(), everyMs).unref();
  return {
    told: (to: ShownTo, values: number): void => {
      const key = `${to.workspaceNo} ${to.actor.id}`;
      const sum = sums.get(key) ?? { to, answers: 0, values: 0, since: deps.clock.now().toISOString() };
      sum.answers += 1;
      sum.values += values;
      sums.set(key, sum);
    },
    flush,
    stop: async (): Promise<void> => {
      clearInterval(timer);
      await flush();
    },
  };
}
