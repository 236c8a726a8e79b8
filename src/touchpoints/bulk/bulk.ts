import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { badInput, type JobRun, newId, notFound } from '../../base/index.ts';
import { checkLink } from '../door/guard.ts';
import { provisionPoint } from '../live/provision.ts';
import { codePng } from '../pictures/png.ts';
import { printPng } from '../pictures/print.ts';
import { insertPoints, type PointRow, pointColumns, toPoint } from '../points.ts';
import type { TouchpointDeps } from '../ports.ts';
import { type Batch, type BulkBody, newTouchpoint, platformKinds } from '../schema.ts';

export const BULK = 'touchpoints.bulk';
const atOnce = 500;

type Deps = Pick<TouchpointDeps, 'pg' | 'clock' | 'jobs' | 'log' | 'platform' | 'publicUrl' | 'dataDir' | 'allow'>;

interface BatchRow {
  id: string;
  name: string;
  kind: string;
  codes: number;
  bytes: number | null;
  job_id: string | null;
  created_at: Date;
  done_at: Date | null;
}
const columns = "id, name, request->>'kind' AS kind, codes, bytes, job_id, created_at, done_at";
const toBatch = ({ job_id, created_at, done_at, ...row }: BatchRow): Batch => ({
  ...row,
  jobId: job_id,
  createdAt: created_at.toISOString(),
  doneAt: done_at?.toISOString() ?? null,
});

/** Thousands of codes at once: touchpoints, and a ZIP of their pictures for the printer, made in the background with memory that does not grow. */
export function createBulk(deps: Deps) {
  const { pg, clock, jobs } = deps;
  const fileOf = (id: string) => join(deps.dataDir, 'code-sheets', `${id}.zip`);

  jobs.define<{ id: string }>(BULK, async (job) => {
    const ws = job.workspaceNo;
    const [batch] = await pg.query<{ id: string; request: BulkBody }>(
      'SELECT id, request FROM touchpoint_batches WHERE workspace_no = $1 AND id = $2',
      [ws, job.payload.id],
    );
    if (!batch) throw notFound('Batch');
    await makePoints(deps, job, batch.id, batch.request);
    const bytes = await makeZip(deps, job, batch.id, batch.request, fileOf(batch.id));
    await pg.query('UPDATE touchpoint_batches SET bytes = $3, done_at = $4 WHERE workspace_no = $1 AND id = $2', [
      ws,
      batch.id,
      bytes,
      clock.now(),
    ]);
    return { codes: batch.request.rows.length, bytes };
  });

  const one = async (ws: number, id: string): Promise<Batch> => {
    const [row] = await pg.query<BatchRow>(`SELECT ${columns} FROM touchpoint_batches WHERE workspace_no = $1 AND id = $2`, [ws, id]);
    if (!row) throw notFound('Batch');
    return toBatch(row);
  };
  return {
    start: async (ws: number, body: BulkBody): Promise<Batch> => {
      const errors = body.rows.flatMap((row, i) =>
        faultsOf(deps, body, row).map((f) => ({ field: `rows.${i}.${f.field}`, reason: f.reason })),
      );
      if (errors.length > 0) throw badInput(errors.slice(0, 50));
      const id = newId('batch', clock.ms());
      await pg.query(
        'INSERT INTO touchpoint_batches (id, workspace_no, name, request, codes, created_at) VALUES ($1, $2, $3, $4, $5, $6)',
        [id, ws, body.name, JSON.stringify(body), body.rows.length, clock.now()],
      );
      const job = await jobs.start(ws, BULK, { id });
      await pg.query('UPDATE touchpoint_batches SET job_id = $3 WHERE workspace_no = $1 AND id = $2', [ws, id, job.id]);
      return one(ws, id);
    },
    list: async (ws: number): Promise<Batch[]> =>
      (await pg.query<BatchRow>(`SELECT ${columns} FROM touchpoint_batches WHERE workspace_no = $1 ORDER BY id DESC LIMIT 100`, [ws])).map(
        toBatch,
      ),
    get: one,
    file: async (ws: number, id: string): Promise<{ path: string; name: string; bytes: number }> => {
      const batch = await one(ws, id);
      if (!batch.doneAt) throw notFound('The file is still being made: it');
      const { size } = await stat(fileOf(id)).catch(() => {
        throw notFound('File');
      });
      return { path: fileOf(id), name: batch.name, bytes: size };
    },
  };
}
export type Bulk = ReturnType<typeof createBulk>;

type BulkRow = BulkBody['rows'][number];

function faultsOf(deps: Deps, body: BulkBody, row: BulkRow): { field: string; reason: string }[] {
  const need = { static_code: 'content', channel_code: 'userIds', group_code: 'chatIds', short_link: 'url' } as Partial<
    Record<string, keyof BulkRow>
  >;
  const field = need[body.kind];
  const given = field && row[field];
  if (field && (given === undefined || given.length === 0)) return [{ field, reason: `is needed for a ${body.kind}` }];
  return row.url ? checkLink(row.url, deps.allow).map((reason) => ({ field: 'url', reason })) : [];
}

/** A run that was cut off goes on behind the last that was written. */
async function makePoints(deps: Deps, job: JobRun, batchId: string, body: BulkBody): Promise<void> {
  const { pg } = deps;
  const ws = job.workspaceNo;
  const total = body.rows.length * 2;
  const [made] = await pg.query<{ n: number }>('SELECT count(*) AS n FROM touchpoints WHERE workspace_no = $1 AND batch_id = $2', [
    ws,
    batchId,
  ]);
  for (let from = made!.n; from < body.rows.length; from += atOnce) {
    const some = body.rows.slice(from, from + atOnce).map(({ userIds, chatIds, ...row }) =>
      newTouchpoint.parse({
        ...row,
        kind: body.kind,
        campaign: body.campaign,
        tags: body.tags,
        ...(body.expiresAt ? { expiresAt: body.expiresAt } : {}),
        ...(platformKinds.includes(body.kind) ? { provide: { ...(userIds ? { userIds } : {}), ...(chatIds ? { chatIds } : {}) } } : {}),
      }),
    );
    await pg.tx((tx) => insertPoints(tx, deps, ws, some, batchId));
    await job.progress({ done: from + some.length, total });
  }
}

async function* pointsOf(deps: Deps, ws: number, batchId: string): AsyncGenerator<PointRow[]> {
  for (let after = ''; ; ) {
    const rows = await deps.pg.query<PointRow>(
      `SELECT ${pointColumns} FROM touchpoints WHERE workspace_no = $1 AND batch_id = $2 AND id > $3 ORDER BY id LIMIT ${atOnce}`,
      [ws, batchId, after],
    );
    if (rows.length === 0) return;
    yield rows;
    after = rows.at(-1)!.id;
  }
}

const csv = (values: (string | null)[]): string =>
  `${values.map((v) => `"${(v ?? '').replace(/^([=+\-@\t\r])/, "'$1").replaceAll('"', '""')}"`).join(',')}\r\n`;
const fileName = (n: number, name: string): string =>
  `${String(n).padStart(5, '0')}-${name.replace(/[^\p{L}\p{N}._-]+/gu, '_').slice(0, 60)}.png`;

/** Each picture is made when the ZIP has room for it, and then forgotten. */
async function makeZip(deps: Deps, job: JobRun, batchId: string, body: BulkBody, path: string): Promise<number> {
  const ws = job.workspaceNo;
  await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
  const part = `${path}.part`;
  const zip = new ZipFile();
  const written = pipeline(zip.outputStream as unknown as Readable, createWriteStream(part, { mode: 0o600 }));
  try {
    let n = 0;
    let index = '\ufeff';
    index += csv(['file', 'name', 'place', 'owner', 'key', 'code', 'problem']);
    for await (const rows of pointsOf(deps, ws, batchId)) {
      for (const row of rows) {
        n += 1;
        const point = await ready(deps, ws, row);
        const own = point.pictured && !point.content ? await pictureOf(deps, ws, row.id) : null;
        index += csv([
          point.content || own ? fileName(n, row.name) : '',
          row.name,
          row.place,
          row.owner,
          row.key,
          point.content,
          point.fault,
        ]);
        if (!point.content && !own) continue;
        // Waits until the one before has been written: so there is one picture at a time.
        await new Promise<void>((next, failed) => {
          zip.addReadStreamLazy(fileName(n, row.name), { compress: false, mtime: deps.clock.now() }, (give) => {
            (own ? Promise.resolve(own) : picture(body, row.name, point.content!)).then(
              (bytes) => {
                const stream = Readable.from([bytes], { objectMode: false });
                stream.once('close', next);
                give(null, stream);
              },
              (error: Error) => {
                give(error, Readable.from([]));
                failed(error);
              },
            );
          });
        });
      }
      await job.progress({ done: body.rows.length + n, total: body.rows.length * 2 });
    }
    zip.addBuffer(Buffer.from(index), 'codes.csv', { mtime: deps.clock.now() });
    zip.end();
    await written;
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  await rename(part, path);
  return (await stat(path)).size;
}

/** A picture that is no QR code is printed as the platform gave it. */
const pictureOf = async ({ pg }: Deps, ws: number, id: string): Promise<Buffer | null> =>
  (await pg.query<{ picture: Buffer | null }>('SELECT picture FROM touchpoints WHERE workspace_no = $1 AND id = $2', [ws, id]))[0]
    ?.picture ?? null;

async function ready(deps: Deps, ws: number, row: PointRow) {
  const point = toPoint(deps.publicUrl, row);
  if (point.content || !platformKinds.includes(row.kind)) return point;
  await provisionPoint(deps, ws, point);
  const [now] = await deps.pg.query<PointRow>(`SELECT ${pointColumns} FROM touchpoints WHERE workspace_no = $1 AND id = $2`, [ws, row.id]);
  return now ? toPoint(deps.publicUrl, now) : point;
}

const picture = async (body: BulkBody, name: string, text: string): Promise<Buffer> => {
  const { width, level, caption } = body.picture;
  return caption === 'name' ? codePng({ text, level, frame: { caption: name } }, width) : printPng(text, level, width);
};
