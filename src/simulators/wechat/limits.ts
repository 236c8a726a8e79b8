import { ApiError } from './errors.ts';
import type { Rules } from './rules.ts';

const MINUTE = 60_000;
const HOUR = 3600_000;

interface Window {
  from: number;
  count: number;
  blockedUntil: number;
}

/** Fixed windows. Once over the limit a caller is shut out for as long as the window is, counted from the excess. */
function createCounter(): (key: string, windowMs: number, max: number, now: number) => boolean {
  const windows = new Map<string, Window>();
  return (key, windowMs, max, now) => {
    const w = windows.get(key) ?? { from: now, count: 0, blockedUntil: 0 };
    windows.set(key, w);
    if (w.blockedUntil > now) return false;
    if (now - w.from >= windowMs || w.blockedUntil > 0) Object.assign(w, { from: now, count: 0, blockedUntil: 0 });
    w.count += 1;
    if (w.count <= max) return true;
    w.blockedUntil = now + windowMs;
    return false;
  };
}

export interface Limits {
  /** throws 45009 */
  check(call: { corpid: string; ip: string; path: string; debug: boolean }, now: number): void;
  tokenFailure(corpid: string, now: number): void;
  tokenLocked(corpid: string, now: number): boolean;
  /** true when the message may go; over the limit it vanishes without a word */
  staffMessage(corpid: string, agentid: number, userid: string, now: number): boolean;
  /** throws 45033; the returned function must be called when the work is over */
  enter(key: string, max: number): () => void;
}

export function createLimits(rules: Rules): Limits {
  const allow = createCounter();
  const running = new Map<string, number>();
  const lockedUntil = new Map<string, number>();
  return {
    check({ corpid, ip, path, debug }, now) {
      const fine =
        (!debug || allow(`debug|${corpid}|${path}`, MINUTE, 5, now)) &&
        allow(`m|${corpid}|${path}`, MINUTE, rules.callsPerMinute, now) &&
        allow(`h|${corpid}|${path}`, HOUR, rules.callsPerHour, now) &&
        allow(`im|${ip}|${path}`, MINUTE, rules.callsPerMinutePerIp, now) &&
        allow(`ih|${ip}|${path}`, HOUR, rules.callsPerHourPerIp, now);
      if (!fine) throw new ApiError(45009);
    },
    tokenFailure(corpid, now) {
      if (!allow(`token|${corpid}`, HOUR, rules.tokenFailuresPerHour - 1, now)) lockedUntil.set(corpid, now + HOUR);
    },
    tokenLocked: (corpid, now) => (lockedUntil.get(corpid) ?? 0) > now,
    staffMessage: (corpid, agentid, userid, now) =>
      allow(`s|${corpid}|${agentid}|${userid}|m`, MINUTE, rules.staffMessagesPerMinute, now) &&
      allow(`s|${corpid}|${agentid}|${userid}|h`, HOUR, rules.staffMessagesPerHour, now),
    enter(key, max) {
      const now = running.get(key) ?? 0;
      if (now >= max) throw new ApiError(45033);
      running.set(key, now + 1);
      return () => void running.set(key, (running.get(key) ?? 1) - 1);
    },
  };
}
