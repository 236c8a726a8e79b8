import { type Ch, sqlString } from '../../base/index.ts';
import type { Events } from '../../events/index.ts';
import type { Definitions, TagDefinition } from '../expand.ts';

export interface DayOfTag {
  day: string;
  added: number;
  removed: number;
  /** How many had it at the end of the day. */
  size: number;
}

/** Numbers about a tag: how its holders grew and shrank, what else they have, its values. */
export function createTagFigures(deps: { ch: Ch; events: Pick<Events, 'source'> }) {
  const { ch, events } = deps;
  const words = (ws: number, key: string) =>
    `${events.source(ws)} WHERE event IN ('Tag Added', 'Tag Removed') AND properties.key.:String = ${sqlString(key)}`;

  return {
    /** By days of the workspace's zone, from the events that told of each change. Of a tag with many values a person counts while any value is there. */
    history: async (ws: number, tag: TagDefinition, days: number, zone: string, now: number): Promise<DayOfTag[]> => {
      const many = tag.about?.values === 'many';
      // Whether any value is there after the i-th word: one that was given and not taken back since, alone or with all.
      const held = `arrayExists((x, j) -> j <= i AND x.3 = 1 AND NOT arrayExists((y, k) -> k > j AND k <= i AND (y.4 = x.4 OR (y.3 = 0 AND y.4 = '')), list, arrayEnumerate(list)), list, arrayEnumerate(list))`;
      const has = many ? held : 'list[i].3';
      const rows = await ch.query<{ day: string; added: number; removed: number }>(
        `SELECT toString(toDate(w.1, ${sqlString(zone)})) AS day, countIf(w.2 = 1) AS added, countIf(w.2 = 0) AS removed
         FROM (SELECT person_no, arraySort(groupArray((time, key, toUInt8(event = 'Tag Added'), v))) AS list,
             arrayMap(i -> toUInt8(${has}), arrayEnumerate(list)) AS has,
             arrayFilter((x, i) -> x.2 != if(i = 1, 0, has[i - 1]), arrayMap((x, h) -> (x.1, h), list, has), arrayEnumerate(list)) AS turns
           FROM (SELECT person_no, time, key, event, ${many ? "if(isNull(properties.value), '', toString(properties.value))" : "''"} AS v FROM ${words(ws, tag.key)})
           GROUP BY person_no)
         ARRAY JOIN turns AS w GROUP BY day ORDER BY day`,
      );
      const byDay = new Map(rows.map((r) => [r.day, r]));
      const dayOf = (ms: number) => new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(ms);
      const first = dayOf(now - (days - 1) * 86_400_000);
      let size = rows.filter((r) => r.day < first).reduce((n, r) => n + r.added - r.removed, 0);
      const shown = [...new Set(Array.from({ length: days }, (_, i) => dayOf(now - (days - 1 - i) * 86_400_000)))];
      return shown.map((day) => {
        const { added = 0, removed = 0 } = byDay.get(day) ?? {};
        size += added - removed;
        return { day, added, removed, size };
      });
    },
    /** Other tags of its holders: how many have both, and how much more often than people at large. */
    overlap: async (ws: number, key: string, defs: Definitions, limit = 30) => {
      const [rows, [totals]] = await Promise.all([
        ch.query<{ key: string; both: number; n: number }>(
          `SELECT toString(t) AS key, countIf(has(tags, ${sqlString(key)})) AS both, count() AS n FROM person_state FINAL ARRAY JOIN tags AS t
           WHERE workspace_no = ${ws} AND t != ${sqlString(key)} GROUP BY key HAVING both > 0 ORDER BY both DESC, key LIMIT ${limit}`,
        ),
        ch.query<{ pool: number; mine: number }>(
          `SELECT count() AS pool, countIf(has(tags, ${sqlString(key)})) AS mine FROM person_state FINAL WHERE workspace_no = ${ws}`,
        ),
      ]);
      const { pool = 0, mine = 0 } = totals ?? {};
      const names = new Map(defs.tags.map((t) => [t.key, t.name]));
      return {
        pool,
        mine,
        items: rows.map((r) => ({
          key: r.key,
          name: names.get(r.key) ?? { zh: r.key, en: r.key },
          both: r.both,
          /** Of this tag's holders. */
          share: mine ? r.both / mine : 0,
          /** Their share against that in the pool. */
          lift: mine && r.n && pool ? r.both / mine / (r.n / pool) : null,
        })),
      };
    },
    /** Values of a tag that is given, most frequent first. */
    values: async (ws: number, tag: TagDefinition) => {
      const value = "if(isNull(properties.value), '', toString(properties.value))";
      const many = tag.about?.values === 'many';
      return ch.query<{ value: string; count: number }>(
        `SELECT value, count() AS count FROM (
           SELECT person_no, ${many ? 'v AS value' : 'argMax(v, (time, key)) AS value'}, argMax(event, (time, key)) AS last
           FROM (SELECT person_no, time, key, event, ${value} AS v FROM ${words(ws, tag.key)} AND ifNull(properties.by.:String, '') != 'rule')
           GROUP BY person_no${many ? ', v' : ''})
         WHERE last = 'Tag Added' AND value != '' GROUP BY value ORDER BY count DESC, value LIMIT 50`,
      );
    },
  };
}
