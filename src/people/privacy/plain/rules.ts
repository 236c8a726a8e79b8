import { boundary } from '../../../base/index.ts';
import { ruleTables } from '../rule-tables.ts';
import type { Names } from '../words.ts';
import type { Kept } from './kept.ts';

/** Seals the values that kept rules compare personal traits and properties with. */
export async function sealRules({ pg, privacy, workspaceNo }: Kept): Promise<number> {
  const names = await privacy.names(workspaceNo);
  let sealed = 0;
  for (const { table, column, of } of ruleTables) {
    const rows = await pg.query<{ kept: unknown }>(
      `SELECT DISTINCT ${column} AS kept FROM ${table} WHERE ${of} AND ${column} IS NOT NULL`,
      [workspaceNo],
    );
    for (const { kept } of rows) {
      const values = new Set<string | number>();
      mapValues(kept, names, (value) => {
        values.add(value);
        return value;
      });
      const list = [...values].filter((v) => typeof v === 'number' || !v.startsWith('pii~'));
      if (list.length === 0) continue;
      const tokens = await privacy.seal(workspaceNo, list);
      const token = new Map(list.map((value, i) => [value, tokens[i]!]));
      const hidden = mapValues(kept, names, (value) => token.get(value) ?? value);
      const done = await pg.query(`UPDATE ${table} SET ${column} = $3 WHERE ${of} AND ${column} = $2 RETURNING 1`, [
        workspaceNo,
        JSON.stringify(kept),
        JSON.stringify(hidden),
      ]);
      sealed += done.length;
      boundary('privacy.sealed.rules');
    }
  }
  // Whoever has the definitions in memory reads them again.
  if (sealed > 0) await pg.query('UPDATE definition_sets SET version = version + 1 WHERE workspace_no = $1', [workspaceNo]);
  return sealed;
}

/** A rule, or a graph of rules, with each value replaced that a personal trait or property is compared with. */
export function mapValues(kept: unknown, names: Names, each: (value: string | number) => string | number): unknown {
  if (Array.isArray(kept)) return kept.map((one) => mapValues(one, names, each));
  if (typeof kept !== 'object' || kept === null) return kept;
  const { trait, property, value } = kept as { trait?: unknown; property?: unknown; value?: unknown };
  const personal =
    (typeof trait === 'string' && names.traits.hasPath(trait)) || (typeof property === 'string' && names.properties.hasPath(property));
  const one = (v: unknown): unknown => (typeof v === 'string' || typeof v === 'number' ? each(v) : v);
  return Object.fromEntries(
    Object.entries(kept).map(([key, inner]) =>
      key === 'value' && personal ? [key, Array.isArray(value) ? value.map(one) : one(value)] : [key, mapValues(inner, names, each)],
    ),
  );
}
