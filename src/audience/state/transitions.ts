import { createHash } from 'node:crypto';
import type { OwnEvent } from '../../events/index.ts';
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

/** An event about somebody known. */
export type Told = OwnEvent & { personNo: number };

export interface Transition {
  events: Told[];
  state: StateRow;
  /** Whether anything is said of the person that was not: else only the instant has moved at which time may change something. */
  moved: boolean;
  /** Whether some of it is of tags. */
  tagsMoved: boolean;
}

/** What the definitions say of changes; null where another event tells of them already: of tags that are given, and of who was in when an audience was frozen. */
export interface Words {
  tagBy(key: string): string | null;
  audienceName(id: string): string | null;
}
export function wordsOf(defs: Definitions): Words {
  const given = new Map(defs.tags.map((t) => [t.key, t.rule === null]));
  const audiences = new Map(defs.audiences.map((a) => [a.id, a.about?.frozen ? null : a.name]));
  return {
    // Of a tag that is no more: should its key come back, what was given before does not.
    tagBy: (key) => (given.has(key) ? (given.get(key) ? null : 'rule') : 'removed'),
    audienceName: (id) => (audiences.has(id) ? audiences.get(id)! : ''),
  };
}

/**
 * The events that tell of a person's changes, and the new state. The ids of the events follow from what was known before and what is so
 * now, so that the same change found twice (after a crash between the two writes) is one event. `since` of a unit only grows.
 */
export function transitions(workspaceNo: number, row: Changed, nowMs: number, words: Words): Transition {
  const events: Told[] = [];
  const since = { ...row.oSince };
  let moved = false;
  const tell = (unit: string, to: string, event: string, properties: Record<string, unknown> | null) => {
    const before = row.oSince[unit] ?? 0;
    since[unit] = Math.max(nowMs, before + 1);
    moved = true;
    if (properties === null) return;
    const id = createHash('sha1').update(`${workspaceNo}\n${row.p}\n${unit}\n${before}\n${to}`).digest('base64url');
    events.push({ messageId: `state-${id}`, event, timestamp: new Date(nowMs), personNo: row.p, properties, source: 'yutang' });
  };
  const ordered = (unit: string, event: string, from: string, to: string) => {
    if (from !== to) tell(unit, to, event, { from: from || null, to: to || null });
  };
  ordered('stage', 'Stage Changed', row.oStage, row.stage);
  ordered('tier', 'Tier Changed', row.oTier, row.tier);
  ordered('level', 'Level Changed', row.oLevel, row.level);
  const [tags, audiences] = [row.tags ?? row.oTags, row.audiences ?? row.oAudiences];
  const { added: tagsAdded, removed: tagsRemoved } = difference(row.oTags, tags);
  const tag = (key: string) => {
    const by = words.tagBy(key);
    return by === null ? null : { key, by };
  };
  for (const key of tagsAdded) tell(`tag:${key}`, '1', 'Tag Added', tag(key));
  for (const key of tagsRemoved) tell(`tag:${key}`, '0', 'Tag Removed', tag(key));
  const { added, removed } = difference(row.oAudiences, audiences);
  const audience = (id: string) => {
    const name = words.audienceName(id);
    return name === null ? null : { audienceId: id, name };
  };
  for (const id of added) tell(`audience:${id}`, '1', 'Audience Entered', audience(id));
  for (const id of removed) tell(`audience:${id}`, '0', 'Audience Exited', audience(id));
  return {
    events,
    moved,
    tagsMoved: tagsAdded.length + tagsRemoved.length > 0,
    state: {
      workspace_no: workspaceNo,
      person_no: row.p,
      stage: row.stage,
      tier: row.tier,
      level: row.level,
      tags,
      audiences,
      since,
      next_due: row.due,
      version: row.oVersion + 1,
      deleted: 0,
    },
  };
}

function difference(from: string[], to: string[]): { added: string[]; removed: string[] } {
  if (from === to) return { added: [], removed: [] };
  return { added: to.filter((x) => !from.includes(x)), removed: from.filter((x) => !to.includes(x)) };
}
