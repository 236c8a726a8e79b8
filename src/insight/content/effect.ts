import { sqlString } from '../../base/index.ts';
import { enoughPeople, newcombe, type Proportion, proportion } from '../../experiments/index.ts';
import type { Asker, InsightDeps } from '../deps.ts';
import { type Meta, metaOf } from '../meta.ts';
import { resolveRange } from '../period.ts';
import { effectSql } from './effect-sql.ts';
import { type EffectQuestion, type EffectStep, effectCell } from './schema.ts';

export interface EffectRow {
  contentId: string;
  name: string;
  kind: string;
  /** Of what it is set apart by: a channel, a journey, a scene, a door, a level, a stage; '' where that is not known. */
  key: string;
  exposed: number;
  open: Proportion;
  click: Proportion;
  order: Proportion;
  /** Of those orders, in minor units. */
  fen: number;
  /** Its share of orders less that of all else in this answer, with its interval; null where either is too few. */
  beside: { difference: number; low: number; high: number } | null;
  cells: Record<EffectStep, object>;
}
export interface EffectAnswer {
  rows: EffectRow[];
  /** What the keys are called, where they have names of their own. */
  names: Record<string, string>;
  meta: Meta;
}

const mostRows = 2_000;

/** What came of content: whom it reached, who opened it, clicked, and ordered within the window. */
export async function contentEffect(
  deps: InsightDeps & { touchpoints(workspaceNo: number): Promise<readonly { id: string; name: string }[]> },
  asker: Asker,
  question: EffectQuestion,
): Promise<EffectAnswer> {
  const startedAt = performance.now();
  const range = resolveRange(question, asker.timezone);
  const contents = (await deps.contents?.(asker.workspaceNo)) ?? [];
  const sql = effectSql(deps, asker.workspaceNo, question, range, contents);
  const found = await deps.ch.query<{
    content: string;
    key: string;
    exposed: number;
    opened: number;
    clicked: number;
    ordered: number;
    fen: number;
  }>(
    `SELECT content, key, count() AS exposed, countIf(opened) AS opened, countIf(clicked) AS clicked, countIf(ordered) AS ordered, toInt64(sum(fen)) AS fen
     FROM (${sql}) GROUP BY content, key ORDER BY exposed DESC, content, key LIMIT ${mostRows}`,
  );
  const known = new Map(contents.map((one) => [one.id, one]));
  const all = { part: sum(found.map((r) => r.ordered)), of: sum(found.map((r) => r.exposed)) };
  const rows = found.map((r): EffectRow => {
    const rest = { part: all.part - r.ordered, of: all.of - r.exposed };
    const cell = (step: EffectStep) => ({ contentId: r.content, key: r.key, step });
    return {
      contentId: r.content,
      name: known.get(r.content)?.name ?? r.content,
      kind: known.get(r.content)?.kind ?? '',
      ...{ key: r.key, exposed: r.exposed, fen: Number(r.fen) },
      open: proportion(r.opened, r.exposed),
      click: proportion(r.clicked, r.exposed),
      order: proportion(r.ordered, r.exposed),
      beside: Math.min(r.exposed, rest.of) < enoughPeople ? null : newcombe({ part: r.ordered, of: r.exposed }, rest),
      cells: { exposed: cell('exposed'), open: cell('open'), click: cell('click'), order: cell('order') },
    };
  });
  return {
    rows,
    names: await namesOf(deps, asker, question),
    meta: metaOf(deps.clock, asker, { kind: 'content', ...question }, range, startedAt, []),
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

async function namesOf(
  deps: InsightDeps & { touchpoints(workspaceNo: number): Promise<readonly { id: string; name: string }[]> },
  { workspaceNo }: Asker,
  { by }: EffectQuestion,
): Promise<Record<string, string>> {
  if (by === 'path') return Object.fromEntries((await deps.touchpoints(workspaceNo)).map((one) => [one.id, one.name]));
  if (by === 'journey')
    return Object.fromEntries(
      ((await deps.things?.(workspaceNo)) ?? []).filter((one) => one.kind === 'journey').map((one) => [one.id, one.name]),
    );
  return {};
}

/** The people behind a number of that answer. */
export async function effectCellSql(deps: InsightDeps, asker: Asker, question: EffectQuestion, given: unknown): Promise<string> {
  const cell = effectCell.parse(given);
  const asked = cell.contentId === undefined ? question : { ...question, contentId: cell.contentId };
  const contents = (await deps.contents?.(asker.workspaceNo)) ?? [];
  const rows = effectSql(deps, asker.workspaceNo, asked, resolveRange(question, asker.timezone), contents);
  const column = { exposed: '1', open: 'opened', click: 'clicked', order: 'ordered' }[cell.step];
  return `SELECT DISTINCT person_no FROM (${rows}) WHERE ${column}${cell.key === undefined ? '' : ` AND key = ${sqlString(cell.key)}`}`;
}
