import { aarrr } from '../aarrr.ts';
import type { Asker, InsightDeps } from '../deps.ts';
import { ladder } from '../ladder.ts';
import { iso, type Range } from '../period.ts';
import { poolPeopleSql, seenOnSql } from '../pool-sql.ts';
import type { PoolMetric } from './metrics.ts';
import { reachMetrics, reachPeopleSql, reachSumsSql } from './reach-sql.ts';

export interface Measured {
  value: number | null;
  /** What a share is over; null for what is none. */
  of: number | null;
  question: object;
  cell: object;
}

type Family = PoolMetric['family'];
type Answers = Map<string, Omit<Measured, 'question'>>;
const name = (key: string, carrier: string | null | undefined) => `${key} ${carrier ?? '*'}`;

/** Measures metrics over ranges; each question is asked once, however many metrics it answers. */
export function createMeasure(deps: InsightDeps, asker: Asker) {
  const asked = new Map<string, Promise<Answers>>();
  return async ({ key, family }: PoolMetric, carrier: string | undefined, range: Range): Promise<Measured> => {
    const question = { kind: family, from: iso(range.from), to: iso(range.to) };
    const id = JSON.stringify([question, family === 'pool' ? carrier : null]);
    let answers = asked.get(id);
    if (!answers) {
      answers = ask(deps, asker, family, range, carrier);
      asked.set(id, answers);
    }
    return { value: null, of: null, cell: {}, ...(await answers).get(name(key, carrier)), question };
  };
}

async function ask(deps: InsightDeps, asker: Asker, family: Family, range: Range, carrier: string | undefined): Promise<Answers> {
  const asIso = { from: iso(range.from), to: iso(range.to) };
  const source = () => deps.source(asker.workspaceNo);
  if (family === 'aarrr') {
    const { rows } = await aarrr(deps, asker, asIso);
    return new Map(rows.map((r) => [name(r.metric, r.carrier), { value: r.value, of: r.interval?.of ?? null, cell: r.cell }]));
  }
  if (family === 'ladder') {
    const { net, cells } = await ladder(deps, asker, asIso);
    return new Map([[name('ladder.net', null), { value: net, of: null, cell: cells.up }]]);
  }
  if (family === 'pool') {
    const people = poolPeopleSql(source(), range, asker.timezone);
    const [row] = await deps.ch.query<{ n: number }>(
      `SELECT count() AS n FROM (${people})${carrier === undefined ? '' : ` WHERE ${seenOnSql(carrier)}`}`,
    );
    return new Map([[name('pool.people', carrier), { value: row?.n ?? 0, of: null, cell: carrier === undefined ? {} : { carrier } }]]);
  }
  const [sums] = await deps.ch.query<Record<string, number>>(reachSumsSql(reachPeopleSql(source(), range)));
  return new Map(
    reachMetrics.map(({ key }, i) => {
      const of = sums?.[`of_${i}`] ?? 0;
      return [name(key, null), { value: of > 0 ? sums![`part_${i}`]! / of : null, of, cell: { metric: key } }];
    }),
  );
}
