/** The only thing the simulator asks of the outside: a clock. Declared here so that the folder stands alone. */
export interface Clock {
  ms(): number;
  now(): Date;
}

/** The platform's own time: the given clock plus an offset that tests and the control API may move. */
export interface VirtualClock extends Clock {
  set(instant: string | number | Date): void;
  advance(ms: number): void;
}

export const realClock: Clock = { ms: () => Date.now(), now: () => new Date() };

export function createVirtualClock(base: Clock): VirtualClock {
  let offset = 0;
  const ms = () => base.ms() + offset;
  return {
    ms,
    now: () => new Date(ms()),
    set(instant) {
      const target = new Date(instant).getTime();
      if (Number.isNaN(target)) throw new RangeError('not an instant');
      offset = target - base.ms();
    },
    advance(by) {
      offset += by;
    },
  };
}

export interface Scheduler {
  after(ms: number, task: () => void): void;
  runDue(): void;
  close(): void;
}

const LONGEST_NAP_MS = 1000;

/** Runs tasks when the virtual clock reaches them: at once after `runDue()`, or by itself while real time passes. */
export function createScheduler(clock: Clock): Scheduler {
  let tasks: { at: number; task: () => void }[] = [];
  let timer: NodeJS.Timeout | undefined;

  function arm(): void {
    clearTimeout(timer);
    const first = tasks[0];
    if (!first) return;
    // The clock may jump or stand still, so naps are short and the clock is asked again after each.
    timer = setTimeout(runDue, Math.min(Math.max(first.at - clock.ms(), 1), LONGEST_NAP_MS));
    timer.unref();
  }

  function runDue(): void {
    const now = clock.ms();
    const due = tasks.filter((t) => t.at <= now);
    tasks = tasks.filter((t) => t.at > now);
    for (const t of due) t.task();
    arm();
  }

  return {
    after(ms, task) {
      tasks.push({ at: clock.ms() + ms, task });
      tasks.sort((a, b) => a.at - b.at);
      arm();
    },
    runDue,
    close() {
      clearTimeout(timer);
      tasks = [];
    },
  };
}

const SHANGHAI_OFFSET_MS = 8 * 3600_000;

/** The calendar of the platform is Beijing's: month, ISO week (from Monday) and day an instant falls in. */
export function beijingPeriod(ms: number, period: 'day' | 'week' | 'month'): { from: number; days: number } {
  const local = new Date(ms + SHANGHAI_OFFSET_MS);
  const [y, m, d] = [local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate()];
  if (period === 'day') return { from: Date.UTC(y, m, d) - SHANGHAI_OFFSET_MS, days: 1 };
  if (period === 'week') {
    const sinceMonday = (local.getUTCDay() + 6) % 7;
    return { from: Date.UTC(y, m, d - sinceMonday) - SHANGHAI_OFFSET_MS, days: 7 };
  }
  return { from: Date.UTC(y, m, 1) - SHANGHAI_OFFSET_MS, days: new Date(Date.UTC(y, m + 1, 0)).getUTCDate() };
}
