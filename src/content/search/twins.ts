import { z } from 'zod';
import { decodeCursor, encodeCursor, notFound, type Pg } from '../../base/index.ts';
import { alike, likenessOf } from './likeness.ts';

export interface Twin {
  id: string;
  name: string;
  what: 'text' | 'picture';
  /** 1: the same. */
  likeness: number;
}
/** Pictures that differ in so many of 64 bits look alike. */
const fewBits = 6;

/** Items that say, or show, what this does. `except`: the item itself. */
export async function twinsOf(
  pg: Pg,
  workspaceNo: number,
  one: { plain: string; bands: readonly number[]; pictures: readonly string[] },
  except = '',
): Promise<Twin[]> {
  const twins: Twin[] = [];
  if (one.bands.length > 0) {
    const rows = await pg.query<{ id: string; name: string; plain: string }>(
      `SELECT id, name, plain FROM content_items WHERE workspace_no = $1 AND deleted_at IS NULL AND bands && $2::int[] AND id <> $3
       ORDER BY id DESC LIMIT 500`,
      [workspaceNo, [...one.bands], except],
    );
    for (const { id, name, plain } of rows) {
      const likeness = likenessOf(one.plain, plain);
      if (likeness >= alike) twins.push({ id, name, what: 'text', likeness });
    }
  }
  if (one.pictures.length > 0) {
    const rows = await pg.query<{ id: string; name: string; bits: number }>(
      `SELECT i.id, i.name, min(CASE WHEN f.id = m.id THEN 0 ELSE bit_count(f.looks # m.looks) END)::int AS bits
       FROM content_files m
       JOIN content_files f ON f.workspace_no = m.workspace_no AND (f.id = m.id OR bit_count(f.looks # m.looks) <= ${fewBits})
       JOIN content_items i ON i.workspace_no = m.workspace_no AND i.files @> ARRAY[f.id] AND i.kind = 'image' AND i.deleted_at IS NULL AND i.id <> $3
       WHERE m.workspace_no = $1 AND m.id = ANY($2) GROUP BY i.id, i.name ORDER BY i.id DESC LIMIT 100`,
      [workspaceNo, [...one.pictures], except],
    );
    twins.push(...rows.map(({ id, name, bits }): Twin => ({ id, name, what: 'picture', likeness: 1 - bits / 64 })));
  }
  return twins.sort((a, b) => b.likeness - a.likeness);
}

/** Writes down who is alike with an item as it was just saved. A pair that somebody looked at and let stand stays so. */
export async function noteTwins(tx: Pg, now: Date, workspaceNo: number, id: string): Promise<void> {
  const [row] = await tx.query<{ plain: string; bands: number[]; files: string[]; kind: string }>(
    'SELECT plain, bands, files, kind FROM content_items WHERE workspace_no = $1 AND id = $2',
    [workspaceNo, id],
  );
  if (!row) return;
  const twins = await twinsOf(tx, workspaceNo, { ...row, pictures: row.kind === 'image' ? row.files : [] }, id);
  const pairs = twins.map((t) => ({ ...t, a: t.id < id ? t.id : id, b: t.id < id ? id : t.id }));
  const column = (key: 'a' | 'b' | 'what') => pairs.map((p) => p[key]);
  await tx.query(
    `DELETE FROM content_twins t WHERE workspace_no = $1 AND (a = $2 OR b = $2)
       AND NOT EXISTS (SELECT FROM unnest($3::text[], $4::text[], $5::text[]) AS p (a, b, what) WHERE (p.a, p.b, p.what) = (t.a, t.b, t.what))`,
    [workspaceNo, id, column('a'), column('b'), column('what')],
  );
  await tx.query(
    `INSERT INTO content_twins (workspace_no, a, b, what, likeness, found_at)
     SELECT $1, p.a, p.b, p.what, p.likeness, $6 FROM unnest($2::text[], $3::text[], $4::text[], $5::real[]) AS p (a, b, what, likeness)
     ON CONFLICT (workspace_no, a, b, what) DO UPDATE SET likeness = EXCLUDED.likeness`,
    [workspaceNo, column('a'), column('b'), column('what'), pairs.map((p) => p.likeness), now],
  );
}

export interface TwinPair {
  a: { id: string; name: string; kind: string };
  b: { id: string; name: string; kind: string };
  what: 'text' | 'picture';
  likeness: number;
}

/** Pairs that are alike, the most alike first. */
export async function listTwins(
  pg: Pg,
  workspaceNo: number,
  query: { cursor?: string | undefined; limit: number },
): Promise<{ items: TwinPair[]; nextCursor: string | null }> {
  const after = decodeCursor(query.cursor, z.tuple([z.number(), z.string(), z.string(), z.string()]));
  const rows = await pg.query<{
    a: string;
    b: string;
    what: TwinPair['what'];
    likeness: number;
    an: string;
    bn: string;
    ak: string;
    bk: string;
  }>(
    `SELECT t.a, t.b, t.what, t.likeness::float8 AS likeness, x.name AS an, y.name AS bn, x.kind AS ak, y.kind AS bk FROM content_twins t
     JOIN content_items x ON x.workspace_no = t.workspace_no AND x.id = t.a AND x.deleted_at IS NULL
     JOIN content_items y ON y.workspace_no = t.workspace_no AND y.id = t.b AND y.deleted_at IS NULL
     WHERE t.workspace_no = $1 AND t.dismissed_at IS NULL
       AND ($2::float8 IS NULL OR (-t.likeness::float8, t.a, t.b, t.what) > (-$2::float8, $3::text, $4::text, $5::text))
     ORDER BY t.likeness DESC, t.a, t.b, t.what LIMIT $6`,
    [workspaceNo, after?.[0] ?? null, after?.[1] ?? null, after?.[2] ?? null, after?.[3] ?? null, query.limit + 1],
  );
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    items: page.map((r) => ({
      a: { id: r.a, name: r.an, kind: r.ak },
      b: { id: r.b, name: r.bn, kind: r.bk },
      ...{ what: r.what, likeness: r.likeness },
    })),
    nextCursor: rows.length > query.limit && last ? encodeCursor([last.likeness, last.a, last.b, last.what]) : null,
  };
}

/** Both stay, and are not shown as twins again. */
export async function dismissTwins(pg: Pg, now: Date, workspaceNo: number, a: string, b: string): Promise<void> {
  const rows = await pg.query(
    'UPDATE content_twins SET dismissed_at = $4 WHERE workspace_no = $1 AND a = least($2 COLLATE "C", $3) AND b = greatest($2 COLLATE "C", $3) RETURNING a',
    [workspaceNo, a, b, now],
  );
  if (rows.length === 0) throw notFound('Pair');
}
