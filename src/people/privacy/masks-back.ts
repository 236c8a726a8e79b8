import { badInput, type Pg } from '../../base/index.ts';
import { tokenShape } from './conceal.ts';
import { isMasked, markedMask, maskOf } from './mask.ts';
import { ruleTables } from './rule-tables.ts';
import type { Vault } from './vault.ts';

/** What masks stand for, among some values: those that only one of them has, and those with a mark. */
function byMask(values: ReadonlyMap<string, string | number>): Map<string, string> {
  const meant = new Map<string, string>();
  for (const [mask, list] of Map.groupBy(values, ([, value]) => maskOf(String(value)))) {
    if (list.length === 1) meant.set(mask, list[0]![0]);
    for (const [token] of list) meant.set(markedMask(mask, token), token);
  }
  return meant;
}

/** What somebody who was shown masks sends back: a text that is the mask of one value which stood there before is that value again, unread. */
export async function restoreMasks<T>(vault: Vault, workspaceNo: number, value: T, before: unknown): Promise<T> {
  const stood = (JSON.stringify(before) ?? '').match(tokenShape);
  if (!stood) return value;
  const meant = byMask(await vault.open(workspaceNo, stood));
  return JSON.parse(JSON.stringify(value), (_, one: unknown) => (typeof one === 'string' ? (meant.get(one) ?? one) : one)) as T;
}

/**
 * What masks in a rule that is only asked, or is new, can stand for: a value of the one kept rule that shows such a mask. So the size of an audience is
 * right while somebody edits it who may not see its values.
 * @throws 400 when it is not one value: a mask is never a value itself
 */
export async function valuesOfMasks(
  pg: Pg,
  vault: Vault,
  workspaceNo: number,
  values: readonly (string | number)[],
): Promise<Map<string, string>> {
  const masks = values.filter((v): v is string => typeof v === 'string' && isMasked(v));
  if (masks.length === 0) return new Map();
  const tokens = new Set<string>();
  for (const { table, column, of, current } of ruleTables) {
    if (!current) continue;
    const rows = await pg.query<{ rule: string }>(
      `SELECT ${column}::text AS rule FROM ${table} WHERE ${of} AND ${column}::text LIKE '%pii~%'`,
      [workspaceNo],
    );
    for (const { rule } of rows) for (const token of rule.match(tokenShape) ?? []) tokens.add(token);
  }
  const meant = byMask(await vault.open(workspaceNo, tokens));
  const lost = masks.find((mask) => !meant.has(mask));
  if (lost !== undefined)
    throw badInput([
      { field: 'rule', reason: `"${lost}" is how a personal value is shown, not the value, and cannot be told from it: write the value` },
    ]);
  return meant;
}
