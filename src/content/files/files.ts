import { createHash, randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { badInput, type Clock, notFound, type Pg, problem } from '../../base/index.ts';
import { type FileKind, forChat, lookAt, makeThumb, mostBytes } from './look.ts';
import type { FileStore } from './store.ts';

export interface FileView {
  id: string;
  kind: FileKind;
  mime: string;
  name: string;
  bytes: number;
  width: number | null;
  height: number | null;
  durationMs: number | null;
}
/** A file as it goes out. */
export interface FileOut extends FileView {
  open(range?: { start: number; end: number }): Readable;
}
export interface Picture {
  mime: string;
  bytes: Buffer;
}

interface Row {
  workspace_no: number;
  id: string;
  kind: FileKind;
  mime: string;
  name: string;
  bytes: number;
  width: number | null;
  height: number | null;
  duration_ms: number | null;
  held: Buffer | null;
}
const columns = 'workspace_no, id, kind, mime, name, bytes::float8 AS bytes, width, height, duration_ms, held';
const view = (row: Row): FileView => ({
  ...{ id: row.id, kind: row.kind, mime: row.mime, name: row.name, bytes: row.bytes },
  ...{ width: row.width, height: row.height, durationMs: row.duration_ms },
});
const thumbName = (id: string): string => `${id}.webp`;

/** Files of the library: taken in once, never changed, open to whoever has the address. */
export function createFiles(deps: { pg: Pg; clock: Clock; store: FileStore }) {
  const { pg, clock, store } = deps;

  const rowOf = async (id: string): Promise<Row> => {
    const [row] = await pg.query<Row>(`SELECT ${columns} FROM content_files WHERE id = $1`, [id]);
    if (!row) throw notFound('File');
    return row;
  };
  const open = (row: Row, range?: { start: number; end: number }): Readable =>
    row.held
      ? Readable.from([row.held.subarray(range?.start ?? 0, (range?.end ?? row.bytes) + 1)])
      : store.read(row.workspace_no, row.id, range);

  return {
    /** Takes a file in: looked at, made small for lists, and kept. The same bytes again are the file that is there. */
    add: async (workspaceNo: number, from: Readable, told: { name: string; by: string | null }): Promise<FileView> => {
      const place = await store.incoming();
      try {
        const path = join(place.dir, 'file');
        const sum = createHash('sha256');
        let bytes = 0;
        const count = new Transform({
          transform(chunk: Buffer, _encoding, done) {
            bytes += chunk.length;
            sum.update(chunk);
            done(
              bytes > mostBytes ? problem(413, 'The file is too large', { detail: `Send at most ${mostBytes / 1_000_000} MB.` }) : null,
              chunk,
            );
          },
        });
        await pipeline(from, count, createWriteStream(path, { mode: 0o600 }));
        if (bytes === 0) throw badInput([{ field: 'file', reason: 'is empty' }]);
        const look = await lookAt(path, bytes);
        const sha256 = sum.digest();
        const [same] = await pg.query<Row>(
          `SELECT ${columns} FROM content_files WHERE workspace_no = $1 AND sha256 = $2 ORDER BY made_at LIMIT 1`,
          [workspaceNo, sha256],
        );
        if (same) return view(same);
        const id = `file_${randomBytes(16).toString('base64url')}`;
        if (look.kind === 'image') {
          const thumb = join(place.dir, 'thumb');
          await makeThumb(path, thumb);
          await store.keep(workspaceNo, thumbName(id), thumb);
        }
        await store.keep(workspaceNo, id, path);
        const name = told.name
          .replace(/[\p{Cc}\\/]/gu, ' ')
          .trim()
          .slice(0, 200);
        const [row] = await pg.query<Row>(
          `INSERT INTO content_files (workspace_no, id, kind, mime, name, bytes, sha256, width, height, duration_ms, looks, made_at, made_by)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::bit(64), $12, $13) RETURNING ${columns}`,
          [
            workspaceNo,
            id,
            look.kind,
            look.mime,
            name,
            bytes,
            sha256,
            look.width,
            look.height,
            look.durationMs,
            look.looks,
            clock.now(),
            told.by,
          ],
        );
        return view(row!);
      } finally {
        await place.done();
      }
    },
    /** Those of the workspace among some ids. */
    some: async (workspaceNo: number, ids: readonly string[]): Promise<Map<string, FileView>> => {
      if (ids.length === 0) return new Map();
      const rows = await pg.query<Row>(`SELECT ${columns} FROM content_files WHERE workspace_no = $1 AND id = ANY($2)`, [
        workspaceNo,
        [...ids],
      ]);
      return new Map(rows.map((row) => [row.id, view(row)]));
    },
    /** A file by its id alone: whoever was shown it has its address. */
    get: async (id: string): Promise<FileOut> => {
      const row = await rowOf(id);
      return { ...view(row), open: (range) => open(row, range) };
    },
    /** The small picture of a picture. Of what was taken in before there were any, it is made when first asked for. */
    thumb: async (id: string): Promise<Readable> => {
      const row = await rowOf(id);
      if (row.kind !== 'image') throw notFound('Picture');
      if (!(await store.has(row.workspace_no, thumbName(id)))) {
        const place = await store.incoming();
        try {
          const path = join(place.dir, 'file');
          await writeFile(path, await buffer(open(row)), { mode: 0o600 });
          await makeThumb(path, join(place.dir, 'thumb'));
          await store.keep(row.workspace_no, thumbName(id), join(place.dir, 'thumb'));
        } finally {
          await place.done();
        }
      }
      return store.read(row.workspace_no, thumbName(id));
    },
    /** A picture as chats take it: PNG or JPEG, not too large. */
    picture: async (id: string): Promise<Picture> => {
      const row = await rowOf(id);
      if (row.kind !== 'image') throw notFound('Picture');
      return forChat(row.mime, await buffer(open(row)));
    },
  };
}
export type Files = ReturnType<typeof createFiles>;
