import type { Clock, Log } from '../base/index.ts';

/**
 * Runs work when it is told to or when something falls due, and sleeps otherwise.
 * `run` does all that is due and says when the next is (milliseconds on the clock), if it knows.
 */
export interface Loop {
  start(): void;
  /** Lets the run in hand end, then is still. */
  stop(): Promise<void>;
  wake(): void;
}

/** Another process may have made something due without a word: look once in so long. */
const longestSleepMs = 20_000;
const shortestSleepMs = 5;

export function createLoop(options: { name: string; clock: Clock; log: Log; run: () => Promise<number | undefined> }): Loop {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let started = false;
  let again = false;
  let failures = 0;

  const go = (): void => {
    clearTimeout(timer);
    if (!started) return;
    if (running) {
      again = true;
      return;
    }
    again = false;
    running = once().finally(() => {
      running = undefined;
      if (again) go();
    });
  };
  const once = async (): Promise<void> => {
    let sleep = longestSleepMs;
    try {
      const next = await options.run();
      failures = 0;
      if (next !== undefined) sleep = Math.min(longestSleepMs, Math.max(shortestSleepMs, next - options.clock.ms()));
    } catch (error) {
      failures += 1;
      sleep = Math.min(longestSleepMs, 250 * 2 ** Math.min(failures, 6));
      again = false;
      options.log.error({ err: error, loop: options.name, failures }, 'loop failed; it will try again');
    }
    if (started) timer = setTimeout(go, sleep);
  };
  return {
    start: () => {
      started = true;
      go();
    },
    stop: async () => {
      started = false;
      clearTimeout(timer);
      await running;
    },
    wake: go,
  };
}
