import { badInput, sqlString } from '../../base/index.ts';
import { type Proportion, proportion } from '../../experiments/index.ts';
import { eventValueSql, propertySql, shownValues, valueIs } from '../breakdown.ts';
import type { Asker, InsightDeps } from '../deps.ts';
import { fitsColumn, namesSql } from '../funnel-sql.ts';
import { type Meta, metaOf } from '../meta.ts';
import { type Range, resolveRange } from '../period.ts';
import { barsFor } from './bars.ts';
import { amountSql, inRange, largest, named, sourceOf, wholeAndParts } from './common.ts';
import { cells, type DistributionQuestion } from './schema.ts';

export interface DistributionRow extends Proportion {
  /** From inclusive, to exclusive; null is without end. Of texts instead: `text`. */
  from?: number | null;
  to?: number | null;
  text?: string;
  value?: string | null;
  people: number;
  /** How many events, where a value belongs to an event. */
  events: number;
  definition: string;
  cell: object;
}

export interface DistributionAnswer {
  rows: DistributionRow[];
  /** Of numbers: over people, or over events where a value belongs to an event. */
  summary: { people: number; mean: number | null; median: number | null; p90: number | null; least: number | null; most: number | null };
  meta: Meta & { of: 'numbers' | 'texts'; values?: number };
}

type Counted = { value: string; bar: number; people: number; events: number };

/** How often people do something, or which values one of its properties has. */
export async function distribution(deps: InsightDeps, asker: Asker, question: DistributionQuestion): Promise<DistributionAnswer> {
  const startedAt = performance.now();
  const range = resolveRange(question, asker.timezone);
  const perEvent = typeof question.of === 'object' && 'values' in question.of;
  const { whole, parts } = await wholeAndParts(deps, asker, question.breakdown, range, peopleSql(deps, asker, question, range));
  const wholeSql = `SELECT ${everyone(question)} FROM (${whole}) AS a GROUP BY person_no${perEvent ? ', a.x, a.text' : ''}`;
  const [sums] = await deps.ch.query<
    Record<'people' | 'numbers' | 'texts' | 'mean' | 'median' | 'p90' | 'least' | 'most' | 'p98', number> & { whole: number }
  >(
    `SELECT uniqExact(person_no) AS people, countIf(x IS NOT NULL) AS numbers, countIf(x IS NULL) AS texts, ${[
      'avg(y)',
      'quantileExactInclusive(0.5)(y)',
      'quantileExactInclusive(0.9)(y)',
      'min(y)',
      'max(y)',
      'quantileExactInclusive(0.98)(y)',
      'max(y != floor(y))',
    ]
      .map((sql, i) => `${sql} AS ${['mean', 'median', 'p90', 'least', 'most', 'p98', 'whole'][i]}`)
      .join(', ')}
     FROM (SELECT person_no, x, text, ${perEvent ? 'arrayJoin(arrayResize([ifNull(x, 0)], least(events, 1000), ifNull(x, 0)))' : 'ifNull(x, 0)'} AS y FROM (${wholeSql}))`,
  );
  const has = Number(sums?.people ?? 0) > 0;
  const ofTexts = perEvent && Number(sums?.texts ?? 0) > Number(sums?.numbers ?? 0);
  const meta = metaOf(deps.clock, asker, { kind: 'distribution', ...question }, range, startedAt, [
    ofTexts ? 'distribution.texts' : perEvent ? 'distribution.values' : 'distribution.people',
  ]);
  const definition = Object.keys(meta.definitions)[0] ?? '';
  const numbers = {
    least: Number(sums?.least ?? 0),
    most: Number(sums?.most ?? 0),
    nearlyMost: Number(sums?.p98 ?? 0),
    whole: !sums?.whole,
  };
  const bars = ofTexts || !has ? [] : (question.edges ?? barsFor(numbers));
  const rows = ofTexts ? await textRows(deps, wholeSql, parts, definition) : await numberRows(deps, wholeSql, parts, bars, definition);
  const figure = (name: 'mean' | 'median' | 'p90' | 'least' | 'most') => (has && !ofTexts ? Number(sums?.[name]) : null);
  return {
    rows,
    summary: {
      people: Number(sums?.people ?? 0),
      mean: figure('mean'),
      median: figure('median'),
      p90: figure('p90'),
      least: figure('least'),
      most: figure('most'),
    },
    meta: {
      ...meta,
      of: ofTexts ? 'texts' : 'numbers',
      ...(question.breakdown ? { values: new Set(rows.map((r) => r.value)).size - 1 } : {}),
    },
  };
}

async function numberRows(
  deps: InsightDeps,
  whole: string,
  parts: string | undefined,
  bars: number[],
  definition: string,
): Promise<DistributionRow[]> {
  const bar = `arrayCount(e -> ifNull(x, 0) >= e, [${bars.join(', ') || '0'}])`;
  const ask = (people: string, value: string) =>
    deps.ch.query<Counted>(
      `SELECT ${value} AS value, ${bar} AS bar, uniqExact(person_no) AS people, sum(a.events) AS events FROM (${people}) AS a WHERE x IS NOT NULL GROUP BY value, bar`,
    );
  const [all, byValue] = await Promise.all([ask(whole, "''"), parts ? ask(parts, 'value') : []]);
  const rowsOf = (counted: Counted[], value: { value?: string | null }): DistributionRow[] => {
    const found = new Map(counted.map((c) => [Number(c.bar), c]));
    const total = counted.reduce((sum, c) => sum + Number(c.people), 0);
    // The first bar is what lies below the first edge: only when somebody is there.
    return Array.from({ length: bars.length + 1 }, (_, i) => i).flatMap((i) => {
      if (i === 0 && !found.has(0)) return [];
      const [from, to] = [i === 0 ? null : bars[i - 1]!, bars[i] ?? null];
      const people = Number(found.get(i)?.people ?? 0);
      return [
        {
          from,
          to,
          ...value,
          people,
          events: Number(found.get(i)?.events ?? 0),
          ...proportion(people, total),
          definition,
          cell: { from, to, ...value },
        },
      ];
    });
  };
  return [...rowsOf(all, {}), ...groupsOf(byValue).flatMap(([value, counted]) => rowsOf(counted, named(value)))];
}

async function textRows(deps: InsightDeps, whole: string, parts: string | undefined, definition: string): Promise<DistributionRow[]> {
  type Text = { value: string; text: string; people: number; events: number };
  const ask = (people: string, value: string) =>
    deps.ch.query<Text>(
      `SELECT ${value} AS value, text, uniqExact(person_no) AS people, sum(a.events) AS events FROM (${people}) AS a GROUP BY value, text
       ORDER BY people DESC, text LIMIT ${shownValues} BY value`,
    );
  const [all, byValue] = await Promise.all([ask(whole, "''"), parts ? ask(parts, 'value') : []]);
  const rowsOf = (counted: Text[], value: { value?: string | null }): DistributionRow[] => {
    const total = counted.reduce((sum, c) => sum + Number(c.people), 0);
    return counted.map(({ text, people, events }) => ({
      text,
      ...value,
      people: Number(people),
      events: Number(events),
      ...proportion(Number(people), total),
      definition,
      cell: { text, ...value },
    }));
  };
  const groups = largest(
    Map.groupBy(byValue, (c) => c.value),
    (rows) => rows.reduce((sum, r) => sum + Number(r.people), 0),
    8,
  );
  return [...rowsOf(all, {}), ...groups.flatMap(([value, counted]) => rowsOf(counted, named(value)))];
}

function groupsOf(counted: Counted[]): [string, Counted[]][] {
  return largest(
    Map.groupBy(counted, (c) => c.value),
    (rows) => rows.reduce((sum, r) => sum + Number(r.people), 0),
    8,
  );
}

/** What a row of a person without values is made of: the rows of their values joined. */
function everyone({ of }: DistributionQuestion): string {
  if (typeof of === 'object' && 'values' in of) return 'person_no, a.x AS x, a.text AS text, sum(a.events) AS events';
  const x =
    of === 'events'
      ? 'toNullable(toFloat64(sum(a.events)))'
      : of === 'days'
        ? 'toNullable(toFloat64(length(groupUniqArrayArray(a.on_))))'
        : 'sum' in of
          ? 'sum(a.x)'
          : 'sum(a.x * a.amounts) / sum(a.amounts)';
  return `person_no, ${x} AS x, '' AS text, sum(a.events) AS events`;
}

/** One row a person and value of the event (of a property's values: also for each of those): `x` the number, else `text`; `events` how many. */
function peopleSql(deps: InsightDeps, asker: Asker, question: DistributionQuestion, range: Range): string {
  const { of, done } = question;
  const split = eventValueSql(question.breakdown);
  const property = typeof of === 'object' ? Object.values(of)[0]! : undefined;
  const columns = [
    fitsColumn(done, 'fits'),
    ...(property ? [`${amountSql(property)} AS amount`] : []),
    ...(typeof of === 'object' && 'values' in of ? [`ifNull(toString(${propertySql(of.values)}), '') AS words`] : []),
    ...(split ? [`${split} AS split`] : []),
  ];
  const from = `FROM ${sourceOf(deps, asker)(columns)} WHERE ${inRange(range)} AND ${namesSql([done])} AND fits`;
  const [value, by] = split ? ['split AS value, ', ', value'] : ['', ''];
  if (typeof of === 'object') {
    if ('values' in of)
      return `SELECT person_no, ${value}amount AS x, if(amount IS NULL, words, '') AS text, count() AS events ${from} AND words != '' GROUP BY person_no, x, text${by}`;
    const x = 'sum' in of ? 'sum(amount)' : 'avg(amount)';
    return `SELECT person_no, ${value}${x} AS x, '' AS text, count() AS events, count() AS amounts ${from} AND amount IS NOT NULL GROUP BY person_no${by}`;
  }
  const day = `toDate32(time, ${sqlString(asker.timezone)})`;
  const x = of === 'events' ? 'toNullable(toFloat64(count()))' : 'toNullable(toFloat64(length(on_)))';
  return `SELECT person_no, ${value}${of === 'days' ? `groupUniqArray(${day}) AS on_, ` : ''}${x} AS x, '' AS text, count() AS events ${from} GROUP BY person_no${by}`;
}

/** The people behind one bar. */
export async function distributionCellSql(deps: InsightDeps, asker: Asker, question: DistributionQuestion, cell: unknown): Promise<string> {
  const { from, to, text, value } = cells.distribution.parse(cell);
  const range = resolveRange(question, asker.timezone);
  const { whole, parts } = await wholeAndParts(deps, asker, question.breakdown, range, peopleSql(deps, asker, question, range));
  if (value !== undefined && !parts)
    throw badInput([{ field: 'cell.value', reason: 'means something only with a breakdown; leave it out' }]);
  const perEvent = typeof question.of === 'object' && 'values' in question.of;
  const rows =
    value === undefined ? `SELECT ${everyone(question)} FROM (${whole}) AS a GROUP BY person_no${perEvent ? ', a.x, a.text' : ''}` : parts;
  const conditions =
    text !== undefined
      ? [`text = ${sqlString(text)}`]
      : ['x IS NOT NULL', ...(typeof from === 'number' ? [`x >= ${from}`] : []), ...(typeof to === 'number' ? [`x < ${to}`] : [])];
  return `SELECT DISTINCT person_no FROM (${rows}) WHERE ${conditions.join(' AND ')}${valueIs(value)}`;
}
