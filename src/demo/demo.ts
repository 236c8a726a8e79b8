import { addFirstFriends, openDoor, reconcile, setCallback, startCrowd } from './connect.ts';
import { shiftDays } from './files.ts';
import { awaitPart, historyParts, startPart } from './history.ts';
import { addLibrary } from './library.ts';
import type { DemoDeps } from './ports.ts';
import { addAudiences, addContents, addCoupon, configureWecom, launchExperiment, launchJourney, nameShop } from './shop.ts';
import { keepStep, markLoaded, openState } from './state.ts';

export interface DemoStatus {
  state: 'waiting' | 'loading' | 'living' | 'failed' | 'stopped';
  step: string | null;
}

export interface Demo {
  /** Loads what is not loaded yet, then lets the crowd live. Call it when the server is up; it resolves when the crowd lives. */
  load(): Promise<void>;
  status(): DemoStatus;
  stop(): Promise<void>;
}

/** The demo shop. Every step is done once and remembered; a process that dies in the middle goes on where it was. */
export function createDemo(deps: DemoDeps): Demo {
  const { pg, clock, log, workspaceNo, say } = deps;
  let status: DemoStatus = { state: 'waiting', step: null };
  let crowd: ReturnType<typeof startCrowd> | undefined;
  let going = true;
  let loading: Promise<void> = Promise.resolve();

  const run = async (): Promise<void> => {
    const { steps, loadedAt } = await openState(pg, workspaceNo, clock.now());
    /** Does a step unless it was done; what it made is kept, and must be found again should it not have come to keeping it. */
    const once = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
      if (steps[name] !== undefined) return steps[name] as T;
      if (name !== status.step) status = { state: 'loading', step: name };
      const made = await work();
      await keepStep(pg, workspaceNo, name, made);
      steps[name] = made ?? true;
      return made;
    };
    await once('shop', () => nameShop(deps));
    const shift = await once('shift', async () => shiftDays(clock.ms()));
    for (const part of historyParts) {
      // An import begun by a process that died before it could note so is begun again: what it brought already counts as duplicate.
      const importId = await once(`${part} import`, () => startPart(deps, part, shift));
      if (steps[`${part} imported`] === undefined && !(await awaitPart(deps, part, importId, () => going))) return;
      await once(`${part} imported`, async () => true);
    }
    const audiences = await once('audiences', () => addAudiences(deps));
    const contents = await once('contents', () => addContents(deps));
    await once('library', () => addLibrary(deps));
    const coupon = await once('coupon', () => addCoupon(deps));
    // What goes with what, and what is next for whom: in the background, some seconds.
    await once('matching', () => deps.matching.recompute(deps.workspaceNo));
    const { platform } = deps;
    let door: Awaited<ReturnType<typeof openDoor>> | undefined;
    if (platform) {
      await once('wecom', () => configureWecom(deps, platform));
      const journey = await once('journey', () => launchJourney(deps, audiences.friends, contents, coupon));
      await once('experiment', () => launchExperiment(deps, journey));
      await setCallback(deps, platform);
      const post = await openDoor(deps);
      if (!going) return;
      await once('friends', () => addFirstFriends(deps, platform, post));
      await reconcile(deps).catch((error: unknown) => log.warn({ err: error }, 'the platform was not reconciled'));
      door = post;
    }
    if (loadedAt === null) {
      await markLoaded(pg, workspaceNo, clock.now());
      say('示例数据 Demo · 完成 done: 礼物小铺 Gift Pond');
    }
    if (!going) return;
    if (platform && door) crowd = startCrowd(deps, platform, door);
    status = { state: 'living', step: null };
  };

  return {
    load: () => {
      loading = run().catch((error: unknown) => {
        if (!going) return;
        status = { ...status, state: 'failed' };
        log.error({ err: error, step: status.step }, 'the demo shop could not be set up; it is tried again at the next start');
        say(`示例数据 Demo · 未完成 not finished: ${(error as Error).message}`);
      });
      return loading;
    },
    status: () => status,
    stop: async () => {
      going = false;
      await crowd?.stop();
      await loading;
      status = { state: 'stopped', step: null };
    },
  };
}
