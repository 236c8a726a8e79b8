import { type Ch, type Pg, sqlString } from '../../../base/index.ts';
import { msOf } from '../calendar.ts';
import type { MeasureSeries } from '../history.ts';
import type { Counts, Doors } from './doors.ts';

/** Puts what the doors counted where it lasts. What cannot be stored now is kept for the next time. */
export async function flushDoors(deps: { pg: Pg; ch: Ch }, doors: Doors): Promise<void> {
  const left = doors.take();
  const hourText = (h: number) => new Date(msOf(h)).toISOString();
  try {
    if (left.taken.length > 0)
      await deps.ch.insertRows(
        'health_doors',
        left.taken.map(({ workspaceNo, hour, key, ...rest }) => ({
          workspace_no: workspaceNo,
          hour: hourText(hour),
          key_id: key,
          ...rest,
        })),
      );
    left.taken = [];
    if (left.refused.length === 0) return;
    await keepExamples(deps.pg, left.refused);
    await deps.ch.insertRows(
      'health_refused',
      left.refused.map(({ workspaceNo, hour, key, at: _, example: __, ...rest }) => ({
        workspace_no: workspaceNo,
        hour: hourText(hour),
        key_id: key,
        ...rest,
      })),
    );
  } catch (error) {
    doors.giveBack(left);
    throw error;
  }
}

/** The latest example of each sender, field and reason. */
async function keepExamples(pg: Pg, refused: Counts['refused']): Promise<void> {
  const latest = new Map<string, Counts['refused'][number]>();
  for (const one of refused) {
    const place = [one.workspaceNo, one.door, one.key, one.field, one.reason].join('\u0001');
    if ((latest.get(place)?.at ?? 0) <= one.at) latest.set(place, one);
  }
  const rows = [...latest.values()].map((r) => ({ ...r, at: new Date(r.at).toISOString() }));
  await pg.query(
    `INSERT INTO health_refused_examples (workspace_no, door, key_id, field, reason, at, example)
     SELECT "workspaceNo", door, key, field, reason, at, example
     FROM jsonb_to_recordset($1) AS r ("workspaceNo" int, door text, key text, field text, reason text, at timestamptz, example jsonb)
     ON CONFLICT (workspace_no, door, key_id, field, reason) DO UPDATE SET at = EXCLUDED.at, example = EXCLUDED.example
     WHERE health_refused_examples.at <= EXCLUDED.at`,
    [JSON.stringify(rows)],
  );
}

/** For the detectors: refused of all, by hour, for each sender. */
export async function refusedSeries(ch: Ch, workspaceNo: number, start: number, end: number): Promise<MeasureSeries[]> {
  const rows = await ch.query<{ subject: string; at: number[]; n: number[]; o: number[] }>(
    `SELECT subject, groupArray(at) AS at, groupArray(n_) AS n, groupArray(o_) AS o
     FROM (SELECT concat(door, '/', key_id) AS subject, toInt32(intDiv(toUnixTimestamp(hour), 3600)) AS at, sum(refused) AS n_, sum(accepted) + sum(refused) AS o_
       FROM health_doors WHERE workspace_no = ${workspaceNo} AND hour >= toDateTime(${start * 3600}, 'UTC') AND hour < toDateTime(${end * 3600}, 'UTC') GROUP BY subject, at)
     GROUP BY subject HAVING sum(n_) > 0 LIMIT 500`,
  );
  return rows.map(({ subject, at, n, o }) => {
    const [count, of] = [new Float64Array(end - start), new Float64Array(end - start)];
    at.forEach((h, i) => {
      count[h - start] = n[i]!;
      of[h - start] = o[i]!;
    });
    return { measure: 'refused', subject, count, of };
  });
}

export interface RefusedReason {
  door: string;
  key: string;
  field: string;
  reason: string;
  count: number;
  last24h: number;
  lastHour: string;
  /** Events, and SDKs with their versions, most first. */
  events: string[];
  sdks: string[];
}

/** Why messages were refused between two hours, most first. */
export async function refusedReasons(
  ch: Ch,
  workspaceNo: number,
  from: number,
  to: number,
  options: { subject?: string; limit: number },
): Promise<RefusedReason[]> {
  const of = options.subject === undefined ? '' : ` AND concat(door, '/', key_id) = ${sqlString(options.subject)}`;
  return ch.query(
    `SELECT door, key_id AS key, field, reason, sum(n) AS count, sum(day_) AS last24h, max(last) AS lastHour,
       arrayFilter(x -> x != '', arraySlice(arrayDistinct(groupArray(event)), 1, 5)) AS events, arrayFilter(x -> x != '', arraySlice(arrayDistinct(groupArray(lib)), 1, 5)) AS sdks
     FROM (SELECT door, key_id, field, reason, if(event = '', type, event) AS event, if(version = '', sdk, concat(sdk, '@', version)) AS lib,
         sum(count) AS n, sumIf(count, hour >= toDateTime(${(to - 24) * 3600}, 'UTC')) AS day_, max(hour) AS last
       FROM health_refused WHERE workspace_no = ${workspaceNo} AND hour >= toDateTime(${from * 3600}, 'UTC') AND hour < toDateTime(${to * 3600}, 'UTC')${of}
       GROUP BY door, key_id, field, reason, event, lib ORDER BY n DESC)
     GROUP BY door, key, field, reason ORDER BY count DESC, reason LIMIT ${options.limit}`,
  );
}
