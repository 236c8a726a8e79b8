import { type Ch, sqlNumbers } from '../../base/index.ts';
import type { Changed } from './diff-sql.ts';
import { linesOf } from './lines.ts';
import type { Unit } from './units.ts';

/** What is known of a person, as `person_state` keeps it. */
export interface Known {
  p: number;
  stage: string;
  tier: string;
  level: string;
  tags: string[];
  audiences: string[];
  since: Record<string, number>;
  due: number;
  version: number;
}
/** For so few a second thread costs more than it brings. */
const fewPeople = 50;
const nobody = { stage: '', tier: '', level: '', tags: [], audiences: [], since: {}, due: 0, version: 0 };

/** Of whom nothing is worked out yet is not in it. */
export async function knownOf(ch: Pick<Ch, 'bytes'>, workspaceNo: number, people: readonly number[]): Promise<Map<number, Known>> {
  const rows = await linesOf<Known>(
    ch,
    `SELECT person_no AS p, stage, tier, level, tags, audiences, since, next_due AS due, version FROM person_state FINAL
     WHERE workspace_no = ${workspaceNo} AND person_no IN ${sqlNumbers(people)}${people.length <= fewPeople ? ' SETTINGS max_threads = 1' : ''}`,
  );
  return new Map(rows.map((r) => [r.p, r]));
}

export const standsNowhere = (k: Known): boolean =>
  k.stage === '' && k.tier === '' && k.level === '' && k.tags.length === 0 && k.audiences.length === 0;

/** Only the numbers of those of whom something is worked out and said. */
export async function knownNumbers(ch: Pick<Ch, 'bytes'>, workspaceNo: number, people: readonly number[]): Promise<Set<number>> {
  const rows = await linesOf<{ p: number }>(
    ch,
    `SELECT person_no AS p FROM person_state FINAL WHERE workspace_no = ${workspaceNo} AND person_no IN ${sqlNumbers(people)}
       AND (stage != '' OR tier != '' OR level != '' OR notEmpty(tags) OR notEmpty(audiences))`,
  );
  return new Set(rows.map((r) => r.p));
}

/** Which units were run, and what each of their options says of a person. */
export interface Found {
  units: readonly Unit[];
  /** Ids of units that no longer are: what they said is taken back. */
  gone: readonly string[];
  /** All units were run: what none of them says is not so. */
  whole: boolean;
  holds: (unit: Unit, option: number) => boolean;
  /** The first instant after now at which time alone can change any of these units. */
  due: number;
}

/** The counterpart of the SQL of the same name, for one person: the new state, or undefined where nothing is different. */
export function differenceOf(person: number, known: Known | undefined, found: Found): Changed | undefined {
  const old = known ?? { p: person, ...nobody };
  const ordered = (id: 'stage' | 'tier' | 'level'): string => {
    const unit = found.units.find((u) => u.id === id);
    if (!unit) return old[id];
    const deepest = unit.options.findLastIndex((_, i) => found.holds(unit, i));
    return deepest < 0 ? '' : unit.options[deepest]!.value;
  };
  const many = (prefix: string, before: readonly string[]): string[] => {
    const mine = found.units.filter((u) => u.id.startsWith(prefix));
    const now = mine.filter((u) => found.holds(u, 0)).map((u) => u.options[0]!.value);
    const asked = new Set(
      [...mine.map((u) => u.id), ...found.gone.filter((id) => id.startsWith(prefix))].map((id) => id.slice(prefix.length)),
    );
    return [...(found.whole ? [] : before.filter((value) => !asked.has(value))), ...now].sort(byBytes);
  };
  const [stage, tier, level] = [ordered('stage'), ordered('tier'), ordered('level')];
  const [tags, audiences] = [many('tag:', old.tags), many('audience:', old.audiences)];
  // Only some units were run: whatever the others wait for still stands.
  const due = found.whole || !known ? found.due : Math.min(found.due, old.due);
  const same =
    known !== undefined &&
    stage === old.stage &&
    tier === old.tier &&
    level === old.level &&
    due === old.due &&
    equal(tags, old.tags) &&
    equal(audiences, old.audiences);
  if (same) return undefined;
  return {
    p: person,
    stage,
    tier,
    level,
    tags,
    audiences,
    due,
    oStage: old.stage,
    oTier: old.tier,
    oLevel: old.level,
    oTags: old.tags,
    oAudiences: old.audiences,
    oSince: old.since,
    oVersion: old.version,
  };
}

const equal = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((x, i) => x === b[i]);
/** As ClickHouse sorts them. */
export const byBytes = (a: string, b: string): number => (a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b)));
