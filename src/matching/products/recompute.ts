import type { Ch } from '../../base/index.ts';
import { trial } from '../evaluation/trial.ts';
import type { MatchingDeps } from '../ports.ts';
import type { MatchingSettings } from '../schema.ts';
import { actsOf } from './acts-sql.ts';
import { capped, copyActs, dropBuild, makeBuild, partsOf, type Step } from './build.ts';
import { type BuildPlan, key } from './build-sql.ts';
import { learnWeights } from './fit.ts';
import { type BuildResult, buildReady, readBuild, takeBuilds } from './store.ts';
import { type ProductRules, topSql } from './top-sql.ts';

const day = 86_400_000;
/** Shown of each person; so many people are scored in one statement. */
export const shown = 12;
const scoredAtOnce = 20_000;
/** Weights and figures of quality stand for a week; what people have and what goes together is new with every run. */
const learnEvery = 7 * day;
/** It is learned, and tried, from the histories of so many people at most, always the same. */
const mostLearned = 20_000;
/** People whose later orders are looked at in the trial must be this many, or it says nothing. */
const leastInTrial = 30;

type Deps = Pick<MatchingDeps, 'pg' | 'ch' | 'clock' | 'source' | 'products' | 'levelsSql'>;

/** The days that are foretold: four weeks, or less of a short history. */
export const windowOf = (first: number, last: number): number => Math.max(7, Math.min(28, Math.floor((last - first) / day / 5)));

/** Makes a build of now and everyone's next goods from it. `again`: learns anew also where the weights are fresh. */
export async function recompute(
  deps: Deps,
  workspaceNo: number,
  settings: MatchingSettings,
  again: boolean,
  step: Step,
): Promise<BuildResult> {
  const { pg, ch, clock } = deps;
  const asOf = clock.ms() + 1;
  const last = await readBuild(pg, workspaceNo);
  const first = await takeBuilds(pg, workspaceNo, new Date(asOf), 3);
  const now = first + 2;
  const catalogue = `(SELECT product_id, category, toFloat64(ifNull(price_fen, 0)) AS price_fen, toNullable(toInt64(stock)) AS stock FROM ${deps.products(workspaceNo)})`;
  // The events are read once; all that follows reads the copy.
  const plan = await copyActs(ch, {
    ...{ workspaceNo, build: now, asOf, catalogue, levels: await deps.levelsSql(workspaceNo, asOf) },
    acts: actsOf((columns) => deps.source(workspaceNo, columns)),
  });
  let done = 0;
  const on: Step = async (at, total) => step(done + at / total, 5);
  const fresh = last && !again && last.result.learned.learned && asOf - last.asOf.getTime() < learnEvery;
  const quality = fresh
    ? { learned: last.result.learned, trial: last.result.trial, ...(last.result.thin ? { thin: last.result.thin } : {}) }
    : await learn(
        ch,
        plan,
        (at) => deps.levelsSql(workspaceNo, at),
        [first, first + 1],
        async (at, total) => step(at / total, 5),
      );
  done = 3;
  const size = await makeBuild(ch, plan, on);
  done = 4;
  const withoutCodes = await ch.query<{ code: number }>(
    `SELECT code FROM match_items WHERE ${key(plan)} AND (item IN ({items: Array(String)}) OR category IN ({categories: Array(String)}))`,
    { items: settings.products.without, categories: settings.products.withoutCategories },
  );
  const rules = settings.products;
  await scoreAll(
    deps,
    plan,
    quality.learned.weights,
    rules,
    withoutCodes.map((r) => r.code),
    on,
  );
  const result: BuildResult = { ...size, ...quality };
  await buildReady(pg, workspaceNo, now, clock.now(), result);
  await pg.query('DELETE FROM match_people WHERE workspace_no = $1 AND build < $2', [workspaceNo, now]);
  for (const build of new Set([first, first + 1, ...(last ? [last.build] : [])])) await dropBuild(ch, workspaceNo, build);
  return result;
}

/** How well the last window is foretold from before it, and the weights for what comes: learned from that window with what was known before it. */
async function learn(
  ch: Ch,
  all: BuildPlan,
  levelsAt: (at: number) => Promise<string>,
  builds: readonly [number, number],
  step: Step,
): Promise<Pick<BuildResult, 'learned' | 'trial' | 'thin'>> {
  const [span] = await ch.query<{ people: number; first: number; last: number }>(
    `SELECT uniq(person_no) AS people, toFloat64(min(at)) AS first, toFloat64(max(at)) AS last FROM ${all.acts} WHERE bought = 1 AND at < ${all.asOf}`,
  );
  const one = Math.ceil(span!.people / mostLearned);
  const plan = one > 1 ? { ...all, acts: `(SELECT * FROM ${all.acts} WHERE cityHash64(person_no) % ${one} = 0)` } : all;
  const days = windowOf(span!.first, span!.last);
  const until = span!.last + 1;
  const at = until - days * day;
  const tried = await trial(ch, { ...plan, levelsAt, at, days, builds }, step);
  const learned = await learnWeights(ch, { ...plan, build: builds[1], asOf: at }, until);
  return tried.people < leastInTrial ? { learned, trial: null, thin: `people:${tried.people}` } : { learned, trial: tried };
}

/** Writes what is next for everyone. Rows go from the one engine to the other as they are. */
async function scoreAll(
  { pg, ch, clock }: Deps,
  plan: BuildPlan,
  weights: readonly number[],
  rules: ProductRules,
  without: readonly number[],
  step: Step,
): Promise<void> {
  const parts = await partsOf(ch, plan, 'match_readers', scoredAtOnce);
  for (const [i, who] of parts.entries()) {
    const rows = await ch.bytes(listsSql(plan, weights, who, rules, without), 'JSONEachRow');
    if (rows.length > 0) await writeLists(pg, plan, rows, clock.now());
    await step(i + 1, parts.length);
  }
}

function listsSql(plan: BuildPlan, weights: readonly number[], who: string, rules: ProductRules, without: readonly number[]): string {
  const listed = ['code', 'toFloat32(score)', 'why', 'because', 'toFloat32(round(since, 1))', 'toFloat32(round(every, 1))'];
  const names = ['codes', 'scores', 'whys', 'because', 'since', 'every'];
  return capped(
    `SELECT person_no AS no, ${listed.map((sql, i) => `groupArray(${sql}) AS ${names[i]}_`).join(', ')} FROM (${topSql(plan, weights, who, rules, shown, without)}) GROUP BY person_no`,
  );
}

async function writeLists(pg: Deps['pg'], plan: BuildPlan, rows: Buffer, at: Date): Promise<void> {
  const list = `[${rows.toString('utf8').trimEnd().replaceAll('\n', ',')}]`;
  await pg.query(
    `INSERT INTO match_people (workspace_no, person_no, build, at, codes, scores, whys, because, since, every)
     SELECT $1, no, $2, $3, codes_, scores_, whys_, because_, since_, every_
     FROM json_to_recordset($4::json) AS r(no bigint, codes_ int[], scores_ real[], whys_ smallint[], because_ int[], since_ real[], every_ real[])
     ON CONFLICT (workspace_no, person_no) DO UPDATE SET build = excluded.build, at = excluded.at, codes = excluded.codes, scores = excluded.scores,
       whys = excluded.whys, because = excluded.because, since = excluded.since, every = excluded.every`,
    [plan.workspaceNo, plan.build, at, list],
  );
}
