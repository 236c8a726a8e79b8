import { hash } from 'node:crypto';
import type { Telling } from '../../events/index.ts';
import type { Definitions } from '../expand.ts';
import type { Changed } from './diff-sql.ts';

export interface StateRow {
  workspace_no: number;
  person_no: number;
  stage: string;
  tier: string;
  level: string;
  tags: string[];
  audiences: string[];
  since: Record<string, number>;
  next_due: number;
  version: number;
  deleted: 0 | 1;
}

/** Which of the words is said of somebody, under which id. */
export type Told = Telling['told'][number];

/** What is new of a person. */
export interface Change {
  person: number;
  stage: string;
  tier: string;
  level: string;
  /** Tags and audiences that came, with since when, and those that went: null. */
  tags: Record<string, number | null>;
  audiences: Record<string, number | null>;
  /** Of every unit that changed, its new instant. */
  since: Record<string, number>;
  due: number;
  /** Whether anything is said of the person that was not: else only the instant has moved at which time may change something. */
  moved: boolean;
}

export interface Transition {
  told: Told[];
  change: Change;
}

/** What is said of changes: few words, each of it of many people. */
export class Words {
  readonly list: Telling['words'][number][] = [];
  readonly #places = new Map<string, number | null>();
  readonly #given: ReadonlyMap<string, boolean>;
  readonly #audiences: ReadonlyMap<string, string | null>;

  constructor(defs: Definitions) {
    this.#given = new Map(defs.tags.map((t) => [t.key, t.rule === null]));
    this.#audiences = new Map(defs.audiences.map((a) => [a.id, a.about?.frozen ? null : a.name]));
  }

  /** The place in the list; null where another event tells of it already: of tags that are given, and of who was in when an audience was frozen. */
  of(event: string, from: string, to: string): number | null {
    const key = `${event}\n${from}\n${to}`;
    let place = this.#places.get(key);
    if (place === undefined) {
      const properties = this.#properties(event, from, to);
      place = properties && this.list.push({ event, properties }) - 1;
      this.#places.set(key, place);
    }
    return place;
  }

  #properties(event: string, from: string, to: string): Record<string, unknown> | null {
    if (/^Tag /.test(event)) {
      const given = this.#given.get(to);
      // Of a tag that is no more: should its key come back, what was given before does not.
      return given ? null : { key: to, by: given === undefined ? 'removed' : 'rule' };
    }
    if (/^Audience /.test(event)) {
      const name = this.#audiences.get(to);
      return name === null ? null : { audienceId: to, name: name ?? '' };
    }
    return { from: from || null, to: to || null };
  }
}

/**
 * The events that tell of a person's changes, and what is new. The ids of the events follow from what was known before and what is so
 * now, so that the same change found twice (after a crash between the two writes) is one event. `since` of a unit only grows.
 */
export function transitions(workspaceNo: number, row: Changed, nowMs: number, words: Words): Transition {
  const told: Told[] = [];
  const { p: person, stage, tier, level, due } = row;
  const change: Change = { person, stage, tier, level, tags: {}, audiences: {}, since: {}, due, moved: false };
  const tell = (unit: string, state: string, word: number | null): number => {
    const before = row.oSince[unit] ?? 0;
    change.moved = true;
    if (word !== null) {
      const id = hash('sha1', `${workspaceNo}\n${person}\n${unit}\n${before}\n${state}`, 'base64url');
      told.push({ messageId: `state-${id}`, personNo: person, word });
    }
    const at = Math.max(nowMs, before + 1);
    change.since[unit] = at;
    return at;
  };
  const ordered = (unit: string, event: string, from: string, to: string) => {
    if (from !== to) tell(unit, to, words.of(event, from, to));
  };
  ordered('stage', 'Stage Changed', row.oStage, stage);
  ordered('tier', 'Tier Changed', row.oTier, tier);
  ordered('level', 'Level Changed', row.oLevel, level);
  const listed = (kind: 'tag' | 'audience', came: string, went: string, before: string[], now: string[], changes: Change['tags']) => {
    const { added, removed } = difference(before, now);
    for (const x of added) changes[x] = tell(`${kind}:${x}`, '1', words.of(came, '', x));
    for (const x of removed) {
      tell(`${kind}:${x}`, '0', words.of(went, '', x));
      changes[x] = null;
    }
  };
  listed('tag', 'Tag Added', 'Tag Removed', row.oTags, row.tags ?? row.oTags, change.tags);
  listed('audience', 'Audience Entered', 'Audience Exited', row.oAudiences, row.audiences ?? row.oAudiences, change.audiences);
  return { told, change };
}

/** The whole state of somebody of whom everything was known. */
export function stateOf(workspaceNo: number, row: Changed, { since }: Change): StateRow {
  return {
    workspace_no: workspaceNo,
    person_no: row.p,
    stage: row.stage,
    tier: row.tier,
    level: row.level,
    tags: row.tags ?? row.oTags,
    audiences: row.audiences ?? row.oAudiences,
    since: { ...row.oSince, ...since },
    next_due: row.due,
    version: row.oVersion + 1,
    deleted: 0,
  };
}

function difference(from: string[], to: string[]): { added: string[]; removed: string[] } {
  if (from === to) return { added: [], removed: [] };
  const [before, now] = [new Set(from), new Set(to)];
  return { added: to.filter((x) => !before.has(x)), removed: from.filter((x) => !now.has(x)) };
}
