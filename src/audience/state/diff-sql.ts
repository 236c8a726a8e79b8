import { sqlString, sqlStrings } from '../../base/index.ts';
import { compileRules } from '../compile/compile.ts';
import type { Unit } from './units.ts';

/** A person whose state is to change: what is found now, and what was known (all empty for someone new). */
export interface Changed {
  p: number;
  stage: string;
  tier: string;
  level: string;
  tags: string[];
  audiences: string[];
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
  const many = (prefix: string, old: string): string => {
    const mine = items.flatMap((i, n) => (i.unit.id.startsWith(prefix) ? [`if(r${n}, ${sqlString(i.option.value)}, '')`] : []));
    const found = mine.length ? `arrayFilter(x -> x != '', [${mine.join(', ')}])` : "CAST([], 'Array(String)')";
    if (o.whole) return `arraySort(${found})`;
    const asked = [...o.units.map((u) => u.id), ...o.gone].filter((id) => id.startsWith(prefix)).map((id) => id.slice(prefix.length));
    if (!asked.length) return old;
    return `arraySort(arrayConcat(arrayFilter(x -> x NOT IN (${sqlStrings(asked)}), ${old}), ${found}))`;
  };
  // Only some units were run: whatever the others wait for still stands.
  const due = o.whole ? 'n.due - 1' : 'if(o.version = 0, n.due - 1, least(n.due - 1, o.next_due))';
  const who = o.people
    ? ` AND person_no IN (${o.people.join(',') || '0'})`
    : o.range
      ? ` AND person_no >= ${o.range.from} AND person_no < ${o.range.to}`
      : '';
  return `SELECT n.person_no AS p, ${ordered('stage', 'oStage')} AS stage, ${ordered('tier', 'oTier')} AS tier, ${ordered('level', 'oLevel')} AS level,
  ${many('tag:', 'oTags')} AS tags, ${many('audience:', 'oAudiences')} AS audiences, ${due} AS due,
  toString(o.stage) AS oStage, toString(o.tier) AS oTier, toString(o.level) AS oLevel,
  CAST(o.tags, 'Array(String)') AS oTags, CAST(o.audiences, 'Array(String)') AS oAudiences, o.since AS oSince, o.version AS oVersion
FROM (${scan.sql}) AS n
LEFT JOIN (SELECT * FROM person_state FINAL WHERE workspace_no = ${o.workspaceNo}${who}) AS o ON n.person_no = o.person_no
WHERE oVersion = 0 OR stage != oStage OR tier != oTier OR level != oLevel OR tags != oTags OR audiences != oAudiences OR due != o.next_due`;
}
