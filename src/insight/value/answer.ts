import type { z } from 'zod';
import { notFound, sqlString } from '../../base/index.ts';
import type { Asker, InsightDeps } from '../deps.ts';
import { iso } from '../period.ts';
import type { ModelDeps } from './deps.ts';
import { rfmInstant, rfmSql } from './rfm-sql.ts';
import { type ValueQuestion, valueCells, type valueKind } from './schema.ts';
import { readFit } from './store.ts';
import type { ValueFit } from './value-fit.ts';
import { valueWords } from './words.ts';

export type ValueKind = z.infer<typeof valueKind>;

/** People of one level, tier or month of first purchase, or all. Money in minor units. */
export interface ValueGroup {
  key: string | null;
  people: number;
  buyers: number;
  /** Of the buyers: the mean chance of being a customer still. */
  alive: number | null;
  orders365: number;
  value90: number;
  value365: number;
  /** Discounted over the horizon; the sum of the people's own, without what they spread. */
  clv: number;
  clvPerBuyer: number | null;
  spent: number;
  cell: object;
  buyersCell: object;
}

export interface MatrixCell {
  level: string;
  /** 0: none; 1 to 3: the thirds inside the level of those who have some. */
  own: number;
  spread: number;
  people: number;
  clv: number;
  clvPerPerson: number;
  spreadPerPerson: number;
  cell: object;
}

export interface RfmRow {
  r: number;
  f: number;
  people: number;
  money: number;
  recency: number;
  frequency: number;
  cell: object;
}

export type ValueRow = ValueGroup | MatrixCell | RfmRow;

export interface ValueMeta {
  question: ValueKind;
  from: string | null;
  to: string;
  timezone: string;
  askedAt: string;
  elapsedMs: number;
  /** Null before the first fit. */
  fit: ValueFit | null;
  definitions: Record<string, { zh: string; en: string }>;
}
export interface ValueAnswer {
  rows: ValueRow[];
  meta: ValueMeta;
}

/** What is left of those of whom the fit spoke: merged and erased people are gone from it. */
const stillThere = (deps: Pick<InsightDeps, 'source'>, workspaceNo: number, fit: number): string =>
  `SELECT * FROM person_values WHERE workspace_no = ${workspaceNo} AND fit = ${fit}
     AND person_no IN (SELECT person_no FROM ${deps.source(workspaceNo)} GROUP BY person_no)`;

const groupKey = { all: "''", level: 'level', tier: 'tier', cohort: 'cohort', audience: 'audience' } as const;

/** The people of a fit, by what they are grouped by: with audiences, one row for each that a person is in now. */
async function groupedSql(deps: InsightDeps, asker: Asker, { by, audiences = [] }: ValueQuestion, fit: number): Promise<string> {
  const people = stillThere(deps, asker.workspaceNo, fit);
  if (by !== 'audience') return people;
  if (audiences.length === 0) return `SELECT *, '' AS audience FROM (${people}) WHERE 0`;
  const ids = [...new Set(audiences)];
  const { sql } = await deps.rules(
    asker.workspaceNo,
    ids.map((audience) => ({ audience })),
  );
  const held = ids.map((id, i) => `if(r${i}, ${sqlString(id)}, '')`).join(', ');
  return `SELECT p.*, m.audience AS audience FROM (${people}) AS p
    INNER JOIN (SELECT person_no, arrayJoin(arrayFilter(k -> k != '', [${held}])) AS audience FROM (${sql})) AS m ON p.person_no = m.person_no`;
}

export async function valueAnswer(deps: ModelDeps, asker: Asker, question: ValueQuestion): Promise<ValueAnswer> {
  const startedAt = performance.now();
  const fit = question.by === 'rfm' ? undefined : await readFit(deps.pg, asker.workspaceNo, question.fit);
  if (question.fit !== undefined && question.by !== 'rfm' && !fit) throw notFound('Fit');
  const rows = question.by === 'rfm' ? await rfmRows(deps, asker, question) : fit ? await fitRows(deps, asker, question, fit.no) : [];
  const to = question.by === 'rfm' ? iso(rfmInstant(deps, asker, question)) : (fit?.asOf ?? iso(deps.clock.ms()));
  return {
    rows,
    meta: {
      question: { kind: 'value', ...question, ...(fit ? { fit: fit.no } : {}) },
      from: fit ? iso(Date.parse(fit.asOf) - fit.days * 86_400_000) : null,
      ...{ to, timezone: asker.timezone, askedAt: iso(deps.clock.ms()), elapsedMs: Math.round(performance.now() - startedAt) },
      fit: fit ?? null,
      definitions: valueWords,
    },
  };
}

async function fitRows(deps: ModelDeps, asker: Asker, question: ValueQuestion, fit: number): Promise<ValueRow[]> {
  const by = question.by as Exclude<ValueQuestion['by'], 'rfm'>;
  const people = by === 'matrix' ? stillThere(deps, asker.workspaceNo, fit) : await groupedSql(deps, asker, question, fit);
  const order = (await deps.ladder(asker.workspaceNo)).map((l) => l.key);
  if (by === 'matrix') {
    const cells = await deps.ch.query<Omit<MatrixCell, 'cell'>>(
      `SELECT level, v.own_band AS own, v.spread_band AS spread, count() AS people, sum(v.clv) AS clv, avg(v.clv) AS clvPerPerson, avg(v.spread) AS spreadPerPerson
       FROM (${people}) AS v GROUP BY level, own, spread ORDER BY level, own, spread`,
    );
    return cells
      .map((c) => ({ ...c, cell: { level: c.level, own: c.own, spread: c.spread } }))
      .sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
  }
  const groups = await deps.ch.query<Omit<ValueGroup, 'cell' | 'buyersCell' | 'key'> & { key: string }>(
    `SELECT ${groupKey[by]} AS key, count() AS people, countIf(orders > 0) AS buyers, if(buyers > 0, avgIf(alive, orders > 0), NULL) AS alive,
       sum(orders_365) AS orders365, sum(value_90) AS value90, sum(value_365) AS value365, sum(v.clv) AS clv, if(buyers > 0, clv / buyers, NULL) AS clvPerBuyer, sum(total_fen) AS spent
     FROM (${people}) AS v GROUP BY key ORDER BY key`,
  );
  const named = groups.map(({ key, ...g }) => ({
    key: by === 'all' ? null : key,
    ...g,
    cell: { key: by === 'all' ? null : key },
    buyersCell: { key: by === 'all' ? null : key, buyers: true },
  }));
  return by === 'level' ? named.sort((a, b) => order.indexOf(a.key ?? '') - order.indexOf(b.key ?? '')) : named;
}

async function rfmRows(deps: ModelDeps, asker: Asker, question: ValueQuestion): Promise<RfmRow[]> {
  const rows = await deps.ch.query<Omit<RfmRow, 'cell'>>(
    `SELECT r, f, count() AS people, sum(p.money) AS money, avg(p.recency) AS recency, avg(p.frequency) AS frequency
     FROM (${rfmSql(deps, asker, question)}) AS p GROUP BY r, f ORDER BY r, f`,
  );
  return rows.map((row) => ({ ...row, cell: { r: row.r, f: row.f } }));
}

/** The people behind a number of value. */
export async function valueCellSql(deps: InsightDeps, asker: Asker, question: ValueKind, cell: unknown): Promise<string> {
  if (question.by === 'rfm') {
    const wanted = Object.entries(valueCells.rfm.parse(cell)).map(([key, value]) => `${key} = ${value}`);
    return `SELECT person_no FROM (${rfmSql(deps, asker, question)})${wanted.length > 0 ? ` WHERE ${wanted.join(' AND ')}` : ''}`;
  }
  if (question.fit === undefined) return 'SELECT toUInt32(0) AS person_no WHERE 0';
  const people = stillThere(deps, asker.workspaceNo, question.fit);
  if (question.by === 'matrix') {
    const { level, own, spread } = valueCells.matrix.parse(cell);
    const bands = [...(own === undefined ? [] : [`own_band = ${own}`]), ...(spread === undefined ? [] : [`spread_band = ${spread}`])];
    return `SELECT person_no FROM (${people}) WHERE ${[`level = ${sqlString(level)}`, ...bands].join(' AND ')}`;
  }
  const { key, buyers } = valueCells.group.parse(cell);
  const grouped = await groupedSql(deps, asker, question, question.fit);
  const wanted = [...(key === null ? [] : [`${groupKey[question.by]} = ${sqlString(key)}`]), ...(buyers ? ['orders > 0'] : [])];
  return `SELECT person_no FROM (${grouped})${wanted.length > 0 ? ` WHERE ${wanted.join(' AND ')}` : ''}`;
}
