import { boundary, type Ch, type Pg, sqlNumbers } from '../../base/index.ts';
import { asLines, linesOf } from './lines.ts';
import type { StateRow } from './transitions.ts';

/** What stands in PostgreSQL of one person: tags and audiences with since when. */
export interface KeptStanding {
  stage: string;
  tier: string;
  level: string;
  tags: Record<string, number>;
  audiences: Record<string, number>;
}

/** A row of which a look-up shows something else than before, and whether some of that is of tags. */
export interface Shown {
  state: StateRow;
  tagsMoved: boolean;
}

/** SQL of what stands of the person `p.person_no`. */
export const keptSql = `SELECT json_build_object('stage', s.stage, 'tier', s.tier, 'level', s.level, 'tags', s.tags, 'audiences', s.audiences)
  FROM person_standing s WHERE s.workspace_no = $1 AND s.person_no = p.person_no`;

const rowsAtOnce = 500;
const inParts = (rows: readonly StateRow[]): StateRow[][] =>
  Array.from({ length: Math.ceil(rows.length / rowsAtOnce) }, (_, i) => rows.slice(i * rowsAtOnce, (i + 1) * rowsAtOnce));
const numbersAtOnce = 50_000;

/**
 * The state of people, in ClickHouse for whoever asks for many, and of it in PostgreSQL what a look-up of one person shows. Before ClickHouse is written
 * PostgreSQL says durably of whom; the mark goes with the write that follows. So after a stop anywhere between them, `mend` knows who is behind.
 * To be called by one at a time for a workspace.
 */
export function createKept({ pg, ch }: { pg: Pg; ch: Ch }) {
  const withSince = (r: StateRow, kind: string, keys: readonly string[]) =>
    Object.fromEntries(keys.map((key) => [key, r.since[`${kind}:${key}`] ?? 0]));
  // One text is made and read much faster than lists of as many values.
  const standingOf = (r: StateRow) => ({
    ...{ no: r.person_no, stage: r.stage, tier: r.tier, level: r.level },
    audiences: withSince(r, 'audience', r.audiences),
  });
  const upsert = async (tx: Pg, ws: number, rows: readonly StateRow[]): Promise<void> => {
    const gone = rows.filter((r) => r.deleted === 1).map((r) => r.person_no);
    if (gone.length > 0) await tx.query('DELETE FROM person_standing WHERE workspace_no = $1 AND person_no = ANY($2)', [ws, gone]);
    for (const some of inParts(rows.filter((r) => r.deleted === 0)))
      await tx.query(
        `INSERT INTO person_standing (workspace_no, person_no, stage, tier, level, audiences, tags)
         SELECT $1, r.* FROM json_to_recordset($2::json) AS r(no bigint, stage text, tier text, level text, audiences jsonb, tags jsonb)
         ON CONFLICT (person_no) DO UPDATE SET stage = EXCLUDED.stage, tier = EXCLUDED.tier, level = EXCLUDED.level, tags = EXCLUDED.tags,
           audiences = EXCLUDED.audiences`,
        [ws, JSON.stringify(some.map((r) => ({ ...standingOf(r), tags: withSince(r, 'tag', r.tags) })))],
      );
  };
  /** Whose tags stand as they stood keep them unread: most people have far more tags than anything else. Returns of whom nothing stood yet: theirs are to be written. */
  const updateAllButTags = async (tx: Pg, ws: number, rows: readonly StateRow[]): Promise<StateRow[]> => {
    const left: StateRow[] = [];
    for (const some of inParts(rows)) {
      // By the conflict and not by a join, which an empty table's statistics would let read everything.
      const made = await tx.query<{ no: number }>(
        `WITH w AS (
           INSERT INTO person_standing (workspace_no, person_no, stage, tier, level, audiences, tags)
           SELECT $1, r.*, '{}' FROM json_to_recordset($2::json) AS r(no bigint, stage text, tier text, level text, audiences jsonb)
           ON CONFLICT (person_no) DO UPDATE SET stage = EXCLUDED.stage, tier = EXCLUDED.tier, level = EXCLUDED.level, audiences = EXCLUDED.audiences
           RETURNING person_no AS no, xmax = 0 AS made)
         SELECT no FROM w WHERE made`,
        [ws, JSON.stringify(some.map(standingOf))],
      );
      const fresh = made.length > 0 ? new Set(made.map((m) => m.no)) : undefined;
      if (fresh) left.push(...some.filter((r) => fresh.has(r.person_no)));
    }
    return left;
  };
  const finish = (ws: number, shown: readonly Shown[]): Promise<void> =>
    pg.tx(async (tx) => {
      // Lost in a crash, the mark is lost with it.
      await tx.query('SET LOCAL synchronous_commit = off');
      const same = shown.filter((s) => !s.tagsMoved && s.state.deleted === 0).map((s) => s.state);
      const left = await updateAllButTags(tx, ws, same);
      await upsert(tx, ws, [...shown.filter((s) => s.tagsMoved || s.state.deleted === 1).map((s) => s.state), ...left]);
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
    /** @param shown those of which a look-up shows something else than before; the others only wait for another instant */
    keep: async (ws: number, rows: readonly StateRow[], shown: readonly Shown[]): Promise<void> => {
      if (rows.length === 0) return;
      if (shown.length > 0)
        await pg.query(
          `INSERT INTO person_standing_open (workspace_no, people) VALUES ($1, $2)
           ON CONFLICT (workspace_no) DO UPDATE SET people = person_standing_open.people || EXCLUDED.people`,
          [ws, shown.map((s) => s.state.person_no)],
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
          await mendThese(ws, some, `person_no IN ${sqlNumbers(some)}`);
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
  };
}
export type Kept = ReturnType<typeof createKept>;
