import { type Ch, sqlStrings } from '../../base/index.ts';
import type { Events } from '../../events/index.ts';
import type { PersonStanding } from '../../people/index.ts';
import type { Definitions } from '../expand.ts';

/** Where people stand, with an entry for each value of tags that hold several. */
export async function withValues<S extends PersonStanding>(
  { ch, events }: { ch: Ch; events: Pick<Events, 'source'> },
  ws: number,
  states: Map<number, S>,
  defs: Pick<Definitions, 'tags'>,
): Promise<Map<number, S>> {
  const many = new Set(defs.tags.filter((t) => !t.rule && t.about?.values === 'many').map((t) => t.key));
  if (many.size === 0) return states;
  const holders = [...states].filter(([, s]) => s.tags.some((t) => many.has(t.key))).map(([no]) => no);
  if (holders.length === 0) return states;
  const rows = await ch.query<{ p: number; k: string; v: string; has: number; by: string; at: number }>(
    `SELECT person_no AS p, k, v, argMax(event, (time, key)) = 'Tag Added' AS has, argMax(b, (time, key)) AS by, toUnixTimestamp64Milli(max(time)) AS at
       FROM (SELECT person_no, time, key, event, ifNull(properties.key.:String, '') AS k, ifNull(properties.by.:String, '') AS b,
           if(isNull(properties.value), '', toString(properties.value)) AS v
         FROM ${events.source(ws, holders)} WHERE event IN ('Tag Added', 'Tag Removed') AND k IN (${sqlStrings(many)}) AND b != 'rule')
       GROUP BY p, k, v ORDER BY at, v`,
  );
  // Removed without a value is a word on all values.
  const swept = new Map(rows.filter((r) => r.v === '' && !r.has).map((r) => [`${r.p} ${r.k}`, r.at]));
  const held = Map.groupBy(
    rows.filter((r) => r.has && r.at > (swept.get(`${r.p} ${r.k}`) ?? Number.NEGATIVE_INFINITY)),
    (r) => r.p,
  );
  for (const no of holders) {
    const state = states.get(no)!;
    const values = (held.get(no) ?? []).map(({ k, v, by, at }) => ({
      key: k,
      ...(v === '' ? {} : { value: v }),
      since: new Date(at).toISOString(),
      by: by || 'hand',
    }));
    states.set(no, { ...state, tags: [...state.tags.filter((t) => !many.has(t.key)), ...values] });
  }
  return states;
}
