import type { AddressInfo } from 'node:net';
import { createActions } from './actions/index.ts';
import { createCallbacks } from './callbacks.ts';
import { type Clock, createScheduler, createVirtualClock, realClock } from './clock.ts';
import { type ApiCall, type Context, type Log, silentLog } from './context.ts';
import { createFaults, type Fault } from './faults.ts';
import { createHttpServer } from './http.ts';
import { createLimits } from './limits.ts';
import { createSimulatedPay } from './pay/index.ts';
import { createSaver, loadWorld, serialise } from './persist.ts';
import { createRandom, randomSeed } from './random.ts';
import { type CallbackWeather, defaultRules, fairWeather, type Rules } from './rules.ts';
import { createWorld } from './state.ts';
import { createWxCallbacks } from './wx/callbacks.ts';
import { createWxQuota } from './wx/quota.ts';

export interface SimulatorOptions {
  clock?: Clock;
  log?: Log;
  /** the same seed gives the same ids and the same luck */
  seed?: string;
  rules?: Partial<Rules>;
  weather?: Partial<CallbackWeather>;
  /** hosts that simulated customers may open, beside loopback */
  allowedHosts?: string[];
  /** the world is kept in this file and read back at the next start */
  file?: string;
  saveEveryMs?: number;
}

const LOOPBACK = ['127.0.0.1', 'localhost', '::1'];

export function createWechatSimulator(options: SimulatorOptions = {}) {
  const clock = createVirtualClock(options.clock ?? realClock);
  const scheduler = createScheduler(clock);
  const log = options.log ?? silentLog;
  const seed = options.seed ?? randomSeed();
  const random = createRandom(seed);
  const rules: Rules = { ...defaultRules, ...options.rules };
  const weather: CallbackWeather = { ...fairWeather, ...options.weather };
  const kept = options.file === undefined ? undefined : loadWorld(options.file, log);
  const world = kept ?? createWorld(seed);
  const calls: ApiCall[] = [];
  let url = '';

  const ctx: Context = {
    world,
    clock,
    scheduler,
    random,
    rules,
    limits: createLimits(rules),
    faults: createFaults(random),
    callbacks: createCallbacks({ clock, scheduler, random, log, weather }),
    wxCallbacks: createWxCallbacks({ clock, scheduler, random, log, weather }),
    wxQuota: createWxQuota(),
    log,
    allowedHosts: new Set([...LOOPBACK, ...(options.allowedHosts ?? [])]),
    calls,
    baseUrl: () => url,
  };

  const pay = createSimulatedPay({ world: () => world.pay, clock, scheduler, random, log, weather });
  const control = {
    ...createActions(ctx),
    pay,
    /** Forgets everything but the clock. */
    reset(): void {
      Object.assign(world, createWorld(world.seed), { counter: world.counter });
      ctx.limits = createLimits(rules);
      ctx.wxQuota = createWxQuota();
      ctx.faults.clear();
      pay.reset();
      ctx.callbacks.clear();
      calls.length = 0;
      Object.assign(rules, { ...defaultRules, ...options.rules });
      Object.assign(weather, { ...fairWeather, ...options.weather });
    },
    setFault: (fault: Fault): void => ctx.faults.set(fault),
    clearFaults: (endpoint?: string): void => ctx.faults.clear(endpoint),
    faults: (): Fault[] => ctx.faults.list(),
    setRules: (change: Partial<Rules>): Rules => Object.assign(rules, change),
    setWeather: (change: Partial<CallbackWeather>): CallbackWeather => Object.assign(weather, change),
    setClock(instant: string | number | Date): { now: string } {
      clock.set(instant);
      scheduler.runDue();
      return { now: clock.now().toISOString() };
    },
    advance(ms: number): { now: string } {
      clock.advance(ms);
      scheduler.runDue();
      return { now: clock.now().toISOString() };
    },
    /** Resolves when every callback that is due has been delivered or given up. */
    settle: async (): Promise<void> => {
      await ctx.callbacks.settle();
      await ctx.wxCallbacks.settle();
      await pay.settle();
    },
    deliveries: () => ctx.callbacks.deliveries(),
    calls: (): ApiCall[] => calls,
    corps: () => [...world.corps.values()],
    corp: (corpid: string) => world.corps.get(corpid),
    state: (): unknown => JSON.parse(serialise(world)),
  };

  const server = createHttpServer(ctx, control);
  const saver = options.file === undefined ? undefined : createSaver(options.file, options.saveEveryMs ?? 10_000, () => world, log);

  return {
    clock,
    control,
    /** whether the world was read back from `file` */
    restored: kept !== undefined,
    url: () => url,
    async listen(port = 0, host = '127.0.0.1'): Promise<string> {
      await new Promise<void>((ready, failed) => server.once('error', failed).listen(port, host, ready));
      const at = server.address() as AddressInfo;
      url = `http://${host.includes(':') ? `[${host}]` : host}:${at.port}`;
      return url;
    },
    async close(): Promise<void> {
      scheduler.close();
      saver?.close();
      if (!server.listening) return;
      server.closeAllConnections();
      await new Promise<void>((closed) => server.close(() => closed()));
    },
  };
}

export type WechatSimulator = ReturnType<typeof createWechatSimulator>;
export type WechatControl = WechatSimulator['control'];
