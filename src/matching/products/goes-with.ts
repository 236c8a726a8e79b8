import { notFound } from '../../base/index.ts';
import { type Proportion, proportion } from '../../experiments/index.ts';
import type { MatchingDeps } from '../ports.ts';
import { key } from './build-sql.ts';
import { type Good, type Goods, readBuild } from './store.ts';

export interface GoesWith {
  product: { id: string; name: string; category: string };
  /** Of the people who bought the one, those who bought this as well (together), or for the first time later (next). */
  share: Proportion;
  /** How many times as many as chance would have, drawn towards 1 where few people say so. */
  lift: number;
  /** Half of them bought it within so many days; null for what is bought together. */
  days: number | null;
}
export interface Again {
  people: number;
  /** Of who bought it, those who bought it again. */
  repeated: Proportion;
  /** The usual time between two orders of it, in days; null where too few came back. */
  everyDays: number | null;
}
export interface ProductAnswer {
  product: Good;
  again: Again;
  items: GoesWith[];
  asOf: string;
}

type Deps = Pick<MatchingDeps, 'pg' | 'ch'>;
/** Fewer common buyers say nothing. */
const least = 3;
/** So many people, bought as chance would have it, are added to what is there: few say little. */
const shrink = 5;
const enoughToSayWhen = 10;

/** What is bought with a good on the same day, or what is bought next after it and when. */
export async function goesWith(
  deps: Deps,
  goodsOf: Goods,
  workspaceNo: number,
  id: string,
  when: 'together' | 'next',
  limit: number,
): Promise<ProductAnswer> {
  const build = await readBuild(deps.pg, workspaceNo);
  if (!build) throw notFound('Product');
  const goods = await goodsOf(workspaceNo, build.build);
  const code = [...goods].find(([, good]) => good.id === id)?.[0];
  if (code === undefined) throw notFound('Product');
  const ofBuild = key({ workspaceNo, build: build.build });
  const had = `FROM match_history WHERE ${ofBuild} AND buys > 0`;
  const later = 'day >= 1';
  const [[all], rows, [again]] = await Promise.all([
    deps.ch.query<{ n: number }>(`SELECT count() AS n FROM match_readers WHERE ${ofBuild} AND buys > 0`),
    deps.ch.query<{ b: number; n: number; days: number; buyers: number }>(
      `SELECT b, countIf(${when === 'together' ? 'abs(day) < 1' : later}) AS n, quantileIf(0.5)(day, ${later}) AS days, any(i.people) AS buyers
       FROM (SELECT h.code AS b, (h.first_ms - a.first_ms) / 86400000 AS day
         FROM (SELECT person_no, code, first_ms ${had} AND code != ${code} AND person_no IN (SELECT person_no ${had} AND code = ${code})) AS h
         INNER JOIN (SELECT person_no, first_ms ${had} AND code = ${code}) AS a ON a.person_no = h.person_no) AS p
       INNER JOIN (SELECT code, people FROM match_items WHERE ${ofBuild}) AS i ON i.code = p.b
       GROUP BY b HAVING n >= ${least} ORDER BY n DESC LIMIT 500`,
    ),
    deps.ch.query<{ repeaters: number; gap_days: number }>(
      `SELECT repeaters, gap_days FROM match_again WHERE ${ofBuild} AND code = ${code}`,
    ),
  ]);
  const good = goods.get(code)!;
  const items = rows
    .flatMap(({ b, n, days, buyers }): GoesWith[] => {
      const other = goods.get(b);
      if (!other) return [];
      const byChance = (good.people * buyers) / Math.max(1, all!.n);
      return [
        {
          product: { id: other.id, name: other.name, category: other.category },
          share: proportion(n, good.people),
          lift: (n + shrink) / (byChance + shrink),
          days: when === 'next' ? Math.round(days) : null,
        },
      ];
    })
    .sort((a, b) => b.lift * b.share.part - a.lift * a.share.part)
    .slice(0, limit);
  const repeaters = again?.repeaters ?? 0;
  return {
    ...{ product: good, items, asOf: build.asOf.toISOString() },
    again: {
      people: good.people,
      repeated: proportion(repeaters, good.people),
      everyDays: repeaters >= enoughToSayWhen ? Math.round(again!.gap_days) : null,
    },
  };
}

/** Goods by a part of their name or id, the best sold first. */
export async function findProducts(
  deps: Deps,
  goodsOf: Goods,
  workspaceNo: number,
  query: string,
  limit: number,
): Promise<{ items: Good[] }> {
  const build = await readBuild(deps.pg, workspaceNo);
  if (!build) return { items: [] };
  const part = query.trim().toLowerCase();
  const found: Good[] = [];
  for (const good of (await goodsOf(workspaceNo, build.build)).values()) {
    if (part === '' || good.name.toLowerCase().includes(part) || good.id.toLowerCase() === part) found.push(good);
  }
  return { items: found.sort((a, b) => b.people - a.people).slice(0, limit) };
}
