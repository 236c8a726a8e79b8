import type { Clock } from '../../base/index.ts';

/**
 * Keeps calls within the platform's limits, one bucket per (corp, API). It starts from the published figures and learns: a word that it is over
 * quota closes the bucket for its window and lowers the rate to what went through; one that there are too many at once lowers how many run, and quiet success raises it.
 * Counts are those of this process; several processes meet in the platform's own answer.
 */
export interface Pacer {
  /** Waits for a place. Rejects with the instant when the bucket opens again if that is not soon. */
  enter(bucket: string, limits?: BucketLimits): Promise<() => void>;
  /** Over quota, the platform says. Returns when to come back: at `until` when that is known, else when the window is over. */
  overQuota(bucket: string, until?: Date): Date;
  /** Too many at the same time, the platform says. */
  tooMany(bucket: string): void;
  succeeded(bucket: string): void;
}

export interface BucketLimits {
  parallel?: number | undefined;
  perMinute?: number | undefined;
  perHour?: number | undefined;
}

export class BucketClosed extends Error {
  readonly until: Date;
  constructor(until: Date) {
    super('over quota');
    this.until = until;
  }
}

const MINUTE = 60_000;
const HOUR = 3_600_000;
const PER_MINUTE = 10_000;
const PER_HOUR = 150_000;
const PARALLEL = 50;
/** A full minute is worth waiting for when it ends this soon; otherwise the caller decides. */
const SOON = 2_000;

interface Window {
  from: number;
  count: number;
  most: number;
  published: number;
}

interface Bucket {
  minute: Window;
  hour: Window;
  closedUntil: number;
  /** When the last block began: a second one right behind it is an hour's, not a minute's. */
  blockedAt: number;
  most: number;
  ceiling: number;
  running: number;
  successes: number;
  waiting: (() => void)[];
}

export function createPacer(clock: Clock, sleep: (ms: number) => Promise<void>): Pacer {
  const buckets = new Map<string, Bucket>();
  const bucketOf = (name: string, { parallel = PARALLEL, perMinute = PER_MINUTE, perHour = PER_HOUR }: BucketLimits = {}): Bucket => {
    let bucket = buckets.get(name);
    if (!bucket) {
      const now = clock.ms();
      bucket = {
        minute: { from: now, count: 0, most: perMinute, published: perMinute },
        hour: { from: now, count: 0, most: perHour, published: perHour },
        closedUntil: 0,
        blockedAt: Number.NEGATIVE_INFINITY,
        most: parallel,
        ceiling: parallel,
        running: 0,
        successes: 0,
        waiting: [],
      };
      buckets.set(name, bucket);
    }
    return bucket;
  };
  const roll = (window: Window, length: number) => {
    if (clock.ms() - window.from < length) return;
    // What was learned is let go of slowly: the platform's limits move, and other programs share them.
    Object.assign(window, { from: clock.ms(), count: 0, most: Math.min(window.published, Math.ceil(window.most * 1.1)) });
  };
  const opensAt = (bucket: Bucket): number => {
    roll(bucket.minute, MINUTE);
    roll(bucket.hour, HOUR);
    let at = bucket.closedUntil;
    if (bucket.minute.count >= bucket.minute.most) at = Math.max(at, bucket.minute.from + MINUTE);
    if (bucket.hour.count >= bucket.hour.most) at = Math.max(at, bucket.hour.from + HOUR);
    return at;
  };
  const leave = (bucket: Bucket) => {
    bucket.running -= 1;
    while (bucket.running < bucket.most && bucket.waiting.length > 0) {
      bucket.running += 1;
      bucket.waiting.shift()?.();
    }
  };

  return {
    async enter(name, limits) {
      const bucket = bucketOf(name, limits);
      if (bucket.running >= bucket.most) await new Promise<void>((resolve) => bucket.waiting.push(resolve));
      else bucket.running += 1;
      for (let wait = opensAt(bucket) - clock.ms(); wait > 0; wait = opensAt(bucket) - clock.ms()) {
        if (wait > SOON) {
          leave(bucket);
          throw new BucketClosed(new Date(opensAt(bucket)));
        }
        await sleep(wait);
      }
      bucket.minute.count += 1;
      bucket.hour.count += 1;
      let left = false;
      return () => {
        if (!left) leave(bucket);
        left = true;
      };
    },
    overQuota(name, until) {
      const bucket = bucketOf(name);
      const now = clock.ms();
      if (until) bucket.closedUntil = Math.max(bucket.closedUntil, until.getTime());
      else if (bucket.closedUntil <= now) {
        const again = now - bucket.blockedAt < 2 * MINUTE;
        bucket.closedUntil = now + (again ? HOUR : MINUTE);
        bucket.blockedAt = now;
        const window = again ? bucket.hour : bucket.minute;
        window.most = Math.max(1, Math.floor(window.most / 2), Math.min(window.most, Math.floor(window.count * 0.9)));
      }
      return new Date(bucket.closedUntil);
    },
    tooMany(name) {
      const bucket = bucketOf(name);
      bucket.most = Math.max(1, Math.min(bucket.most, Math.ceil(bucket.running / 2)));
      bucket.successes = 0;
    },
    succeeded(name) {
      const bucket = bucketOf(name);
      bucket.successes += 1;
      if (bucket.successes < 50 || bucket.most >= bucket.ceiling) return;
      bucket.successes = 0;
      bucket.most += 1;
    },
  };
}
