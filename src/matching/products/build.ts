import type { Ch } from '../../base/index.ts';
import { workTables } from '../migrations.ts';
import { actsSql, againSql, type BuildPlan, historySql, itemsSql, key, levelsSql, pairsSql, readersSql, standingSql } from './build-sql.ts';

/** So many people, and so many goods, are worked on in one statement: it bounds the memory that any of them takes. */
const peopleAtOnce = 50_000;
const pairsAtOnce = 1_000;
/** Bytes that one statement may take. */
const memory = 1_500_000_000;

export const capped = (sql: string): string =>
  `${sql} SETTINGS max_memory_usage = ${memory}, max_bytes_before_external_group_by = ${memory / 3}, max_bytes_before_external_sort = ${memory / 3}`;

export interface Size {
  people: number;
  items: number;
}
export type Step = (done: number, total: number) => Promise<void>;

/** What is known, copied to where a build reads it. */
const copied = ['match_acts', 'match_standing'];

/** Copies what is known to where a build reads it; gives the plan that reads it there. */
export async function copyActs(ch: Ch, plan: BuildPlan): Promise<BuildPlan> {
  await dropBuild(ch, plan.workspaceNo, plan.build);
  await ch.command(capped(actsSql(plan)));
  await ch.command(capped(standingSql(plan)));
  return fromCopy(plan);
}

/** The plan that reads what was copied. */
export const fromCopy = (plan: BuildPlan): BuildPlan => ({
  ...plan,
  acts: `(SELECT person_no, item, at, bought, price_fen FROM match_acts WHERE ${key(plan)})`,
  levels: `SELECT person_no, level FROM match_standing WHERE ${key(plan)}`,
});

/** Makes a build of what was copied; of one that was cut short nothing else is left. `step`: told after each statement. */
export async function makeBuild(ch: Ch, plan: BuildPlan, step: Step): Promise<Size> {
  for (const name of Object.keys(workTables)) if (!copied.includes(name)) await dropPart(ch, name, plan.workspaceNo, plan.build);
  const parts = await partsOf(ch, plan, ['match_acts'], peopleAtOnce);
  await ch.command(capped(itemsSql(plan)));
  const [size] = await ch.query<Size>(
    `SELECT (SELECT uniq(person_no) FROM match_acts WHERE ${key(plan)}) AS people, (SELECT count() FROM match_items WHERE ${key(plan)}) AS items`,
  );
  const slices = Math.max(1, Math.ceil(size!.items / pairsAtOnce));
  const statements = [
    ...parts.map(({ who }) => historySql(plan, who)),
    ...parts.map(({ who }) => readersSql(plan, who)),
    againSql(plan),
    ...Array.from({ length: slices }, (_, i) => pairsSql(plan, i, slices)),
    levelsSql(plan),
  ];
  for (const [i, sql] of statements.entries()) {
    await ch.command(capped(sql));
    await step(i + 1, statements.length);
  }
  return size!;
}

/** Some of the people: a condition on person_no, and the number that those after them have at least. */
export interface Part {
  who: string;
  next: number;
}

/** Parts that are each of so many people, and together of everyone in these tables of the build from a number on. */
export async function partsOf(
  ch: Ch,
  plan: Pick<BuildPlan, 'workspaceNo' | 'build'>,
  tables: readonly string[],
  each: number,
  from = 0,
): Promise<Part[]> {
  const people = tables.map((table) => `SELECT person_no FROM ${table} WHERE ${key(plan)} AND person_no >= ${from}`).join(' UNION ALL ');
  const starts = await ch.query<{ no: number }>(
    `SELECT no FROM (SELECT person_no AS no, row_number() OVER (ORDER BY person_no) AS place FROM (SELECT DISTINCT person_no FROM (${people})))
     WHERE place % ${each} = ${1 % each} ORDER BY no`,
  );
  return starts.map(({ no }, i) => {
    const next = starts[i + 1]?.no ?? 2 ** 32;
    return { who: `person_no >= ${no} AND person_no < ${next}`, next };
  });
}

export async function dropBuild(ch: Ch, workspaceNo: number, build: number): Promise<void> {
  for (const table of Object.keys(workTables)) await dropPart(ch, table, workspaceNo, build);
}

export async function dropPart(ch: Ch, table: string, workspaceNo: number, build: number): Promise<void> {
  await ch.command(`ALTER TABLE ${table} DROP PARTITION (${workspaceNo}, ${build})`);
}
