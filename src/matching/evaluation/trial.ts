import { type Ch, sqlNumbers } from '../../base/index.ts';
import { bestOf, noRules } from '../products/best.ts';
import { copyActs, makeBuild } from '../products/build.ts';
import { type BuildPlan, key } from '../products/build-sql.ts';
import { type Learned, learnWeights } from '../products/fit.ts';
import { readHistories } from '../products/histories.ts';
import { readModel } from '../products/model.ts';
import { againSql, knnSql, popularSql } from './baselines-sql.ts';
import { bootstrap, type Measured, measure, ndcgEach } from './measures.ts';

export interface TrialResult {
  at: number;
  days: number;
  /** Known people who bought something in the window, and what they bought, in the mean. */
  people: number;
  bought: number;
  items: number;
  learned: Learned;
  /** By way, the model as `yutang`. */
  ways: Record<string, Measured>;
  /** The model's NDCG@10 less each other way's, person by person. */
  ahead: Record<string, { by: number; low: number; high: number }>;
}

interface Lists {
  person_no: number;
  items: string[];
  fresh: string[];
}

export interface TrialPlan extends Pick<BuildPlan, 'workspaceNo' | 'acts' | 'catalogue'> {
  /** SQL of where people stood at an instant (ms). */
  levelsAt(at: number): Promise<string>;
  /** Everything before is known, what was bought within `days` after it is to be foretold. */
  at: number;
  days: number;
  /** Numbers of two builds that may be made and overwritten. */
  builds: readonly [number, number];
}

/** Learns from the past of `at` alone (its last window is what the weights are fitted to), then foretells the window after it and is compared. */
export async function trial(
  ch: Ch,
  plan: TrialPlan,
  step: (done: number, total: number) => Promise<void> = async () => {},
): Promise<TrialResult> {
  const window = plan.days * 86_400_000;
  const planAt = async (build: number, asOf: number): Promise<BuildPlan> => ({ ...plan, build, asOf, levels: await plan.levelsAt(asOf) });
  const before = await planAt(plan.builds[0], plan.at - window);
  await makeBuild(ch, await copyActs(ch, before), step);
  const learned = await learnWeights(ch, before, plan.at);
  const now = await planAt(plan.builds[1], plan.at);
  const { items } = await makeBuild(ch, await copyActs(ch, now), step);
  const known = `SELECT person_no FROM match_readers WHERE workspace_no = ${plan.workspaceNo} AND build = ${now.build} AND buys > 0`;
  const rows = await ch.query<{ person_no: number; items: string[] }>(
    `SELECT person_no, groupUniqArray(item) AS items FROM ${plan.acts} WHERE bought = 1 AND at >= ${plan.at} AND at < ${plan.at + window} AND person_no IN (${known})
     GROUP BY person_no ORDER BY person_no`,
  );
  const people = rows.map((r) => r.person_no);
  const truth = rows.map((r) => new Set(r.items));
  const limit = 20;
  const base = { acts: plan.acts, asOf: plan.at, limit };
  const who = people.join(', ') || '0';
  const asked = async (sql: string): Promise<(person: number) => Partial<Lists>> => {
    const found = new Map((await ch.query<Lists>(sql)).map((r) => [r.person_no, r]));
    return (person) => found.get(person) ?? {};
  };
  const same = async (days?: number): Promise<string[]> => (await ch.query<{ item: string }>(popularSql(base, days))).map((r) => r.item);
  const [ever, lately] = [await same(), await same(30)];
  const filled = (lists: string[][]): string[][] => lists.map((list) => [...new Set([...list, ...lately])].slice(0, limit));
  const mine = await foretold(ch, now, learned.weights, people, limit);
  const [knn, again] = [await asked(knnSql(base, who)), await asked(againSql(base, who))];
  const lists: Record<string, string[][]> = {
    yutang: people.map((p) => mine.get(p) ?? []),
    'popular (ever)': people.map(() => ever),
    'popular (30 days)': people.map(() => lately),
    'item-kNN (new goods only)': people.map((p) => knn(p).fresh ?? []),
    'item-kNN (own goods too)': people.map((p) => knn(p).items ?? []),
    'buy again': people.map((p) => again(p).items ?? []),
  };
  lists['buy again, then popular'] = filled(lists['buy again']!);
  const own = ndcgEach(lists.yutang!, truth);
  return {
    ...{ at: plan.at, days: plan.days, people: people.length, items, learned },
    bought: truth.reduce((n, t) => n + t.size, 0) / Math.max(1, truth.length),
    ways: Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, measure(list, truth, items)])),
    ahead: Object.fromEntries(
      Object.entries(lists)
        .filter(([name]) => name !== 'yutang')
        .map(([name, list]) => {
          const other = ndcgEach(list, truth);
          const gaps = own.map((v, i) => v - other[i]!);
          const [low, high] = bootstrap(gaps);
          return [name, { by: gaps.reduce((a, b) => a + b, 0) / Math.max(1, gaps.length), low, high }];
        }),
    ),
  };
}

/** What the model would show each of these people, by its names. */
async function foretold(
  ch: Ch,
  plan: BuildPlan,
  weights: readonly number[],
  people: readonly number[],
  limit: number,
): Promise<Map<number, string[]>> {
  const model = await readModel(ch, plan);
  const best = bestOf(model, weights, noRules, limit);
  const names = new Map(
    (await ch.query<{ code: number; item: string }>(`SELECT code, item FROM match_items WHERE ${key(plan)}`)).map((r) => [r.code, r.item]),
  );
  const histories = await readHistories(ch, plan, model, `person_no IN ${sqlNumbers(people)}`);
  return new Map(histories.map((person) => [person.personNo, best(person).map(({ code }) => names.get(code)!)]));
}
