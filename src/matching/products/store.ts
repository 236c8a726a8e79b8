import type { Ch, Pg } from '../../base/index.ts';
import type { Hours } from '../content/when.ts';
import type { TrialResult } from '../evaluation/trial.ts';
import { dropBuild } from './build.ts';
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
  /** When people are here; of each of them it stands with what is next. A build of before that was kept has none. */
  hours?: Hours;
}
export interface Build {
  /** The run that made it. */
  job: string | null;
  build: number;
  asOf: Date;
  madeAt: Date;
  result: BuildResult;
}

/** The build that is served. */
export async function readBuild(pg: Pg, workspaceNo: number): Promise<Build | undefined> {
  const [row] = await pg.query<Build>(
    `SELECT build, as_of AS "asOf", made_at AS "madeAt", result, progress->>'job' AS job FROM match_builds WHERE workspace_no = $1 AND state = 'ready' ORDER BY build DESC LIMIT 1`,
    [workspaceNo],
  );
  return row;
}

/** How far a run has come: what it need not do again when its process ends on the way. */
export interface Progress {
  /** The run; only it goes on with what it began. */
  job: string;
  copied?: true;
  quality?: Pick<BuildResult, 'learned' | 'trial' | 'thin'>;
  built?: Pick<BuildResult, 'people' | 'items' | 'hours'>;
  /** Everyone below this number has their list. */
  listed?: number;
}
export interface Making {
  build: number;
  asOf: Date;
  progress: Progress;
}
/** Each run has this many numbers: the last is what is served, those before are for what it learns from. */
const numbersOfRun = 3;

/** What this run was making when it was stopped, or the next numbers for it; what other runs left undone goes. */
export async function takeUp(pg: Pg, ch: Ch, workspaceNo: number, job: string, asOf: Date): Promise<Making> {
  const left = await pg.query<Making>(
    `SELECT build, as_of AS "asOf", progress FROM match_builds WHERE workspace_no = $1 AND state = 'making' ORDER BY build DESC`,
    [workspaceNo],
  );
  const mine = left.find(({ progress }) => progress.job === job);
  for (const { build } of left) {
    if (build === mine?.build) continue;
    for (let n = 0; n < numbersOfRun; n++) await dropBuild(ch, workspaceNo, build - n);
    await pg.query('DELETE FROM match_people WHERE workspace_no = $1 AND build = $2', [workspaceNo, build]);
    await pg.query('DELETE FROM match_builds WHERE workspace_no = $1 AND build = $2', [workspaceNo, build]);
  }
  if (mine) return mine;
  const [row] = await pg.query<Making>(
    `INSERT INTO match_builds (workspace_no, build, state, as_of, progress)
     SELECT $1, coalesce(max(build), 0) + $4, 'making', $2, $3 FROM match_builds WHERE workspace_no = $1 RETURNING build, as_of AS "asOf", progress`,
    [workspaceNo, asOf, { job } satisfies Progress, numbersOfRun],
  );
  return row!;
}

/** The run that has begun a build and not made it ready. */
export async function makingJob(pg: Pg, workspaceNo: number): Promise<string | undefined> {
  const [row] = await pg.query<{ job: string }>(
    `SELECT progress->>'job' AS job FROM match_builds WHERE workspace_no = $1 AND state = 'making' AND progress ? 'job' ORDER BY build DESC LIMIT 1`,
    [workspaceNo],
  );
  return row?.job;
}

export async function progressed(pg: Pg, workspaceNo: number, making: Making, change: Partial<Progress>): Promise<void> {
  Object.assign(making.progress, change);
  await pg.query('UPDATE match_builds SET progress = progress || $3 WHERE workspace_no = $1 AND build = $2', [
    ...[workspaceNo, making.build],
    change,
  ]);
}

/** From now on this build is served, and no other. */
export async function buildReady(pg: Pg, workspaceNo: number, build: number, madeAt: Date, result: BuildResult): Promise<void> {
  await pg.query(
    "UPDATE match_builds SET state = 'ready', made_at = $3, result = $4, progress = jsonb_build_object('job', progress->'job') WHERE workspace_no = $1 AND build = $2",
    [...[workspaceNo, build, madeAt], result],
  );
}

export interface Good {
  id: string;
  name: string;
  category: string;
  priceFen: number;
  people: number;
}

/** The builds before, and what was next in them. */
export async function forgetBefore(pg: Pg, ch: Ch, workspaceNo: number, build: number): Promise<void> {
  const before = await pg.query<{ build: number }>('SELECT build FROM match_builds WHERE workspace_no = $1 AND build < $2', [
    workspaceNo,
    build,
  ]);
  for (const old of [...before.map((b) => b.build), ...Array.from({ length: numbersOfRun - 1 }, (_, n) => build - 1 - n)])
    await dropBuild(ch, workspaceNo, old);
  await pg.query('DELETE FROM match_people WHERE workspace_no = $1 AND build < $2', [workspaceNo, build]);
  await pg.query('DELETE FROM match_builds WHERE workspace_no = $1 AND build < $2', [workspaceNo, build]);
}

/** Goods of a build by their numbers, kept while the build is served. */
export function createGoods(ch: Ch, products: (workspaceNo: number) => string) {
  // While a build is made ready the one before is still asked for.
  const kept = new Map<number, { build: number; goods: Promise<Map<number, Good>> }[]>();
  const load = async (workspaceNo: number, build: number): Promise<Map<number, Good>> => {
    const rows = await ch.query<Good & { code: number }>(
      `SELECT i.code AS code, i.item AS id, if(p.name = '', i.item, p.name) AS name, i.category AS category, i.price_fen AS priceFen, i.people AS people
       FROM (SELECT * FROM match_items WHERE ${key({ workspaceNo, build })}) AS i LEFT JOIN ${products(workspaceNo)} AS p ON p.product_id = i.item`,
    );
    return new Map(rows.map(({ code, ...good }) => [code, good]));
  };
  return (workspaceNo: number, build: number): Promise<Map<number, Good>> => {
    const held = kept.get(workspaceNo) ?? [];
    const known = held.find((h) => h.build === build);
    if (known) return known.goods;
    const goods = load(workspaceNo, build);
    kept.set(workspaceNo, [{ build, goods }, ...held].slice(0, 2));
    goods.catch(() => kept.delete(workspaceNo));
    return goods;
  };
}
export type Goods = ReturnType<typeof createGoods>;
