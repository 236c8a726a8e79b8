import { z } from 'zod';
import { definitionsOf } from '../definitions.ts';
import type { Asker, InsightDeps } from '../deps.ts';
import { addDays, iso, localDate, type Range, resolveRange, startOfDay } from '../period.ts';
import { edge } from '../schema-base.ts';
import { valuePeopleSql } from './value-sql.ts';

export const poolValueQuestion = z.strictObject({ from: edge, to: edge, fanLevel: z.string().min(1).max(50) });
export type PoolValueQuestion = z.infer<typeof poolValueQuestion>;
export const poolValueCell = z.strictObject({ factor: z.enum(['size', 'fans', 'paying']) });

export interface ValuePoint {
  from: string;
  to: string;
  /** The period is not over. */
  partial: boolean;
  size: number;
  fans: number;
  /** Fans with an order in the period. */
  paying: number;
  /** Fans over the pool. */
  fanMaking: number | null;
  /** Net revenue of the period from fans, for each of them. */
  monetisationFen: number | null;
  /** The three multiplied: the fans' net revenue of the period. */
  valueFen: number;
  question: object;
  cells: Record<'size' | 'fans' | 'paying', object>;
}

export interface PoolWorth {
  points: ValuePoint[];
  fanLevel: string;
  meta: { askedAt: string; elapsedMs: number; definitions: Record<string, { zh: string; en: string }> };
}

/** Pool size × fan-making power × monetisation, period by period, the newest last. */
export async function poolWorth(
  deps: InsightDeps,
  asker: Asker,
  { fanLevel, days, count }: { fanLevel: string; days: number; count: number },
): Promise<PoolWorth> {
  const startedAt = performance.now();
  const now = deps.clock.ms() + 1;
  const tomorrow = addDays(localDate(now, asker.timezone), 1);
  const levels = await fanLevels(deps, asker, fanLevel);
  const points: ValuePoint[] = [];
  for (let back = count - 1; back >= 0; back--) {
    const [from, to] = [days * (back + 1), days * back].map((d) => startOfDay(addDays(tomorrow, -d), asker.timezone)) as [number, number];
    points.push(await pointOf(deps, asker, { from, to: Math.min(to, now) }, levels, fanLevel, to > now));
  }
  return {
    points,
    fanLevel,
    meta: {
      askedAt: iso(deps.clock.ms()),
      elapsedMs: Math.round(performance.now() - startedAt),
      definitions: definitionsOf(['value.size', 'value.fanMaking', 'value.monetisation', 'value.product']),
    },
  };
}

async function pointOf(
  deps: InsightDeps,
  asker: Asker,
  range: Range,
  levels: string[],
  fanLevel: string,
  partial: boolean,
): Promise<ValuePoint> {
  const people = await valuePeopleSql(deps, asker, range, levels);
  const [sum] = await deps.ch.query<{ size: number; fans: number; paying: number; money: number }>(
    `SELECT count() AS size, countIf(fan) AS fans, countIf(fan AND orders > 0) AS paying, sumIf(net, fan) AS money FROM (${people})`,
  );
  const { size = 0, fans = 0, paying = 0, money = 0 } = sum ?? {};
  const [from, to] = [iso(range.from), iso(range.to)];
  return {
    from,
    to,
    partial,
    size,
    fans,
    paying,
    fanMaking: size > 0 ? fans / size : null,
    monetisationFen: fans > 0 ? Math.round(money / fans) : null,
    valueFen: money,
    question: { kind: 'poolValue', from, to, fanLevel },
    cells: { size: { factor: 'size' }, fans: { factor: 'fans' }, paying: { factor: 'paying' } },
  };
}

/** That level and the deeper ones. */
async function fanLevels(deps: InsightDeps, asker: Asker, fanLevel: string): Promise<string[]> {
  const order = (await deps.ladder(asker.workspaceNo)).map((l) => l.key);
  const at = order.indexOf(fanLevel);
  return at < 0 ? [] : order.slice(at);
}

export async function poolValueCellSql(deps: InsightDeps, asker: Asker, question: PoolValueQuestion, cell: unknown): Promise<string> {
  const { factor } = poolValueCell.parse(cell);
  const range = resolveRange(question, asker.timezone);
  const people = await valuePeopleSql(deps, asker, range, await fanLevels(deps, asker, question.fanLevel));
  return `SELECT person_no FROM (${people}) WHERE ${{ size: 'true', fans: 'fan', paying: 'fan AND orders > 0' }[factor]}`;
}
