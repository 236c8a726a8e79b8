import type { Audience } from './audience/index.ts';
import type { Clock, Config, Jobs, Log } from './base/index.ts';
import { type Channels, createLoop, type Wechat, type Wecom } from './channels/index.ts';
import type { Posters } from './content/index.ts';
import type { Imports, Pulls } from './events/imports/index.ts';
import type { Events, Health } from './events/index.ts';
import type { Experiments } from './experiments/index.ts';
import type { Koc } from './insight/index.ts';
import type { Journeys } from './journeys/index.ts';
import type { Rewards } from './rewards/index.ts';
import type { PersonalData } from './system-privacy.ts';
import type { Binding } from './touchpoints/binding/index.ts';
import type { Touchpoints } from './touchpoints/index.ts';
import type { Tasks } from './touchpoints/sidebar/index.ts';

/** What a worker does without being asked, and how it begins and ends. */
export function createWork(deps: {
  config: Config;
  clock: Clock;
  log: Log;
  events: Events;
  jobs: Jobs;
  health: Health;
  imports: Imports;
  pulls: Pulls;
  audience: Audience;
  wecom: Wecom;
  wechat: Wechat;
  channels: Channels;
  journeys: Journeys;
  experiments: Pick<Experiments, 'tick'>;
  koc: Koc;
  /** What is fitted to what happened, and again from time to time. */
  models: readonly { refit(): Promise<unknown> }[];
  personalData: PersonalData;
  touchpoints: Touchpoints;
  posters: Pick<Posters, 'sweep'>;
  rewards: Rewards;
  binding: Binding;
  tasks: Tasks;
  workspaces(): Promise<{ no: number }[]>;
}) {
  const { config, clock, log, events, jobs, health, imports, pulls, audience, wecom, channels, journeys, koc, personalData } = deps;
  const callbacks = createLoop({
    name: 'wecom.callbacks',
    clock,
    log,
    run: async () => (await wecom.processCallbacks()).nextDueAt?.getTime(),
  });
  const wechatCallbacks = createLoop({
    name: 'wechat.callbacks',
    clock,
    log,
    run: async () => (await deps.wechat.processCallbacks()).nextDueAt?.getTime(),
  });
  // Callbacks can be lost: the platform's own lists are looked at once a day, and when an account is first seen.
  const reconciled = new Map<string, number>();
  const watching = createLoop({ name: 'data.health', clock, log, run: () => health.due() });
  const lists = createLoop({
    name: 'wecom.lists',
    clock,
    log,
    run: async () => {
      for (const { id } of await channels.accounts.ofKind('wecom')) {
        if (clock.ms() - (reconciled.get(id) ?? 0) < 86_400_000) continue;
        reconciled.set(id, clock.ms());
        await wecom.reconcile(id).catch((error: unknown) => log.warn({ err: error, account: id }, 'the lists of WeCom could not be read'));
      }
      return undefined;
    },
  });
  // Groups fill, codes die, and what a platform would not make a minute ago it may make now.
  const doors = createLoop({
    name: 'touchpoints.tend',
    clock,
    log,
    run: async () => {
      await deps.touchpoints.tend(await deps.workspaces());
      return clock.ms() + 60_000;
    },
  });
  // Pictures that nobody asked for in weeks.
  let swept = clock.ms();
  const pictures = createLoop({
    name: 'posters.sweep',
    clock,
    log,
    run: async () => {
      if (clock.ms() - swept < 86_400_000) return undefined;
      swept = clock.ms();
      for (const { no } of await deps.workspaces()) await deps.posters.sweep(no);
      return undefined;
    },
  });
  // Bindings run out by time alone, and hand-overs at the platform take a day.
  const bonds = createLoop({
    name: 'binding.due',
    clock,
    log,
    run: async () => {
      await deps.binding.tick();
      await deps.tasks.recover();
      return clock.ms() + 60_000;
    },
  });
  const coupons = createLoop({ name: 'rewards.due', clock, log, run: async () => (await deps.rewards.tick()).nextDueAt });
  deps.rewards.onWork(() => coupons.wake());
  const experimenting = createLoop({ name: 'experiments.look', clock, log, run: async () => void (await deps.experiments.tick()) });
  const pulling = createLoop({ name: 'imports.pulls', clock, log, run: () => pulls.tick() });
  const boundaries = createLoop({ name: 'audience.due', clock, log, run: async () => void (await audience.sweepDue()) });
  // Tasks with a window come undone as days pass.
  let ranked = clock.ms();
  const ranks = createLoop({
    name: 'koc.ranks',
    clock,
    log,
    run: async () => {
      if (clock.ms() - ranked < 86_400_000) return undefined;
      ranked = clock.ms();
      await koc.daily();
      return undefined;
    },
  });
  // A fit comes due by days; who starts the server every morning gets it then.
  let looked = Number.NEGATIVE_INFINITY;
  const fits = createLoop({
    name: 'models.fits',
    clock,
    log,
    run: async () => {
      if (clock.ms() - looked < 3_600_000) return undefined;
      // What half of a file tells is not worth learning, and both at once would need the memory of both.
      if (await imports.underWay()) return undefined;
      looked = clock.ms();
      for (const model of deps.models) await model.refit();
      return undefined;
    },
  });
  return {
    start: async () => {
      events.start(config.YUTANG_ROLE === 'worker' ? { poll: 300 } : {});
      await jobs.run();
      channels.start();
      journeys.start();
      callbacks.start();
      wechatCallbacks.start();
      boundaries.start();
      ranks.start();
      fits.start();
      lists.start();
      watching.start();
      doors.start();
      pictures.start();
      await deps.binding.recover();
      bonds.start();
      experimenting.start();
      coupons.start();
      await imports.recover();
      await pulls.recover();
      pulling.start();
      await personalData.plain.recover();
      await personalData.erasures.recover();
    },
    stop: async () => {
      imports.stop();
      await Promise.all([
        pulling.stop(),
        pictures.stop(),
        callbacks.stop(),
        wechatCallbacks.stop(),
        lists.stop(),
        watching.stop(),
        doors.stop(),
        bonds.stop(),
        experimenting.stop(),
        coupons.stop(),
        boundaries.stop(),
        ranks.stop(),
        fits.stop(),
        journeys.stop(),
        channels.stop(),
      ]);
      await jobs.stop();
    },
  };
}
