import type { BuildPlan } from './build-sql.ts';
import { candidatesSql } from './candidates-sql.ts';
import { type Feature, features } from './features.ts';

export interface ProductRules {
  /** So many goods of one category at most; null: no matter. */
  perCategory: number | null;
  /** Only goods whose price is at most so many times, and at least such a part of, what the person usually pays; null: no matter. */
  priceTimes: number | null;
  /** What the person bought within so many days is not shown again; 0: no matter. */
  restDays: number;
  /** Goods that are never shown, and categories. */
  without: string[];
  withoutCategories: string[];
}

export const noRules: ProductRules = { perCategory: null, priceTimes: null, restDays: 0, without: [], withoutCategories: [] };

/** A look fades by half in a week: up to two weeks ago it is the reason. */
const lately = 0.25;

/** Why a good is shown; its number is its place here. */
export const whys = ['again', 'due', 'together', 'looked', 'category', 'level', 'popular'] as const;
export type Why = (typeof whys)[number];

type Plan = Pick<BuildPlan, 'workspaceNo' | 'build' | 'asOf'>;

const sumOf = (list: readonly Feature[], weights: readonly number[]): string =>
  list.map((f) => `${weights[features.indexOf(f)] ?? 0} * (${f.sql})`).join(' + ') || '0';

/** SQL of the best goods of each person that `who` lets through: `person_no, code, score, why, because, since, every`, best first. */
export function topSql(
  plan: Plan,
  weights: readonly number[],
  who: string,
  rules: ProductRules,
  limit: number,
  withoutCodes: readonly number[] = [],
): string {
  const group = (speaks: Feature['speaks']) =>
    sumOf(
      features.filter((f) => f.speaks === speaks),
      weights,
    );
  const kept = [
    '(stock IS NULL OR stock > 0)',
    ...(rules.priceTimes === null
      ? []
      : [`(price_fen <= 0 OR usual <= 0 OR abs(log(price_fen) - usual) <= ${Math.log(rules.priceTimes)} + spread)`]),
    ...(rules.restDays > 0 ? [`(buys = 0 OR since >= ${rules.restDays})`] : []),
    ...(withoutCodes.length > 0 ? [`code NOT IN (${withoutCodes.join(', ')})`] : []),
  ];
  const place = (why: Why): number => whys.indexOf(why);
  // Of what is new to the person, whatever speaks most for it.
  const others: Why[] = ['together', 'category', 'level', 'popular'];
  const speaks = others.map((why) => group(why as Feature['speaks']));
  const reason = `multiIf(buys > 1, ${place('due')}, buys = 1, ${place('again')}, look > ${lately}, ${place('looked')},
      arrayElement([${others.map(place).join(', ')}], indexOf([${speaks.join(', ')}] AS said, arrayMax(said))))`;
  const scored = `SELECT person_no, code, category, ${sumOf(features, weights)} AS score, ${reason} AS why, because, since, every
    FROM (${candidatesSql(plan, who)}) WHERE ${kept.join(' AND ')}`;
  // A good without a category is a category of its own.
  const spread =
    rules.perCategory === null
      ? scored
      : `SELECT * FROM (SELECT *, if(category = '', toString(code), category) AS kind FROM (${scored}) ORDER BY person_no, score DESC, code LIMIT ${rules.perCategory} BY person_no, kind)`;
  return `SELECT person_no, code, score, why, because, since, every FROM (${spread}) ORDER BY person_no, score DESC, code LIMIT ${limit} BY person_no`;
}
