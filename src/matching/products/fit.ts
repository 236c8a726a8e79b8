import type { Ch } from '../../base/index.ts';
import type { BuildPlan } from './build-sql.ts';
import { featureRowsSql } from './candidates-sql.ts';
import { features } from './features.ts';
import { fitRanking, type RankSample } from './rank-fit.ts';

/** People from whom the weights are learned, and how many are asked for at once. */
const mostPeople = 1_000;
const atOnce = 250;
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
  const width = features.length;
  const stride = 4 + 4 + 1 + 4 * width;
  const parts: Buffer[] = [];
  for (let i = 0; i < people.length; i += atOnce) {
    const who = `person_no IN (${people.slice(i, i + atOnce).map((p) => p.person_no)})`;
    parts.push(await ch.bytes(`${featureRowsSql(plan, who)} ORDER BY person_no`, 'RowBinary'));
  }
  const n = parts.reduce((sum, part) => sum + part.length / stride, 0);
  const rows = new Float32Array(n * width);
  const labels = new Uint8Array(n);
  const starts: number[] = [];
  const bought: number[] = [];
  const of = new Map(people.map((p) => [p.person_no, { ...p, set: new Set(p.codes) }]));
  let row = 0;
  let last = -1;
  for (const part of parts) {
    for (let at = 0; at < part.length; at += stride) {
      const person = part.readUInt32LE(at);
      if (person !== last) {
        starts.push(row);
        bought.push(of.get(person)!.bought);
        last = person;
      }
      labels[row] = of.get(person)!.set.has(part.readUInt32LE(at + 4)) ? 1 : 0;
      for (let j = 0; j < width; j++) rows[row * width + j] = part.readFloatLE(at + 9 + 4 * j);
      row += 1;
    }
  }
  return { width, rows, labels, starts: Int32Array.from([...starts, row]), bought: Int32Array.from(bought) };
}
