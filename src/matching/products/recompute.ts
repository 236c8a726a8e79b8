import { boundary } from '../../base/index.ts';
import { hoursOfBuild, reachOf, reachSql } from '../content/reach.ts';
import { trial } from '../evaluation/trial.ts';
import type { MatchingDeps } from '../ports.ts';
import type { MatchingSettings } from '../schema.ts';
import { actsOf } from './acts-sql.ts';
import { bestOf } from './best.ts';
import { capped, copyActs, dropPart, fromCopy, makeBuild, partsOf, type Step } from './build.ts';
import { type BuildPlan, key } from './build-sql.ts';
import { learnWeights } from './fit.ts';
import { readHistories } from './histories.ts';
import { type Kept, writeLists } from './lists.ts';
import { readModel } from './model.ts';
import {
  type BuildResult,
  buildReady,
  forgetBefore,
  type Goods,
  type Making,
  type Progress,
  progressed,
  readBuild,
  takeUp,
} from './store.ts';

const day = 86_400_000;
/** Shown of each person; so many people are read, and noted as done, in one go. */
export const shown = 12;
const listedAtOnce = 5_000;
/** After so many milliseconds of arithmetic others get their turn: whoever asks meanwhile must not wait for it. */
const turnMs = 2;
/** Weights and figures of quality stand for a week; what people have and what goes together is new with every run. */
const learnEvery = 7 * day;
/** It is learned, and tried, from the histories of so many people at most, always the same. */
const mostLearned = 20_000;
/** People whose later orders are looked at in the trial must be this many, or it says nothing. */
const leastInTrial = 30;

type Deps = Pick<MatchingDeps, 'pg' | 'ch' | 'clock' | 'source' | 'products' | 'levelsSql' | 'zone'>;

export interface Run {
  /** A run that was stopped goes on under the same name. */
  job: string;
  /** Learns anew also where the weights are fresh. */
  again: boolean;
  step: Step;
}

/** The days that are foretold: four weeks, or less of a short history. */
export const windowOf = (first: number, last: number): number => Math.max(7, Math.min(28, Math.floor((last - first) / day / 5)));

/** Makes a build of now and everyone's next goods from it, in steps of which each is done once; until the last of them what was found before is served. */
export async function recompute(
  deps: Deps,
  goods: Goods,
  workspaceNo: number,
  settings: MatchingSettings,
  { job, again, step }: Run,
): Promise<BuildResult> {
  const { pg, ch, clock } = deps;
  const last = await readBuild(pg, workspaceNo);
  if (last?.job === job) {
    // Stopped after the last step.
    await forgetBefore(pg, ch, workspaceNo, last.build);
    return last.result;
  }
  const making = await takeUp(pg, ch, workspaceNo, job, new Date(clock.ms() + 1));
  const { build, progress } = making;
  const asOf = making.asOf.getTime();
  const done = async (change: Partial<Progress>) => {
    await progressed(pg, workspaceNo, making, change);
    boundary('matching.progressed');
  };
  const catalogue = `(SELECT product_id, category, toFloat64(ifNull(price_fen, 0)) AS price_fen, toNullable(toInt64(stock)) AS stock FROM ${deps.products(workspaceNo)})`;
  // The events are read once; all that follows reads the copy.
  const events: BuildPlan = {
    ...{ workspaceNo, build, asOf, catalogue, levels: await deps.levelsSql(workspaceNo, asOf) },
    acts: actsOf((columns) => deps.source(workspaceNo, columns)),
  };
  if (!progress.copied) {
    await copyActs(ch, events);
    await done({ copied: true });
  }
  const plan = fromCopy(events);
  if (!progress.quality) {
    const fresh = last && !again && last.result.learned.learned && asOf - last.asOf.getTime() < learnEvery;
    const { learned, trial, thin } = fresh
      ? last.result
      : await learn(
          ch,
          plan,
          (at) => deps.levelsSql(workspaceNo, at),
          async (at, total) => step(at / total, 5),
        );
    await done({ quality: { learned, trial, ...(thin ? { thin } : {}) } });
  }
  if (!progress.built) {
    const size = await makeBuild(ch, plan, async (at, total) => step(3 + at / total, 5));
    await ch.command(capped(await reachSql(deps, plan)));
    await done({ built: { ...size, hours: await hoursOfBuild(ch, plan) } });
    await dropPart(ch, 'match_acts', workspaceNo, build);
  }
  await listAll(deps, plan, making, settings.products, async (at, total) => step(4 + at / total, 5));
  // Whoever asks first must not wait for the names of all goods.
  await goods(workspaceNo, build);
  const result: BuildResult = { ...progress.built!, ...progress.quality! };
  await buildReady(pg, workspaceNo, build, clock.now(), result);
  await forgetBefore(pg, ch, workspaceNo, build);
  return result;
}

/** How well the last window is foretold from before it, and the weights for what comes: learned from that window with what was known before it. */
async function learn(
  ch: MatchingDeps['ch'],
  all: BuildPlan,
  levelsAt: (at: number) => Promise<string>,
  step: Step,
): Promise<Pick<BuildResult, 'learned' | 'trial' | 'thin'>> {
  const [span] = await ch.query<{ people: number; first: number; last: number }>(
    `SELECT uniq(person_no) AS people, toFloat64(min(at)) AS first, toFloat64(max(at)) AS last FROM ${all.acts} WHERE bought = 1 AND at < ${all.asOf}`,
  );
  const one = Math.ceil(span!.people / mostLearned);
  const plan = one > 1 ? { ...all, acts: `(SELECT * FROM ${all.acts} WHERE cityHash64(person_no) % ${one} = 0)` } : all;
  const builds = [all.build - 2, all.build - 1] as const;
  const days = windowOf(span!.first, span!.last);
  const until = span!.last + 1;
  const at = until - days * day;
  const tried = await trial(ch, { ...plan, levelsAt, at, days, builds }, step);
  const learned = await learnWeights(ch, { ...plan, build: builds[1], asOf: at }, until);
  return tried.people < leastInTrial ? { learned, trial: null, thin: `people:${tried.people}` } : { learned, trial: tried };
}

/** Writes what is next for everyone, from where it was left. */
async function listAll(
  { pg, ch, clock }: Deps,
  plan: BuildPlan,
  making: Making,
  rules: MatchingSettings['products'],
  step: Step,
): Promise<void> {
  const { workspaceNo, build } = plan;
  const { quality, listed } = making.progress;
  const without = await ch.query<{ code: number }>(
    `SELECT code FROM match_items WHERE ${key(plan)} AND (item IN ({items: Array(String)}) OR category IN ({categories: Array(String)}))`,
    { items: rules.without, categories: rules.withoutCategories },
  );
  const model = await readModel(ch, plan);
  const best = bestOf(model, quality!.learned.weights, rules, shown, new Set(without.map((r) => r.code)));
  const parts = await partsOf(ch, plan, ['match_readers', 'match_reach'], listedAtOnce, listed ?? 0);
  for (const [i, { who, next }] of parts.entries()) {
    const reached = await reachOf(ch, plan, who);
    const kept = new Map<number, Kept>();
    let turn = performance.now();
    for (const person of await readHistories(ch, plan, model, who)) {
      kept.set(person.personNo, { personNo: person.personNo, listed: best(person), hours: undefined, messages: [] });
      if (performance.now() - turn < turnMs) continue;
      await new Promise((go) => setImmediate(go));
      turn = performance.now();
    }
    for (const [personNo, where] of reached) kept.set(personNo, { personNo, listed: kept.get(personNo)?.listed ?? [], ...where });
    await writeLists(pg, { workspaceNo, build, at: clock.now() }, [...kept.values()]);
    await progressed(pg, workspaceNo, making, { listed: next });
    boundary('matching.listed');
    await step(i + 1, parts.length);
  }
}
