import { boundary, type Ch, type Pg, sqlNumbers, sqlString } from '../../base/index.ts';
import { asLines, linesOf } from './lines.ts';
import type { Change, StateRow } from './transitions.ts';

/** What stands in PostgreSQL of one person: tags and audiences with since when. */
export interface KeptStanding {
  stage: string;
  tier: string;
  level: string;
  tags: Record<string, number>;
  audiences: Record<string, number>;
}

/** SQL of what stands of the person `p.person_no`. */
export const keptSql = `SELECT json_build_object('stage', s.stage, 'tier', s.tier, 'level', s.level, 'tags', s.tags, 'audiences', s.audiences)
  FROM person_standing s WHERE s.workspace_no = $1 AND s.person_no = p.person_no`;

const rowsAtOnce = 500;
const inParts = <T>(rows: readonly T[]): T[][] =>
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
  const write = async (tx: Pg, ws: number, rows: readonly StateRow[]): Promise<void> => {
    // One text is made and read much faster than lists of as many values.
    for (const some of inParts(rows))
      await tx.query(
        `INSERT INTO person_standing (workspace_no, person_no, stage, tier, level, audiences, tags)
         SELECT $1, r.* FROM json_to_recordset($2::json) AS r(no bigint, stage text, tier text, level text, audiences jsonb, tags jsonb)`,
        [
          ws,
          JSON.stringify(
            some.map((r) => ({
              ...{ no: r.person_no, stage: r.stage, tier: r.tier, level: r.level },
              audiences: withSince(r, 'audience', r.audiences),
              tags: withSince(r, 'tag', r.tags),
            })),
          ),
        ],
      );
  };
  /** Only what is new is written to what stands: most people have far more tags than change. */
  const apply = async (tx: Pg, ws: number, changes: readonly Change[]): Promise<void> => {
    for (const some of inParts(changes))
      await tx.query(
        `INSERT INTO person_standing AS s (workspace_no, person_no, stage, tier, level, audiences, tags)
         SELECT $1, r.* FROM json_to_recordset($2::json) AS r(person bigint, stage text, tier text, level text, audiences jsonb, tags jsonb)
         ON CONFLICT (person_no) DO UPDATE SET stage = EXCLUDED.stage, tier = EXCLUDED.tier, level = EXCLUDED.level,
           audiences = CASE EXCLUDED.audiences WHEN '{}' THEN s.audiences ELSE jsonb_strip_nulls(s.audiences || EXCLUDED.audiences) END,
           tags = CASE EXCLUDED.tags WHEN '{}' THEN s.tags ELSE jsonb_strip_nulls(s.tags || EXCLUDED.tags) END`,
        [
          ws,
          JSON.stringify(some.map(({ person, stage, tier, level, audiences, tags }) => ({ person, stage, tier, level, audiences, tags }))),
        ],
      );
  };
  const mark = (ws: number, people: readonly number[]) =>
    pg.query(
      `INSERT INTO person_standing_open (workspace_no, people) VALUES ($1, $2)
       ON CONFLICT (workspace_no) DO UPDATE SET people = person_standing_open.people || EXCLUDED.people`,
      [ws, people],
    );
  const finish = (ws: number, work: (tx: Pg) => Promise<unknown>): Promise<void> =>
    pg.tx(async (tx) => {
      // Lost in a crash, the mark is lost with it.
      await tx.query('SET LOCAL synchronous_commit = off');
      await work(tx);
      await tx.query('DELETE FROM person_standing_open WHERE workspace_no = $1', [ws]);
    });
  const remove = (tx: Pg, ws: number, people: readonly number[]) =>
    tx.query('DELETE FROM person_standing WHERE workspace_no = $1 AND person_no = ANY($2)', [ws, people]);

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
      await remove(tx, ws, people);
      await write(tx, ws, rows);
    });
  };

  return {
    /** @param states the whole state of the same people; without it ClickHouse makes it of what it knows and what is new */
    keep: async (ws: number, changes: readonly Change[], states?: readonly StateRow[]): Promise<void> => {
      if (changes.length === 0) return;
      const shown = changes.filter((c) => c.moved);
      if (shown.length > 0)
        await mark(
          ws,
          shown.map((c) => c.person),
        );
      await (states ? ch.insertText('person_state', await asLines(states)) : ch.command(changedSql(ws, changes)));
      boundary('audience.state.written');
      if (shown.length > 0) await finish(ws, (tx) => apply(tx, ws, shown));
      boundary('audience.standing.written');
    },
    /** Nothing is said of these people any more. */
    forget: async (ws: number, gone: readonly StateRow[]): Promise<void> => {
      if (gone.length === 0) return;
      const people = gone.map((r) => r.person_no);
      await mark(ws, people);
      await ch.insertText('person_state', await asLines(gone));
      boundary('audience.state.written');
      await finish(ws, (tx) => remove(tx, ws, people));
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
      await finish(ws, async () => {});
    },
  };
}
export type Kept = ReturnType<typeof createKept>;

/** SQL that writes the state of people anew, of what is known of them and what is new. Run twice it says the same. */
function changedSql(ws: number, changes: readonly Change[]): string {
  const lines = changes.map(({ person, stage, tier, level, tags, audiences, since, due }) => {
    const split = (of: Change['tags']) => [Object.keys(of).filter((k) => of[k] !== null), Object.keys(of)];
    return JSON.stringify([person, stage, tier, level, ...split(tags), ...split(audiences), since, due]);
  });
  const keys = 'Array(LowCardinality(String))';
  const list = (column: string) => `arraySort(arrayConcat(arrayExcept(o.${column}, c.${column}Moved), c.${column}Added))`;
  // The few that are new are looked up while the state passes: the other way round it would be held whole.
  return `INSERT INTO person_state (workspace_no, person_no, stage, tier, level, tags, audiences, since, next_due, version, deleted)
    SELECT ${ws}, c.person, c.stage, c.tier, c.level, ${list('tags')}, ${list('audiences')}, mapUpdate(o.since, c.since), c.due, o.version + 1, 0
    FROM (SELECT person_no, tags, audiences, since, version FROM person_state FINAL
      WHERE workspace_no = ${ws} AND person_no IN ${sqlNumbers(changes.map((c) => c.person))}) AS o
    RIGHT JOIN format(JSONCompactEachRow, 'person UInt32, stage String, tier String, level String, tagsAdded ${keys}, tagsMoved ${keys},
      audiencesAdded ${keys}, audiencesMoved ${keys}, since Map(LowCardinality(String), Int64), due Int64', ${sqlString(lines.join('\n'))}) AS c
      ON o.person_no = c.person`;
}
