import { sqlString } from '../../base/index.ts';
import { newKey } from '../keys.ts';
import { doorOf, type PointRow, pointColumns } from '../points.ts';
import type { TouchpointDeps } from '../ports.ts';
import type { Kind } from '../schema.ts';

type Deps = Pick<TouchpointDeps, 'pg' | 'ch' | 'clock' | 'events' | 'platform' | 'publicUrl'>;

/** A person's own way into a touchpoint: what their code says, or its picture where a platform draws it. */
export interface OwnWay {
  key: string;
  text?: string;
  picture?: Buffer;
}
/** What came in by one person's code. */
export interface Sharer {
  personNo: number | null;
  scans: number;
  people: number;
}

/** So many codes are asked for at a platform at a time. */
const atOnce = 6;

/** Whether people can have ways of their own into such a touchpoint: a door of ours, or a code that a platform makes in any number. */
export const isPersonal = (point: { kind: Kind; url: string | null }): boolean =>
  point.kind === 'mini_code' || doorOf('', { ...point, key: '' }) !== null;

/**
 * Codes of people for a touchpoint: each leads where the touchpoint leads, and says who shared it. Whose a code is stands apart from the code itself:
 * when a person is erased, what hangs on a wall goes on leading in, and names nobody.
 */
export function createPersonal(deps: Deps) {
  const { pg, ch, clock, events, platform } = deps;

  const held = (ws: number, id: string, people: readonly number[]) =>
    pg.query<{ person: number; key: string; picture: Buffer | null }>(
      `SELECT DISTINCT ON (o.person_no) o.person_no AS person, o.key, c.picture FROM personal_code_owners o JOIN personal_codes c ON c.key = o.key
       WHERE o.workspace_no = $1 AND o.touchpoint_id = $2 AND o.person_no = ANY($3) ORDER BY o.person_no, o.no`,
      [ws, id, [...people]],
      'touchpoints.own',
    );
  const make = (ws: number, id: string, people: readonly number[]): Promise<void> =>
    pg.tx(async (tx) => {
      const keys = people.map(newKey);
      const owned = await tx.query<{ key: string }>(
        `INSERT INTO personal_code_owners (workspace_no, touchpoint_id, person_no, first_no, key)
         SELECT $1, $2, no, no, key FROM unnest($3::int[], $4::text[]) AS u (no, key) ON CONFLICT (touchpoint_id, first_no) DO NOTHING RETURNING key`,
        [ws, id, [...people], keys],
      );
      await tx.query('INSERT INTO personal_codes (key, workspace_no, touchpoint_id, made_at) SELECT unnest($3::text[]), $1, $2, $4', [
        ...[ws, id, owned.map((o) => o.key), clock.now()],
      ]);
    });
  const draw = async (ws: number, page: string | undefined, rows: { key: string; picture: Buffer | null }[]): Promise<void> => {
    const left = rows.filter((row) => !row.picture);
    const run = async (): Promise<void> => {
      for (let row = left.shift(); row; row = left.shift()) {
        const made = await platform.make(ws, row.key, { way: 'mini_code', page: page ?? '' });
        row.picture = made.picture ?? null;
        await pg.query('UPDATE personal_codes SET picture = $3 WHERE workspace_no = $1 AND key = $2', [ws, row.key, row.picture]);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, run));
  };

  return {
    /** Everybody's own way in, made where there is none; the same person always gets the same. */
    ways: async (ws: number, id: string, people: readonly number[]): Promise<Map<number, OwnWay>> => {
      const [point] = await pg.query<PointRow>(
        `SELECT ${pointColumns} FROM touchpoints WHERE workspace_no = $1 AND id = $2 AND archived_at IS NULL`,
        [ws, id],
      );
      if (!point || !isPersonal(point) || people.length === 0) return new Map();
      let rows = await held(ws, id, people);
      if (rows.length < people.length) {
        const there = new Set(rows.map((row) => row.person));
        await make(
          ws,
          id,
          [...new Set(people)].filter((no) => !there.has(no)).sort((a, b) => a - b),
        );
        rows = await held(ws, id, people);
      }
      if (point.kind === 'mini_code') await draw(ws, point.provide?.page, rows);
      return new Map(
        rows.map(({ person, key, picture }) => {
          const text = doorOf(deps.publicUrl, { kind: point.kind, key, url: point.url });
          return [person, { key, ...(text ? { text } : {}), ...(picture ? { picture } : {}) }];
        }),
      );
    },
    /** Whose codes brought people in, the most first; who scanned their own is not counted. */
    sharers: async (ws: number, id: string, range: { from: Date; to: Date }): Promise<Sharer[]> => {
      const owners = await pg.query<{ key: string; no: number }>(
        'SELECT key, person_no AS no FROM personal_code_owners WHERE workspace_no = $1 AND touchpoint_id = $2',
        [ws, id],
      );
      const ownerOf = new Map(owners.map((o) => [o.key, o.no]));
      const at = (date: Date): string => `fromUnixTimestamp64Milli(${date.getTime()}, 'UTC')`;
      const rows = await ch.query<{ share: string; person: number; scans: number }>(
        `SELECT share, person_no AS person, count() AS scans
         FROM ${events.source(ws, undefined, ["ifNull(properties.`share`.:String, '') AS share", "ifNull(properties.`touchpointId`.:String, '') AS point"])}
         WHERE event = 'Touchpoint Entered' AND share != '' AND point = ${sqlString(id)} AND time >= ${at(range.from)} AND time < ${at(range.to)}
         GROUP BY share, person_no`,
      );
      const found = new Map<number | null, { scans: number; people: Set<number> }>();
      for (const { share, person, scans } of rows) {
        const owner = ownerOf.get(share) ?? null;
        if (owner === person) continue;
        const sum = found.get(owner) ?? { scans: 0, people: new Set() };
        sum.scans += scans;
        sum.people.add(person);
        found.set(owner, sum);
      }
      return [...found]
        .map(([personNo, sum]) => ({ personNo, scans: sum.scans, people: sum.people.size }))
        .sort((a, b) => b.people - a.people || b.scans - a.scans)
        .slice(0, 100);
    },
    onMerge: async (ws: number, moves: readonly { from: number; to: number }[]): Promise<void> => {
      for (const { from, to } of moves)
        await pg.query('UPDATE personal_code_owners SET person_no = $3 WHERE workspace_no = $1 AND person_no = $2', [ws, from, to]);
    },
    onSplit: async (ws: number, { from, to, former }: { from: number; to: number; former: readonly number[] }): Promise<void> => {
      await pg.query('UPDATE personal_code_owners SET person_no = $3 WHERE workspace_no = $1 AND person_no = $2 AND first_no = ANY($4)', [
        ws,
        from,
        to,
        [...former],
      ]);
    },
  };
}
