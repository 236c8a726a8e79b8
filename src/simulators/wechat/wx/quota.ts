import { beijingPeriod } from '../clock.ts';

export interface WxQuota {
  /** false: used up for today */
  take(appid: string, path: string, most: number, now: number): boolean;
  /** false: too many in this minute */
  perMinute(appid: string, path: string, most: number, now: number): boolean;
  used(appid: string, path: string, now: number): number;
  clear(appid: string): void;
}

/** Calls of a day, by Beijing's midnight, and of a minute. */
export function createWxQuota(): WxQuota {
  const counts = new Map<string, number>();
  const minutes = new Map<string, { from: number; count: number }>();
  const key = (appid: string, path: string, now: number) => `${appid}|${path}|${beijingPeriod(now, 'day').from}`;
  return {
    take(appid, path, most, now) {
      const name = key(appid, path, now);
      const used = counts.get(name) ?? 0;
      if (used >= most) return false;
      counts.set(name, used + 1);
      return true;
    },
    perMinute(appid, path, most, now) {
      const name = `${appid}|${path}`;
      const window = minutes.get(name);
      const fresh = !window || now - window.from >= 60_000 ? { from: now, count: 0 } : window;
      minutes.set(name, fresh);
      fresh.count += 1;
      return fresh.count <= most;
    },
    used: (appid, path, now) => counts.get(key(appid, path, now)) ?? 0,
    clear(appid) {
      for (const name of counts.keys()) if (name.startsWith(`${appid}|`)) counts.delete(name);
    },
  };
}
