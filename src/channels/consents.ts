import type { Pg } from '../base/index.ts';
import type { Deps } from './ports.ts';
import type { Slice } from './slice.ts';

export interface ConsentChange {
  personNo: number;
  /** '*': every purpose. */
  purpose: string;
  /** '*': every channel. */
  channel: string;
  granted: boolean;
  at: Date;
}

/** Keeps what people said about being written to; the newest word on each purpose and channel holds. */
export async function keepConsents(pg: Pg, workspaceNo: number, changes: readonly ConsentChange[]): Promise<void> {
  if (changes.length === 0) return;
  await pg.query(
    `INSERT INTO consents (workspace_no, person_no, purpose, channel, granted, at)
     SELECT DISTINCT ON (person_no, purpose, channel) $1, person_no, purpose, channel, granted, at
     FROM unnest($2::bigint[], $3::text[], $4::text[], $5::bool[], $6::timestamptz[]) AS c (person_no, purpose, channel, granted, at)
     ORDER BY person_no, purpose, channel, at DESC
     ON CONFLICT (workspace_no, person_no, purpose, channel) DO UPDATE SET granted = EXCLUDED.granted, at = EXCLUDED.at WHERE consents.at < EXCLUDED.at`,
    [
      workspaceNo,
      changes.map((c) => c.personNo),
      changes.map((c) => c.purpose),
      changes.map((c) => c.channel),
      changes.map((c) => c.granted),
      changes.map((c) => c.at),
    ],
  );
}

/** Reads `Consent Changed {granted, purpose?, channel?}` out of newly landed events. An event without a true or false is not an answer. */
export async function consumeConsents(deps: Deps, slice: Slice): Promise<void> {
  if (!slice.names.has('Consent Changed')) return;
  const rows = await deps.ch.query<{ person: number; ms: number; granted: boolean; purpose: string; channel: string }>(
    `SELECT person_no AS person, toUnixTimestamp64Milli(time) AS ms, properties.granted.:Bool AS granted,
       ifNull(properties.purpose.:String, '*') AS purpose, ifNull(properties.channel.:String, '*') AS channel
     FROM ${deps.events.source(slice.workspaceNo)}
     WHERE batch BETWEEN ${slice.fromBatch} AND ${slice.toBatch} AND type = 'track' AND event = 'Consent Changed' AND isNotNull(granted)`,
  );
  await keepConsents(
    deps.pg,
    slice.workspaceNo,
    rows.map((r) => ({ personNo: r.person, purpose: r.purpose, channel: r.channel, granted: r.granted, at: new Date(r.ms) })),
  );
}
