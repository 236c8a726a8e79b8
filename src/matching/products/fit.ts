import { type Ch, sqlNumbers } from '../../base/index.ts';
import type { BuildPlan } from './build-sql.ts';
import { candidatesOf } from './candidates.ts';
import { features } from './features.ts';
import { readHistories } from './histories.ts';
import { readModel } from './model.ts';
import { fitRanking, type RankSample } from './rank-fit.ts';

/** People from whom the weights are learned. */
const mostPeople = 1_000;
/** With fewer, the usual weights stand. */
export const leastPeople = 50;

/** Weights before anything was learned: what one has comes first where it is due, then what goes with it, then what sells. */
export const usualWeights: readonly number[] = features.map(
  ({ key }) =>
    ({
      owned: 0.5,
      times: 0.8,
      fresh: 0.6,
      lasting: 1,
      due: 0.8,
      dueOnce: 0.3,
      comesBack: 0.3,
      isRebought: 0.3,
      together: 1,
      near: 0.3,
      warm: 0.4,
      level: 0.2,
      looked: 1,
      category: 0.5,
      price: -0.2,
    })[key] ?? 0,
);

export interface Learned {
  weights: number[];
  /** People whose orders it was learned from; with too few the usual weights stand. */
  people: number;
  learned: boolean;
  /** NDCG@10 on the very orders it was learned from: not a figure of quality. */
  within: number;
}

/** Learns from what people bought in [asOf, until), knowing only what was before `asOf` (a build of that instant). */
export async function learnWeights(ch: Ch, plan: BuildPlan, until: number): Promise<Learned> {
  const later = `SELECT DISTINCT person_no, item FROM ${plan.acts} WHERE at >= ${plan.asOf} AND at < ${until} AND bought = 1 AND item != ''`;
  const of = (table: string, columns: string) =>
    `(SELECT ${columns} FROM ${table} WHERE workspace_no = ${plan.workspaceNo} AND build = ${plan.build})`;
  const people = await ch.query<{ person_no: number; bought: number; codes: number[] }>(
    `SELECT person_no, count() AS bought, groupArrayIf(code, code > 0) AS codes FROM (${later}) AS t LEFT JOIN ${of('match_items', 'item, code')} AS i USING (item)
     WHERE person_no IN ${of('match_readers', 'person_no')} GROUP BY person_no ORDER BY cityHash64(person_no) LIMIT ${mostPeople}`,
  );
  if (people.length < leastPeople) return { weights: [...usualWeights], people: people.length, learned: false, within: 0 };
  const sample = await sampleOf(ch, plan, people);
  const { weights, ndcg } = await fitRanking(sample, () => new Promise((go) => setImmediate(go)));
  return { weights, people: people.length, learned: true, within: ndcg };
}

async function sampleOf(ch: Ch, plan: BuildPlan, people: { person_no: number; bought: number; codes: number[] }[]): Promise<RankSample> {
  const model = await readModel(ch, plan);
  const candidates = candidatesOf(model);
  const of = new Map(people.map((p) => [p.person_no, { ...p, set: new Set(p.codes) }]));
  const rows: number[] = [];
  const labels: number[] = [];
  const starts = [0];
  const bought: number[] = [];
  for (const person of await readHistories(ch, plan, model, `person_no IN ${sqlNumbers(of.keys())}`)) {
    const { set, bought: all } = of.get(person.personNo)!;
    const n = candidates.of(person);
    for (let place = 0; place < n; place++) {
      const c = candidates.at(place);
      labels.push(set.has(c.code) ? 1 : 0);
      for (const feature of features) rows.push(feature.of(c));
    }
    starts.push(labels.length);
    bought.push(all);
  }
  return {
    ...{ width: features.length, rows: Float32Array.from(rows), labels: Uint8Array.from(labels) },
    ...{ starts: Int32Array.from(starts), bought: Int32Array.from(bought) },
  };
}
