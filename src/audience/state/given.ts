import type { Ch, Pg } from '../../base/index.ts';
import type { Events } from '../../events/index.ts';
import { partsSql } from '../../people/index.ts';

/** A tag that was given by hand or import: its value, by whom, since when. */
export interface GivenTag {
  key: string;
  value: string;
  by: string;
  at: number;
}

interface Found {
  p: number;
  k: string;
  v: string;
  b: string;
  t: number;
  m: number;
}

/** SQL of those of the person `p.person_no`, as a list of `GivenTag`. */
export const givenSql = `SELECT json_agg(json_build_object('key', n.key, 'value', n.value, 'by', n.by, 'at', n.at_ms)) FROM (
    SELECT DISTINCT ON (g.key) g.* FROM (${partsSql}) parts JOIN person_given_tags g ON g.person_no = parts.part AND g.workspace_no = $1
    ORDER BY g.key, g.at_ms DESC, g.message DESC) n`;

const numbersAtOnce = 50_000;
/** For more, a list of their numbers costs more than it saves. */
const listed = 2_000;

/**
 * The newest `Tag Added` by hand for each person and key, kept in PostgreSQL where a look-up finds it. Whether the tag still holds is for the state to say.
 * A merge moves nothing: what is noted of those who were merged is read with the one who stays, and the newest counts.
 */
export function createGiven({ pg, ch, events }: { pg: Pg; ch: Ch; events: Pick<Events, 'source'> }) {
  const read = (source: string, where: string): Promise<Found[]> =>
    ch.query<Found>(
      `SELECT person_no AS p, ifNull(properties.key.:String, '') AS k, replaceAll(argMax(ifNull(toString(properties.value), ''), (time, key)), '\\0', '') AS v,
         replaceAll(argMax(ifNull(properties.by.:String, ''), (time, key)), '\\0', '') AS b, toUnixTimestamp64Milli(max(time)) AS t, max((time, key)).2 AS m
       FROM ${source} WHERE event = 'Tag Added' AND ifNull(properties.by.:String, '') != 'rule' AND k != '' AND length(k) <= 400 AND position(k, '\\0') = 0
         AND ${where} GROUP BY p, k`,
    );
  const write = async (tx: Pg, ws: number, rows: readonly Found[]): Promise<void> => {
    if (rows.length === 0) return;
    await tx.query(
      `INSERT INTO person_given_tags AS g (workspace_no, person_no, key, value, by, at_ms, message)
       SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[])
       ON CONFLICT (person_no, key) DO UPDATE SET value = EXCLUDED.value, by = EXCLUDED.by, at_ms = EXCLUDED.at_ms, message = EXCLUDED.message
       WHERE (EXCLUDED.at_ms, EXCLUDED.message) >= (g.at_ms, g.message)`,
      [
        ws,
        rows.map((r) => r.p),
        rows.map((r) => r.k),
        rows.map((r) => r.v),
        rows.map((r) => r.b),
        rows.map((r) => r.t),
        rows.map((r) => r.m),
      ],
    );
  };

  return {
    /** What a slice of events brought. */
    note: async (ws: number, people: readonly number[], batches: { from: number; to: number }): Promise<void> => {
      const source = events.source(ws, people.length <= listed ? people : undefined);
      await write(pg, ws, await read(source, `batch >= ${batches.from} AND batch <= ${batches.to}`));
    },
    /** From all their events, in place of what was noted of them and of those who are one with them. */
    again: async (ws: number, people: readonly number[]): Promise<void> => {
      const rows = await read(events.source(ws, people), '1');
      await pg.tx(async (tx) => {
        // Who is merged but not told yet still has events of their own number.
        await tx.query(
          `DELETE FROM person_given_tags WHERE person_no IN (SELECT person_no FROM people p WHERE workspace_no = $1 AND (person_no = ANY($2) OR merged_into = ANY($2))
             AND NOT EXISTS (SELECT 1 FROM person_merges m WHERE NOT m.announced AND m.workspace_no = $1 AND m.from_no = p.person_no))`,
          [ws, [...people]],
        );
        await write(tx, ws, rows);
      });
    },
    /** Everybody's. */
    everyone: async (ws: number): Promise<void> => {
      const source = events.source(ws);
      const blocks = await ch.query<{ b: number }>(
        `SELECT DISTINCT intDiv(person_no, ${numbersAtOnce}) AS b FROM ${source} WHERE event = 'Tag Added' ORDER BY b`,
      );
      for (const { b } of blocks)
        await write(pg, ws, await read(source, `person_no >= ${b * numbersAtOnce} AND person_no < ${(b + 1) * numbersAtOnce}`));
    },
  };
}
export type Given = ReturnType<typeof createGiven>;
