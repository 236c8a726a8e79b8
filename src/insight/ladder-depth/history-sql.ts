import { sqlString } from '../../base/index.ts';
import type { Asker, InsightDeps } from '../deps.ts';
import { layersOver } from '../layers.ts';
import type { Range } from '../period.ts';

const dayMs = 86_400_000;
const mostLooks = 26;

/** When the ladder is looked at: evenly, in whole days, as finely as so many looks allow. */
export interface Looks {
  at: number[];
  /** Days from one to the next. */
  days: number;
}

export function looksAt(range: Range, now: number): Looks {
  const to = Math.max(range.from, Math.min(range.to, now + 1));
  const days = Math.max(1, Math.ceil((to - range.from) / dayMs / mostLooks));
  const count = Math.max(1, Math.floor((to - range.from) / (days * dayMs)));
  return { at: Array.from({ length: count + 1 }, (_, i) => range.from + i * days * dayMs), days };
}

/** One row a person: `levels`, their level at each look by the rules as they are now, '' while not in the pool. */
export async function historySql(deps: InsightDeps, asker: Asker, { at }: Looks): Promise<string> {
  const pairs: string[] = [];
  for (let i = 0; i < at.length; i += 2) {
    const last = i + 1 >= at.length;
    const { sql } = await deps.levels(asker.workspaceNo, new Date(at[i]!), new Date(at[last ? i : i + 1]!));
    const looks = last ? `(toUInt32(${i}), to_level)` : `(toUInt32(${i}), from_level), (toUInt32(${i + 1}), to_level)`;
    pairs.push(`SELECT person_no, arrayJoin([${looks}]) AS look FROM (${sql})`);
  }
  return `SELECT person_no, groupArrayInsertAt('', ${at.length})(look.2, look.1) AS levels FROM (${pairs.join(' UNION ALL ')}) GROUP BY person_no`;
}

/**
 * One row a person and level that they came to after the first look: `level`, `looks` (how many later they had left it, or were last seen on it), `ended`
 * and `place`, the look at which they were first seen on it.
 */
export async function spellsSql(deps: InsightDeps, asker: Asker, looks: Looks): Promise<string> {
  const count = looks.at.length;
  return layersOver(await historySql(deps, asker, looks))
    .add({ before: 'arrayResize(arrayPushFront(levels, levels[1]), length(levels))' })
    .add({ places: 'arrayFilter((i, level, was) -> level != was, arrayEnumerate(levels), levels, before)' })
    .add({ reached: 'arrayFilter((level, was) -> level != was, levels, before)', next: 'arraySlice(arrayPushBack(places, 0), 2)' })
    .add({
      spells: `arrayZip(reached, arrayMap((p, n) -> toUInt16(if(n = 0, ${count}, n) - p), places, next), arrayMap(n -> toUInt8(n != 0), next), places)`,
    })
    .add({ spell: 'arrayJoin(spells)' })
    .select(['person_no', 'spell.1 AS level', 'spell.2 AS looks', 'spell.3 AS ended', 'spell.4 AS place'], "spell.1 != ''");
}

/** How deep a level lies, as SQL over a column that names it; 0 outside the pool. */
export function depthSql(order: readonly string[], column: string): string {
  return `toInt16(indexOf([${order.map(sqlString).join(', ')}], ${column}))`;
}
