import type { Ch } from '../../base/index.ts';

export interface LearnedEvent {
  type: string;
  event: string;
  count: number;
  people: number;
  firstSeenAt: string;
  lastSeenAt: string;
  /** Events by day of the last 28, oldest first. */
  daily: number[];
  sources: { source: string; sdk: string; version: string; count: number; lastHour: string }[];
}
export interface LearnedProperty {
  type: string;
  event: string;
  name: string;
  types: string[];
  /** Share of the events that have it. */
  share: number;
}

const days = 28;

/** What was learned of events from the counts of what arrived; reads no events. */
export async function learnedEvents(ch: Ch, workspaceNo: number, nowMs: number): Promise<LearnedEvent[]> {
  const today = Math.floor(nowMs / 86_400_000);
  const mine = `workspace_no = ${workspaceNo}`;
  const [totals, seen, daily, sources] = await Promise.all([
    ch.query<{ type: string; event: string; count: number }>(
      `SELECT type, event, sum(count) AS count FROM health_hours WHERE ${mine} GROUP BY type, event HAVING count > 0 ORDER BY count DESC LIMIT 1000`,
    ),
    ch.query<{ type: string; event: string; people: number; firstSeenAt: string; lastSeenAt: string }>(
      `SELECT type, event, uniqMerge(people) AS people, min(first) AS firstSeenAt, max(last) AS lastSeenAt FROM catalogue_seen WHERE ${mine} GROUP BY type, event`,
    ),
    ch.query<{ type: string; event: string; day: number; n: number }>(
      `SELECT type, event, intDiv(toUnixTimestamp(hour), 86400) AS day, sum(count) AS n FROM health_hours
       WHERE ${mine} AND hour >= toDateTime(${(today - days + 1) * 86_400}, 'UTC') GROUP BY type, event, day LIMIT 60000`,
    ),
    ch.query<{ type: string; event: string; source: string; sdk: string; version: string; count: number; lastHour: string }>(
      `SELECT type, event, source, sdk, version, sum(count) AS count, max(hour) AS lastHour FROM health_hours WHERE ${mine} AND hour >= toDateTime(${(today - days) * 86_400}, 'UTC')
       GROUP BY type, event, source, sdk, version HAVING count > 0 ORDER BY count DESC LIMIT 8 BY type, event LIMIT 8000`,
    ),
  ]);
  const key = (e: { type: string; event: string }) => `${e.type}/${e.event}`;
  const bySeen = new Map(seen.map((s) => [key(s), s]));
  const byDay = Map.groupBy(daily, key);
  const bySource = Map.groupBy(sources, key);
  return totals.map((t) => {
    const line = new Array<number>(days).fill(0);
    for (const d of byDay.get(key(t)) ?? []) {
      const i = d.day - (today - days + 1);
      if (i >= 0 && i < days) line[i] = d.n;
    }
    const s = bySeen.get(key(t));
    return {
      ...t,
      ...{ people: s?.people ?? 0, firstSeenAt: s?.firstSeenAt ?? '', lastSeenAt: s?.lastSeenAt ?? '', daily: line },
      sources: (bySource.get(key(t)) ?? []).map(({ source, sdk, version, count, lastHour }) => ({ source, sdk, version, count, lastHour })),
    };
  });
}

/** All kinds of events that ever came. */
export const learnedNames = (ch: Ch, workspaceNo: number): Promise<{ type: string; event: string }[]> =>
  ch.query(`SELECT DISTINCT type, event FROM health_hours WHERE workspace_no = ${workspaceNo} AND count > 0 LIMIT 20000`);

export async function learnedProperties(ch: Ch, workspaceNo: number): Promise<LearnedProperty[]> {
  const rows = await ch.query<{ type: string; event: string; name: string; kinds: string[]; n: number }>(
    `SELECT type, event, name, groupUniqArray(kind) AS kinds, sum(count) AS n FROM health_properties WHERE workspace_no = ${workspaceNo}
     GROUP BY type, event, name ORDER BY n DESC LIMIT 20000`,
  );
  const all = new Map(rows.filter((r) => r.name === '').map((r) => [`${r.type}/${r.event}`, r.n]));
  return rows
    .filter((r) => r.name !== '')
    .map(({ kinds, n, ...who }) => ({ ...who, types: kinds.sort(), share: Math.min(1, n / (all.get(`${who.type}/${who.event}`) || n)) }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** A few values of each property, from the latest events alone. */
export async function exampleValues(ch: Ch, source: string): Promise<Map<string, string[]>> {
  const rows = await ch.query<{ type: string; event: string; properties: Record<string, unknown> }>(
    `SELECT type, event, properties FROM ${source} WHERE batch > (SELECT max(batch) FROM events) - 5000 ORDER BY batch DESC LIMIT 20 BY type, event LIMIT 5000`,
  );
  const found = new Map<string, string[]>();
  for (const { type, event, properties } of rows)
    for (const [name, value] of Object.entries(properties)) {
      const key = `${type}/${event}/${name}`;
      const list = found.get(key) ?? [];
      const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
      if (list.length < 5 && !list.includes(text.slice(0, 80))) list.push(text.slice(0, 80));
      found.set(key, list);
    }
  return found;
}
