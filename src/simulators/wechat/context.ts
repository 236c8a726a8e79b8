import type { Callbacks } from './callbacks.ts';
import type { Scheduler, VirtualClock } from './clock.ts';
import type { Faults } from './faults.ts';
import type { Limits } from './limits.ts';
import type { Random } from './random.ts';
import type { Rules } from './rules.ts';
import type { App, Corp, World } from './state.ts';
import type { WxCallbacks } from './wx/callbacks.ts';
import type { WxQuota } from './wx/quota.ts';

/** Shaped like pino's, so that one can be passed as it is. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export const silentLog: Log = { info: () => {}, warn: () => {} };

/** One answered API call, kept for tests and the control page. */
export interface ApiCall {
  at: number;
  method: string;
  path: string;
  corpid?: string;
  agentid?: number;
  errcode: number;
  /** an injected fault cut the line or answered with an HTTP error */
  unanswered?: boolean;
}

/** All that the parts of the simulator share. Passed in; nothing is global. */
export interface Context {
  world: World;
  clock: VirtualClock;
  scheduler: Scheduler;
  random: Random;
  rules: Rules;
  limits: Limits;
  faults: Faults;
  callbacks: Callbacks;
  wxCallbacks: WxCallbacks;
  wxQuota: WxQuota;
  log: Log;
  /** hosts (without port) that simulated customers may open */
  allowedHosts: Set<string>;
  calls: ApiCall[];
  baseUrl(): string;
}

/** A wrong use of the control side; the platform's own errors are ApiError. */
export class ControlError extends Error {
  readonly field: string;
  constructor(field: string, reason: string) {
    super(reason);
    this.field = field;
  }
}

export function mustCorp(world: World, corpid: string): Corp {
  const corp = world.corps.get(corpid);
  if (!corp) throw new ControlError('corpid', 'no such corp');
  return corp;
}

export function mustApp(corp: Corp, agentid: number): App {
  const app = corp.apps.get(agentid);
  if (!app) throw new ControlError('agentid', 'no such app in this corp');
  return app;
}

export function must<T>(value: T | undefined, field: string, reason: string): T {
  if (value === undefined) throw new ControlError(field, reason);
  return value;
}
