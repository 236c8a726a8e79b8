import { propertySql, withPersonValue } from '../breakdown.ts';
import type { Asker, InsightDeps } from '../deps.ts';
import { instantSql, type Range } from '../period.ts';
import type { Breakdown } from '../schema-base.ts';
import type { Source } from '../source.ts';

export function sourceOf(deps: InsightDeps, asker: Asker): Source {
  return (columns) => deps.source(asker.workspaceNo, columns);
}

export function inRange(range: Range): string {
  return `time >= ${instantSql(range.from)} AND time < ${instantSql(range.to)}`;
}

/** A property as a number; null where it is none. */
export function amountSql(path: string): string {
  const at = propertySql(path);
  return `coalesce(toFloat64(${at}.:Int64), ${at}.:Float64)`;
}

/** The rows without and (with a breakdown) with their values; a person with several tags has several rows in the second. */
export async function wholeAndParts(
  deps: InsightDeps,
  asker: Asker,
  breakdown: Breakdown | undefined,
  range: Range,
  alone: string,
): Promise<{ whole: string; parts: string | undefined }> {
  return { whole: alone, parts: breakdown ? await withPersonValue(deps, asker, breakdown, range, alone) : undefined };
}

/** A value as it is shown: null where it is missing. */
export function named(value: string): { value: string | null } {
  return { value: value === '' ? null : value };
}

/** The largest groups, and the rest left out. */
export function largest<T>(groups: Map<string, T[]>, size: (rows: T[]) => number, most: number): [string, T[]][] {
  return [...groups].sort((a, b) => size(b[1]) - size(a[1]) || (a[0] < b[0] ? -1 : 1)).slice(0, most);
}
