import { sqlString } from '../../base/index.ts';
import type { Asker, InsightDeps, Standing } from '../deps.ts';
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

/** One row a person: `levels`, where they stood at each look by the rules as they are now, '' while not in the pool. */
async function historySql(deps: InsightDeps, asker: Asker, of: Standing, { at }: Looks): Promise<string> {
  const { sql } = await deps.standings(asker.workspaceNo, of, at);
  return `SELECT person_no, standings AS levels FROM (${sql})`;
}

/** The same in layers, to be worked on. */
export const historyLayers = async (deps: InsightDeps, asker: Asker, of: Standing, looks: Looks) =>
  layersOver(await historySql(deps, asker, of, looks));

/**
 * One row a person and level that they came to after the first look: `level`, `looks` (how many later they had left it, or were last seen on it), `ended`,
 * `next` (for which they left it; '' while they are on it) and `place`, the look at which they were first seen on it.
 */
export async function spellsSql(deps: InsightDeps, asker: Asker, of: Standing, looks: Looks): Promise<string> {
  const count = looks.at.length;
  return (await historyLayers(deps, asker, of, looks))
    .add({ before: 'arrayResize(arrayPushFront(levels, levels[1]), length(levels))' })
    .add({ places: 'arrayFilter((i, level, was) -> level != was, arrayEnumerate(levels), levels, before)' })
    .add({ reached: 'arrayFilter((level, was) -> level != was, levels, before)', ends: 'arraySlice(arrayPushBack(places, 0), 2)' })
    .add({ nexts: "arraySlice(arrayPushBack(reached, ''), 2)" })
    .add({
      spells: `arrayZip(reached, arrayMap((p, n) -> toUInt16(if(n = 0, ${count}, n) - p), places, ends), arrayMap(n -> toUInt8(n != 0), ends), places, nexts)`,
    })
    .add({ spell: 'arrayJoin(spells)' })
    .select(
      ['person_no', 'spell.1 AS level', 'spell.2 AS looks', 'spell.3 AS ended', 'spell.4 AS place', 'spell.5 AS next'],
      "spell.1 != ''",
    );
}

/** How deep a level lies, as SQL over a column that names it; 0 outside the pool. */
export function depthSql(order: readonly string[], column: string): string {
  return `toInt16(indexOf([${order.map(sqlString).join(', ')}], ${column}))`;
}
