import type { Ch, Pg } from '../../base/index.ts';
import type { TrialResult } from '../evaluation/trial.ts';
import { key } from './build-sql.ts';
import type { Learned } from './fit.ts';

export interface BuildResult {
  people: number;
  items: number;
  learned: Learned;
  /** How well goods of the last window were foretold from before it; null where there was too little. */
  trial: TrialResult | null;
  /** Why there is no trial. */
  thin?: string;
}
export interface Build {
  build: number;
  asOf: Date;
  madeAt: Date;
  result: BuildResult;
}

/** The build that is served. */
export async function readBuild(pg: Pg, workspaceNo: number): Promise<Build | undefined> {
  const [row] = await pg.query<Build>(
    `SELECT build, as_of AS "asOf", made_at AS "madeAt", result FROM match_builds WHERE workspace_no = $1 AND state = 'ready' ORDER BY build DESC LIMIT 1`,
    [workspaceNo],
  );
  return row;
}

/** Takes the numbers of new builds, `count` in a row; the first. */
export async function takeBuilds(pg: Pg, workspaceNo: number, asOf: Date, count: number): Promise<number> {
  const [row] = await pg.query<{ first: number }>(
    `INSERT INTO match_builds (workspace_no, build, state, as_of)
     SELECT $1, coalesce(max(build), 0) + $3, 'making', $2 FROM match_builds WHERE workspace_no = $1 RETURNING build - $3 + 1 AS first`,
    [workspaceNo, asOf, count],
  );
  return row!.first;
}

export async function buildReady(pg: Pg, workspaceNo: number, build: number, madeAt: Date, result: BuildResult): Promise<void> {
  await pg.query("UPDATE match_builds SET state = 'ready', made_at = $3, result = $4 WHERE workspace_no = $1 AND build = $2", [
    ...[workspaceNo, build, madeAt],
    result,
  ]);
  await pg.query('DELETE FROM match_builds WHERE workspace_no = $1 AND build < $2', [workspaceNo, build]);
}

export interface Good {
  id: string;
  name: string;
  category: string;
  priceFen: number;
  people: number;
}

/** Goods of a build by their numbers, kept while the build is served. */
export function createGoods(ch: Ch, products: (workspaceNo: number) => string) {
  const kept = new Map<number, { build: number; goods: Promise<Map<number, Good>> }>();
  const load = async (workspaceNo: number, build: number): Promise<Map<number, Good>> => {
    const rows = await ch.query<Good & { code: number }>(
      `SELECT i.code AS code, i.item AS id, if(p.name = '', i.item, p.name) AS name, i.category AS category, i.price_fen AS priceFen, i.people AS people
       FROM (SELECT * FROM match_items WHERE ${key({ workspaceNo, build })}) AS i LEFT JOIN ${products(workspaceNo)} AS p ON p.product_id = i.item`,
    );
    return new Map(rows.map(({ code, ...good }) => [code, good]));
  };
  return (workspaceNo: number, build: number): Promise<Map<number, Good>> => {
    const held = kept.get(workspaceNo);
    if (held?.build === build) return held.goods;
    const goods = load(workspaceNo, build);
    kept.set(workspaceNo, { build, goods });
    goods.catch(() => kept.delete(workspaceNo));
    return goods;
  };
}
export type Goods = ReturnType<typeof createGoods>;
