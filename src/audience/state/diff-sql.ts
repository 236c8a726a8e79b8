import { sqlNumbers, sqlString, sqlStrings } from '../../base/index.ts';
import { compileRules } from '../compile/compile.ts';
import type { Unit } from './units.ts';

/** A person whose state is to change: what is found now, and what was known (all empty for someone new). */
export interface Changed {
  p: number;
  stage: string;
  tier: string;
  level: string;
  /** Where only some units were asked, what was asked alone, also of what was known; null where none of them was. */
  tags: string[] | null;
  audiences: string[] | null;
  due: number;
  oStage: string;
  oTier: string;
  oLevel: string;
  oTags: string[];
  oAudiences: string[];
  oSince: Record<string, number>;
  oVersion: number;
}

export interface DiffOptions {
  workspaceNo: number;
  source: (columns: readonly string[]) => string;
  asOf: number;
  units: readonly Unit[];
  /** Ids of units that no longer are: what they said is taken back. */
  gone: readonly string[];
  /** All units are run: what none of them says is not so. */
  whole: boolean;
  people?: readonly number[];
  range?: { from: number; to: number };
}

/** One scan of the events, joined with what was known, and only those left of whom something is now different. */
export function diffSql(o: DiffOptions): string {
  const items = o.units.flatMap((u) => u.options.map((option) => ({ unit: u, option })));
  const scan = compileRules(
    items.map((i) => ({ rule: i.option.rule, asOf: o.asOf })),
    { source: o.source, dueAfter: o.asOf, ...(o.range ? { range: o.range } : {}) },
  );
  const ordered = (id: string, old: string): string => {
    if (!o.units.some((u) => u.id === id)) return old;
    const arms = items.flatMap((i, n) => (i.unit.id === id ? [[`r${n}`, sqlString(i.option.value)]] : [])).reverse();
    return arms.length ? `multiIf(${arms.flat().join(', ')}, '')` : "''";
  };
  const lists = (['tag:', 'audience:'] as const).map((prefix) => {
    const mine = items.flatMap((i, n) => (i.unit.id.startsWith(prefix) ? [{ holds: `r${n}`, value: i.option.value }] : []));
    const ids = [...o.units.map((u) => u.id), ...o.gone].filter((id) => id.startsWith(prefix));
    return listOf(
      mine,
      ids.map((id) => id.slice(prefix.length)),
      prefix === 'tag:' ? 'tags' : 'audiences',
      o.whole,
    );
  });
  const [tags, audiences] = [lists[0]!, lists[1]!];
  // What was not asked is not sent: of people with hundreds of tags that is nearly everything.
  const asked = sqlStrings([...o.units.map((u) => u.id), ...o.gone]);
  const since = o.whole ? 'since' : `mapFilter((unit, at) -> unit IN (${asked}), person_state.since)`;
  // Only some units were run: whatever the others wait for still stands.
  const due = o.whole ? 'n.due - 1' : 'if(o.version = 0, n.due - 1, least(n.due - 1, o.next_due))';
  const who = o.people
    ? ` AND person_no IN ${sqlNumbers(o.people)}`
    : o.range
      ? ` AND person_no >= ${o.range.from} AND person_no < ${o.range.to}`
      : '';
  return `SELECT n.person_no AS p, ${ordered('stage', 'oStage')} AS stage, ${ordered('tier', 'oTier')} AS tier, ${ordered('level', 'oLevel')} AS level,
  ${tags.now} AS tags, ${audiences.now} AS audiences, ${due} AS due,
  toString(o.stage) AS oStage, toString(o.tier) AS oTier, toString(o.level) AS oLevel,
  ${tags.old} AS oTags, ${audiences.old} AS oAudiences, o.since AS oSince, o.version AS oVersion
FROM (${scan.sql}) AS n
LEFT JOIN (SELECT person_no, stage, tier, level, tags, audiences, ${since} AS since, next_due, version
  FROM person_state FINAL WHERE workspace_no = ${o.workspaceNo}${who}) AS o ON n.person_no = o.person_no
WHERE oVersion = 0 OR stage != oStage OR tier != oTier OR level != oLevel OR ${tags.moved} OR ${audiences.moved} OR due != o.next_due`;
}

/**
 * What holds now of a list, and whether that is another set than before. Making hundreds of texts for everybody costs far more than the pass, so sets are compared by the sum
 * of their members' 64-bit hashes, and the list is made only of whom something has changed.
 */
function listOf(
  mine: { holds: string; value: string }[],
  asked: string[],
  column: 'tags' | 'audiences',
  whole: boolean,
): { now: string; old: string; moved: string } {
  if (!whole && !asked.length) return { now: 'NULL', old: "CAST([], 'Array(String)')", moved: '0' };
  const values = `[${sqlStrings(mine.map((m) => m.value))}]`;
  const holds = `[${mine.map((m) => m.holds).join(', ')}]`;
  const found = mine.length ? `arrayFilter((x, holds) -> holds, ${values}, ${holds})` : "CAST([], 'Array(String)')";
  const sum = mine.length ? `arraySum((x, holds) -> x * holds, arrayMap(x -> cityHash64(x), ${values}), ${holds})` : '0';
  const old = `CAST(${whole ? `o.${column}` : `arrayFilter(x -> x IN (${sqlStrings(asked)}), o.${column})`}, 'Array(String)')`;
  return {
    now: `arraySort(${found})`,
    old,
    moved: `${sum} != arraySum(x -> cityHash64(x), ${column === 'tags' ? 'oTags' : 'oAudiences'})`,
  };
}
