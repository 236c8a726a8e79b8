import { createHash } from 'node:crypto';
import type { OwnEvent } from '../../events/index.ts';
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

/**
 * The events that tell of a person's changes, and the new state. The ids of the events follow from what was known before and what is so
 * now, so that the same change found twice (after a crash between the two writes) is one event. `since` of a unit only grows.
 */
export function transitions(
  workspaceNo: number,
  row: Changed,
  nowMs: number,
  audienceName: (id: string) => string,
): { events: OwnEvent[]; state: StateRow } {
  const events: OwnEvent[] = [];
  const since = { ...row.oSince };
  const tell = (unit: string, to: string, event: string, properties: Record<string, unknown>) => {
    const before = row.oSince[unit] ?? 0;
    since[unit] = Math.max(nowMs, before + 1);
    const id = createHash('sha1').update(`${workspaceNo}\n${row.p}\n${unit}\n${before}\n${to}`).digest('base64url');
    events.push({ messageId: `state-${id}`, event, timestamp: new Date(nowMs), personNo: row.p, properties, source: 'yutang' });
  };
  const ordered = (unit: string, event: string, from: string, to: string) => {
    if (from !== to) tell(unit, to, event, { from: from || null, to: to || null });
  };
  ordered('stage', 'Stage Changed', row.oStage, row.stage);
  ordered('tier', 'Tier Changed', row.oTier, row.tier);
  ordered('level', 'Level Changed', row.oLevel, row.level);
  const { added: tagsAdded, removed: tagsRemoved } = difference(row.oTags, row.tags);
  for (const key of tagsAdded) tell(`tag:${key}`, '1', 'Tag Added', { key, by: 'rule' });
  for (const key of tagsRemoved) tell(`tag:${key}`, '0', 'Tag Removed', { key, by: 'rule' });
  const { added, removed } = difference(row.oAudiences, row.audiences);
  for (const id of added) tell(`audience:${id}`, '1', 'Audience Entered', { audienceId: id, name: audienceName(id) });
  for (const id of removed) tell(`audience:${id}`, '0', 'Audience Exited', { audienceId: id, name: audienceName(id) });
  return {
    events,
    state: {
      workspace_no: workspaceNo,
      person_no: row.p,
      stage: row.stage,
      tier: row.tier,
      level: row.level,
      tags: row.tags,
      audiences: row.audiences,
      since,
      next_due: row.due,
      version: row.oVersion + 1,
      deleted: 0,
    },
  };
}

function difference(from: string[], to: string[]): { added: string[]; removed: string[] } {
  return { added: to.filter((x) => !from.includes(x)), removed: from.filter((x) => !to.includes(x)) };
}
