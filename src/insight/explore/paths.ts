import { sqlString } from '../../base/index.ts';
import type { Asker, InsightDeps } from '../deps.ts';
import { type Meta, metaOf } from '../meta.ts';
import { resolveRange } from '../period.ts';
import { sourceOf } from './common.ts';
import { pathsSql } from './paths-sql.ts';
import { cells, type PathsQuestion } from './schema.ts';

export interface PathNode {
  step: number;
  name: string;
  people: number;
  /** How many paths go through it. */
  paths: number;
  /** How many people had a path that ends here. */
  ended: number;
  cell: object;
  endedCell: object;
}

export interface PathLink {
  /** From this step, from 1. */
  step: number;
  source: string;
  target: string;
  people: number;
  paths: number;
  definition: string;
  cell: object;
}

export interface PathsAnswer {
  /** From step to step, the most used first. */
  rows: PathLink[];
  nodes: PathNode[];
  /** Whole paths, the most used first. */
  top: { path: string[]; people: number; paths: number; cell: object }[];
  meta: Meta & { people: number; paths: number; links: number };
}

const topPaths = 25;

/** Which ways people go, step by step. */
export async function paths(deps: InsightDeps, asker: Asker, question: PathsQuestion): Promise<PathsAnswer> {
  const startedAt = performance.now();
  const range = resolveRange(question, asker.timezone);
  const went = pathsSql({ source: sourceOf(deps, asker), question, range });
  type Link = { step: number; source: string; target: string; people: number; paths: number; links: number };
  const [links, nodes, top, [whole]] = await Promise.all([
    deps.ch.query<Link>(
      `SELECT one.1 AS step, one.2 AS source, one.3 AS target, uniqExact(person_no) AS people, count() AS paths, count() OVER () AS links FROM (${went})
       ARRAY JOIN arrayZip(range(1, length(path)), arrayPopBack(path), arrayPopFront(path)) AS one
       GROUP BY step, source, target ORDER BY paths DESC, step, source, target LIMIT ${question.limit}`,
    ),
    deps.ch.query<{ step: number; name: string; people: number; paths: number; ended: number }>(
      `SELECT one.1 AS step, one.2 AS name, uniqExact(person_no) AS people, count() AS paths, uniqExactIf(person_no, step = length(path)) AS ended FROM (${went})
       ARRAY JOIN arrayZip(arrayEnumerate(path), path) AS one GROUP BY step, name ORDER BY paths DESC, step, name LIMIT ${question.limit * 2}`,
    ),
    deps.ch.query<{ path: string[]; people: number; paths: number }>(
      `SELECT path, uniqExact(person_no) AS people, count() AS paths FROM (${went}) GROUP BY path ORDER BY paths DESC, path LIMIT ${topPaths}`,
    ),
    deps.ch.query<{ people: number; paths: number }>(`SELECT uniqExact(person_no) AS people, count() AS paths FROM (${went})`),
  ]);
  const meta = metaOf(deps.clock, asker, { kind: 'paths', ...question }, range, startedAt, ['paths.link']);
  return {
    rows: links.map(({ step, source, target, people, paths: n }) => ({
      step: Number(step),
      source,
      target,
      people: Number(people),
      paths: Number(n),
      definition: 'paths.link',
      cell: { step: Number(step), name: source, next: target },
    })),
    nodes: nodes.map(({ step, name, people, paths: n, ended }) => ({
      step: Number(step),
      name,
      people: Number(people),
      paths: Number(n),
      ended: Number(ended),
      cell: { step: Number(step), name },
      endedCell: { step: Number(step), name, next: '' },
    })),
    top: top.map(({ path, people, paths: n }) => ({ path, people: Number(people), paths: Number(n), cell: { path } })),
    meta: { ...meta, people: Number(whole?.people ?? 0), paths: Number(whole?.paths ?? 0), links: Number(links[0]?.links ?? 0) },
  };
}

/** The people behind a step, a link (`next`, '' for the end of the path) or a whole path. */
export function pathsCellSql(deps: InsightDeps, asker: Asker, question: PathsQuestion, cell: unknown): string {
  const { step, name, next, path } = cells.paths.parse(cell);
  const went = pathsSql({ source: sourceOf(deps, asker), question, range: resolveRange(question, asker.timezone) });
  const conditions = [
    ...(path ? [`path = [${path.map(sqlString).join(', ')}]`] : []),
    ...(name === undefined ? [] : [step === undefined ? `has(path, ${sqlString(name)})` : `path[${step}] = ${sqlString(name)}`]),
    ...(next === undefined || step === undefined ? [] : [`path[${step + 1}] = ${sqlString(next)}`]),
  ];
  return `SELECT DISTINCT person_no FROM (${went})${conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : ''}`;
}
