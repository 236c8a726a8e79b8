import { sqlString } from '../base/index.ts';
import type { Asker, InsightDeps } from './deps.ts';
import type { Range } from './period.ts';
import type { Breakdown } from './schema-base.ts';

/** Values of a breakdown that are shown, largest first. */
export const shownValues = 25;

/** A property of a row of events, as SQL; dynamic, null where it is missing. */
export function propertySql(path: string): string {
  const parts = path.split('.').map((part) => `\`${part.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``);
  return `properties.${parts.join('.')}`;
}

/** A breakdown by something of the event, as SQL over a row of it; undefined when it is by something of the person. */
export function eventValueSql(breakdown: Breakdown | undefined): string | undefined {
  if (!breakdown) return undefined;
  if ('property' in breakdown) return `ifNull(toString(${propertySql(breakdown.property)}), '')`;
  return 'by' in breakdown && breakdown.by === 'carrier' ? 'toString(carrier)' : undefined;
}

/** The same rows, each once for every value of the person: one level, or each of the tags that they have; '' for none. */
export async function withPersonValue(
  deps: InsightDeps,
  asker: Asker,
  breakdown: Breakdown | undefined,
  range: Range,
  people: string,
): Promise<string> {
  if (!breakdown || eventValueSql(breakdown)) return people;
  const values = await personValueSql(deps, asker, breakdown, range);
  return `SELECT p.*, l.value AS value FROM (${people}) AS p LEFT JOIN (${values}) AS l ON p.person_no = l.person_no`;
}

/** A person has one value of these, not several. */
export function sharesOut(breakdown: Breakdown | undefined): boolean {
  return !breakdown || !('tags' in breakdown);
}

async function personValueSql(deps: InsightDeps, asker: Asker, breakdown: Breakdown, range: Range): Promise<string> {
  if ('tags' in breakdown) {
    const keys = [...new Set(breakdown.tags)];
    const { sql } = await deps.rules(
      asker.workspaceNo,
      keys.map((tag) => ({ tag })),
    );
    const held = keys.map((key, i) => `if(r${i}, ${sqlString(key)}, '')`).join(', ');
    return `SELECT person_no, arrayJoin(arrayFilter(k -> k != '', [${held}])) AS value FROM (${sql})`;
  }
  const at = new Date(Math.min(range.to, deps.clock.ms() + 1));
  const levels = await deps.levels(asker.workspaceNo, at, at);
  return `SELECT person_no, to_level AS value FROM (${levels.sql})`;
}

/** The condition of a cell's value on rows that have one; none when the cell is about all of them. */
export function valueIs(value: string | null | undefined): string {
  return value === undefined ? '' : ` AND value = ${sqlString(value ?? '')}`;
}
