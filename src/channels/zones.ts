import type { Pg } from '../base/index.ts';
import type { Deps } from './ports.ts';
import { isZone } from './quiet.ts';
import type { Slice } from './slice.ts';

/**
 * Where people's days are, by what their devices say (`context.timezone` of events, as Segment has it): kept when events land, so that judging a message
 * looks nothing up in them.
 */

export interface ZoneSeen {
  personNo: number;
  zone: string;
  at: Date;
}

/** The newest holds; the same again is noted once a day, so that what arrives late is known to be older. */
export async function keepZones(pg: Pg, workspaceNo: number, seen: readonly ZoneSeen[]): Promise<void> {
  const known = seen.filter(({ zone }) => isZone(zone));
  if (known.length === 0) return;
  await pg.query(
    `INSERT INTO person_zones (workspace_no, person_no, zone, at)
     SELECT DISTINCT ON (person_no) $1, person_no, zone, at FROM unnest($2::bigint[], $3::text[], $4::timestamptz[]) AS z (person_no, zone, at)
     ORDER BY person_no, at DESC
     ON CONFLICT (workspace_no, person_no) DO UPDATE SET zone = EXCLUDED.zone, at = EXCLUDED.at
     WHERE person_zones.at < CASE WHEN person_zones.zone = EXCLUDED.zone THEN EXCLUDED.at - interval '1 day' ELSE EXCLUDED.at END`,
    [workspaceNo, known.map((one) => one.personNo), known.map((one) => one.zone), known.map((one) => one.at)],
  );
}

/** Reads them out of newly landed events, one for each person. */
export async function learnZones({ pg, ch, events }: Pick<Deps, 'pg' | 'ch' | 'events'>, slice: Slice): Promise<void> {
  const rows = await ch.query<{ person: number; said: string; ms: number }>(
    `SELECT person_no AS person, argMax(JSONExtractString(context, 'timezone'), time) AS said, max(toUnixTimestamp64Milli(time)) AS ms
     FROM ${events.source(slice.workspaceNo)}
     WHERE batch BETWEEN ${slice.fromBatch} AND ${slice.toBatch} AND source <> 'yutang' AND position(context, '"timezone"') > 0
     GROUP BY person_no HAVING length(said) BETWEEN 3 AND 63`,
  );
  await keepZones(
    pg,
    slice.workspaceNo,
    rows.map(({ person, said, ms }) => ({ personNo: person, zone: said, at: new Date(ms) })),
  );
}

export async function zonesOf(pg: Pg, workspaceNo: number, people: readonly number[]): Promise<Map<number, string>> {
  const rows = await pg.query<{ person_no: number; zone: string }>(
    'SELECT person_no, zone FROM person_zones WHERE workspace_no = $1 AND person_no = ANY($2)',
    [workspaceNo, [...people]],
  );
  return new Map(rows.map((row) => [row.person_no, row.zone]));
}
