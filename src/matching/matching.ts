import { notFound } from '../base/index.ts';
import { proportion } from '../experiments/index.ts';
import { type Beliefs, beliefsOf } from './content/beliefs.ts';
import { followMerges, followSplit, tellChoices } from './content/choices.ts';
import { type Effect, effectsOf } from './content/effects.ts';
import { asLogged, matchRecords, outcomesOf } from './content/logged.ts';
import { offPolicy } from './content/off-policy.ts';
import { type PickAsk, type Picked, pick } from './content/pick.ts';
import { messagesSql } from './content/reach.ts';
import { bestChannel, bestHour, type Hours, hoursOfAll, hoursOfPeople } from './content/when.ts';
import type { MatchingDeps } from './ports.ts';
import { features } from './products/features.ts';
import { findProducts, goesWith } from './products/goes-with.ts';
import { type Kept, nextProducts, readKept } from './products/recommend.ts';
import { recompute } from './products/recompute.ts';
import { type BuildResult, createGoods, makingJob, readBuild } from './products/store.ts';
import type { MatchingSettings } from './schema.ts';
import { createSettings, type SettingsChange } from './settings.ts';

export const RECOMPUTE_MATCHING = 'matching.recompute';
const day = 86_400_000;
/** What messages came to is asked again after so long; hours of people after a day. */
const effectsMs = 10 * 60_000;
/** A run is due once a day; one that failed is tried again after so long. */
const dueMs = 20 * 3_600_000;
const againMs = 6 * 3_600_000;

interface Known {
  at: number;
  effects: Effect[];
  beliefs: Beliefs;
}

export function createMatching(deps: MatchingDeps) {
  const { pg, ch, clock, jobs, log } = deps;
  const settings = createSettings(deps);
  const goods = createGoods(ch, deps.products);
  const known = new Map<number, Promise<Known>>();
  const hours = new Map<number, Promise<{ at: number; hours: Hours }>>();

  /** Remembers an answer for a while; asked by many at once it is worked out once. What is a little too old is said once more while it is worked out anew. */
  const kept = async <T extends { at: number }>(
    map: Map<number, Promise<T>>,
    ws: number,
    forMs: number,
    make: () => Promise<T>,
  ): Promise<T> => {
    const held = await map.get(ws)?.catch(() => undefined);
    if (held && clock.ms() - held.at < forMs && clock.ms() >= held.at) return held;
    const fresh = make();
    if (!held || clock.ms() - held.at > 6 * forMs || clock.ms() < held.at) {
      map.set(ws, fresh);
      return fresh;
    }
    map.set(ws, Promise.resolve({ ...held, at: clock.ms() }));
    fresh.then(
      () => map.set(ws, fresh),
      (err: unknown) => log.warn({ err, workspaceNo: ws }, 'what is remembered was not worked out anew'),
    );
    return held;
  };
  const knownOf = (ws: number): Promise<Known> =>
    kept(known, ws, effectsMs, async () => {
      const { content } = await settings.get(ws);
      const at = clock.ms();
      const [effects, outcomes] = await Promise.all([
        effectsOf(deps, ws, at, content),
        outcomesOf(deps, ws, at, 2 * content.halfLifeDays, content.clickDays),
      ]);
      return { at, effects, beliefs: beliefsOf(effects, matchRecords(outcomes)) };
    });
  const hoursOf = async (ws: number): Promise<Hours> =>
    (await kept(hours, ws, day, async () => ({ at: clock.ms(), hours: await hoursOfAll(deps, ws) }))).hours;
  const numberOf = async (ws: number, id: string): Promise<number> => {
    const no = await deps.personNo(ws, id);
    if (no === undefined) throw notFound('Person');
    return no;
  };
  const choose = async (ws: number, ask: PickAsk, keep: boolean): Promise<Map<number, Picked>> =>
    pick(deps, ws, ask, { settings: (await settings.get(ws)).content, beliefs: (await knownOf(ws)).beliefs, keep });

  const about = async (ws: number, personNo: number) => {
    const [kept, levels] = await Promise.all([readKept(pg, ws, personNo), deps.levelOf(ws, [personNo])]);
    return { personNo, kept, level: levels.get(personNo) ?? '' };
  };
  type About = Awaited<ReturnType<typeof about>>;
  const next = (ws: number, person: About, limit: number) =>
    nextProducts(deps, goods, ws, person, { rules: async () => (await settings.get(ws)).products, limit });

  /** When and over which channel somebody is reached best, and from whom that is known: as of the last run, or now of whom it kept nothing. */
  const reach = async (ws: number, { personNo, kept, level }: About) => {
    const asKept = kept?.codes != null && kept.all !== null;
    const [own, messages, all, { effects }] = await Promise.all([
      asKept ? (kept.hours ?? undefined) : hoursOfPeople(deps, ws, [personNo]).then((hours) => hours.get(personNo)),
      asKept ? (kept.messages ?? []) : ch.query<NonNullable<Kept['messages']>[number]>(messagesSql(deps, ws, [personNo])),
      kept?.all ?? hoursOf(ws),
      knownOf(ws),
    ]);
    return { level, hour: bestHour(own, level, all), channel: bestChannel(messages, level, effects) };
  };

  /** Of a workspace one run after the other. */
  const running = new Map<number, Promise<unknown>>();
  jobs.define<{ again: boolean }>(RECOMPUTE_MATCHING, async ({ id, workspaceNo, payload, progress }) => {
    const run = async () =>
      recompute(deps, goods, workspaceNo, await settings.get(workspaceNo), {
        ...{ job: id, again: payload.again },
        step: async (done, total) => progress({ done: Math.round(done * 20), total: total * 20 }),
      });
    const mine = (running.get(workspaceNo) ?? Promise.resolve()).then(run, run);
    running.set(workspaceNo, mine);
    const { people, items, learned, trial } = await mine;
    return { people, items, learned: learned.learned, ndcg: trial?.ways.yutang?.ndcg ?? null };
  });
  const tried = new Map<number, number>();

  return {
    settings: {
      get: settings.get,
      set: async (ws: number, change: SettingsChange): Promise<MatchingSettings> => {
        const now = await settings.set(ws, change);
        known.delete(ws);
        return now;
      },
    },
    pick: (ws: number, ask: PickAsk) => choose(ws, ask, true),
    /** What would be chosen, without keeping or telling it. */
    dryRun: async (ws: number, ask: { people: readonly string[]; among?: readonly string[] | undefined; channel: string; key: string }) => {
      const numbers = await Promise.all(ask.people.map((id) => numberOf(ws, id)));
      const picked = await choose(ws, { ...ask, people: numbers, at: clock.now() }, false);
      return { items: numbers.map((no) => ({ personId: deps.personId(no), ...picked.get(no)! })) };
    },
    recommendations: async (ws: number, id: string, kind: 'product' | 'content', limit: number) => {
      const no = await numberOf(ws, id);
      const person = await about(ws, no);
      if (kind === 'product') {
        const [where, found] = await Promise.all([reach(ws, person), next(ws, person, limit)]);
        return { kind, ...where, ...found };
      }
      const where = await reach(ws, person);
      // Nobody is pushed here, so nobody is kept out.
      const channel = where.channel.channel ?? 'wecom';
      const picked = (await choose(ws, { people: [no], channel, at: clock.now(), key: 'recommendation', holdout: 0 }, false)).get(no)!;
      const [content] = 'none' in picked ? [] : await deps.contents(ws, [picked.contentId], channel, clock.now());
      return {
        kind,
        ...where,
        items: 'none' in picked ? [] : [{ name: content?.name ?? picked.contentId, ...picked }],
        none: 'none' in picked ? picked.none : null,
      };
    },
    /** What is next for a person by number: read by key. */
    nextProducts: async (ws: number, personNo: number, limit: number) => next(ws, await about(ws, personNo), limit),
    products: (ws: number, query: string, limit: number) => findProducts(deps, goods, ws, query, limit),
    goesWith: (ws: number, id: string, when: 'together' | 'next', limit: number) => goesWith(deps, goods, ws, id, when, limit),
    /** What was learned, when, of what, and how well it foretells. */
    model: async (ws: number) => {
      const [build, { effects, at }, ladder, all] = await Promise.all([
        readBuild(pg, ws),
        knownOf(ws),
        deps.ladder(ws),
        deps.contents(ws, undefined, '', clock.now()),
      ]);
      const names = new Map(all.map((c) => [c.id, c.name]));
      const { hours: _, ...result } = build?.result ?? {};
      return {
        products: build
          ? {
              ...{ asOf: build.asOf.toISOString(), madeAt: build.madeAt.toISOString(), ...(result as Omit<BuildResult, 'hours'>) },
              weights: features.map(({ key, speaks }, i) => ({ key, speaks, weight: build.result.learned.weights[i] ?? 0 })),
            }
          : null,
        content: {
          asOf: new Date(at).toISOString(),
          levels: ladder,
          cells: effects.map(({ content, channel, level, messages, clicked }) => ({
            ...{ content, name: names.get(content) ?? content, channel, level },
            clicked: proportion(clicked, messages),
          })),
        },
      };
    },
    /** What another way of choosing would have brought; refused where too little is known. */
    offPolicy: async (ws: number, policy: string, days: number) => {
      const { clickDays } = (await settings.get(ws)).content;
      return { policy, days, clickDays, ...offPolicy(asLogged(await outcomesOf(deps, ws, clock.ms(), days, clickDays), policy)) };
    },
    recompute: (ws: number, again = true): Promise<{ id: string }> => jobs.start(ws, RECOMPUTE_MATCHING, { again }, { key: 'matching' }),
    /** Begins the runs whose time has come, and tells what a stopped process had chosen and not told. */
    refit: async (): Promise<number> => {
      let begun = 0;
      for (const { no } of await deps.workspaces()) {
        await tellChoices(pg, deps.write, no);
        const last = await readBuild(pg, no);
        const now = clock.ms();
        if ((last && last.asOf.getTime() + dueMs > now) || (tried.get(no) ?? 0) + againMs > now) continue;
        tried.set(no, now);
        if (!last && !(await hasOrders(no))) continue;
        // One that was cut off goes on by itself.
        const begunBy = await makingJob(pg, no);
        if (begunBy && ['queued', 'running'].includes((await jobs.get(no, begunBy)).state)) continue;
        await jobs.start(no, RECOMPUTE_MATCHING, { again: false }, { key: 'matching' });
        begun += 1;
      }
      return begun;
    },
    onMerge: (ws: number, moves: readonly { from: number; to: number }[]) => followMerges(pg, ws, moves),
    onSplit: (ws: number, split: { from: number; to: number; former: readonly number[] }) => followSplit(pg, ws, split),
  };

  async function hasOrders(ws: number): Promise<boolean> {
    const rows = await ch.query(`SELECT 1 AS one FROM ${deps.source(ws)} WHERE event = 'Order Completed' LIMIT 1`);
    return rows.length > 0;
  }
}
export type Matching = ReturnType<typeof createMatching>;
