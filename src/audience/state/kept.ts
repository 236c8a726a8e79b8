import { boundary, type Ch, type Pg } from '../../base/index.ts';
import { asLines, linesOf } from './lines.ts';
import type { StateRow } from './transitions.ts';

/** What stands in PostgreSQL of one person: tags and audiences with since when. */
export interface KeptStanding {
  no: number;
  stage: string;
  tier: string;
  level: string;
  tags: Record<string, number>;
  audiences: Record<string, number>;
}

const rowsAtOnce = 500;
const numbersAtOnce = 50_000;

/**
 * The state of people, in ClickHouse for whoever asks for many, and of it in PostgreSQL what a look-up of one person shows. Before ClickHouse is written
 * PostgreSQL says durably of whom; the mark goes with the write that follows. So after a stop anywhere between them, `mend` knows who is behind.
 * To be called by one at a time for a workspace.
 */
export function createKept({ pg, ch }: { pg: Pg; ch: Ch }) {
  const upsert = async (tx: Pg, ws: number, rows: readonly StateRow[]): Promise<void> => {
    const gone = rows.filter((r) => r.deleted === 1).map((r) => r.person_no);
    if (gone.length > 0) await tx.query('DELETE FROM person_standing WHERE workspace_no = $1 AND person_no = ANY($2)', [ws, gone]);
    const there = rows.filter((r) => r.deleted === 0);
    for (let i = 0; i < there.length; i += rowsAtOnce) {
      const some = there.slice(i, i + rowsAtOnce);
      const since = (r: StateRow, kind: string, keys: readonly string[]) =>
        Object.fromEntries(keys.map((key) => [key, r.since[`${kind}:${key}`] ?? 0]));
      // One text is made and read much faster than lists of as many values.
      const rows = some.map((r) => ({
        ...{ no: r.person_no, stage: r.stage, tier: r.tier, level: r.level },
        tags: since(r, 'tag', r.tags),
        audiences: since(r, 'audience', r.audiences),
      }));
      await tx.query(
        `INSERT INTO person_standing (workspace_no, person_no, stage, tier, level, tags, audiences)
         SELECT $1, r.* FROM json_to_recordset($2::json) AS r(no bigint, stage text, tier text, level text, tags jsonb, audiences jsonb)
         ON CONFLICT (person_no) DO UPDATE SET stage = EXCLUDED.stage, tier = EXCLUDED.tier, level = EXCLUDED.level, tags = EXCLUDED.tags,
           audiences = EXCLUDED.audiences`,
        [ws, JSON.stringify(rows)],
      );
    }
  };
  const finish = (ws: number, rows: readonly StateRow[]): Promise<void> =>
    pg.tx(async (tx) => {
      // Lost in a crash, the mark is lost with it.
      await tx.query('SET LOCAL synchronous_commit = off');
      await upsert(tx, ws, rows);
      await tx.query('DELETE FROM person_standing_open WHERE workspace_no = $1', [ws]);
    });

  const stateOf = (ws: number, where: string): Promise<StateRow[]> =>
    linesOf<StateRow>(
      ch,
      `SELECT workspace_no, person_no, stage, tier, level, tags, audiences, since, next_due, version, deleted
       FROM person_state FINAL WHERE workspace_no = ${ws} AND ${where}`,
    );
  /** People with what ClickHouse says of them; of whom it says nothing, nothing is kept. */
  const mendThese = async (ws: number, people: readonly number[], where: string): Promise<void> => {
    const rows = await stateOf(ws, where);
    await pg.tx(async (tx) => {
      await tx.query('DELETE FROM person_standing WHERE workspace_no = $1 AND person_no = ANY($2)', [ws, [...people]]);
      await upsert(tx, ws, rows);
    });
  };

  return {
    /** @param shown of these rows a look-up shows something else than before; the others only wait for another instant */
    keep: async (ws: number, rows: readonly StateRow[], shown: readonly StateRow[]): Promise<void> => {
      if (rows.length === 0) return;
      if (shown.length > 0)
        await pg.query(
          `INSERT INTO person_standing_open (workspace_no, people) VALUES ($1, $2)
           ON CONFLICT (workspace_no) DO UPDATE SET people = person_standing_open.people || EXCLUDED.people`,
          [ws, shown.map((r) => r.person_no)],
        );
      await ch.insertText('person_state', await asLines(rows));
      boundary('audience.state.written');
      if (shown.length > 0) await finish(ws, shown);
      boundary('audience.standing.written');
    },
    /** Whether a write was cut short; then for whom, `null` meaning everybody. */
    open: async (ws: number): Promise<{ people: number[] | null } | undefined> => {
      const [row] = await pg.query<{ people: number[] | null }>(
        'SELECT array_to_json(people) AS people FROM person_standing_open WHERE workspace_no = $1',
        [ws],
      );
      return row;
    },
    /** Brings PostgreSQL to what ClickHouse says. */
    mend: async (ws: number, people: readonly number[] | null): Promise<void> => {
      if (people) {
        for (let i = 0; i < people.length; i += numbersAtOnce) {
          const some = people.slice(i, i + numbersAtOnce);
          await mendThese(ws, some, `person_no IN (${some.join(',')})`);
        }
      } else {
        const blocks = await ch.query<{ b: number }>(
          `SELECT DISTINCT intDiv(person_no, ${numbersAtOnce}) AS b FROM person_state WHERE workspace_no = ${ws} ORDER BY b`,
        );
        for (const { b } of blocks) {
          const [from, to] = [b * numbersAtOnce, (b + 1) * numbersAtOnce];
          const kept = await pg.query<{ no: number }>(
            'SELECT person_no AS no FROM person_standing WHERE workspace_no = $1 AND person_no >= $2 AND person_no < $3',
            [ws, from, to],
          );
          await mendThese(
            ws,
            kept.map((k) => k.no),
            `person_no >= ${from} AND person_no < ${to}`,
          );
        }
      }
      await finish(ws, []);
    },
    of: (ws: number, people: readonly number[]): Promise<KeptStanding[]> =>
      pg.query<KeptStanding>(
        `SELECT person_no AS no, stage, tier, level, tags, audiences FROM person_standing WHERE workspace_no = $1 AND person_no = ANY($2)`,
        [ws, [...people]],
        'audience.standing',
      ),
  };
}
export type Kept = ReturnType<typeof createKept>;
