import { statfs } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import { newId, notFound, problem } from '../../base/index.ts';
import type { PosterDeps } from './ports.ts';
import { docOfVersion, rowOf } from './rows.ts';
import type { PosterBatch, PosterDoc } from './schema.ts';
import type { Picture } from './send.ts';

export const BATCH = 'posters.batch';
/** So many members are asked for at a time. */
const asked = 1000;
/** So many people are looked up together; after them the run is noted, so that one that was cut off goes on there. */
const together = 100;
/** So many are drawn at a time beside those that somebody waits for. */
const atOnce = 8;
export const perPart = 1000;
/** About what a picture takes on the disk, and what is left free for everything else. */
const bytesEach = 160_000;
const spareBytes = 2_000_000_000;

interface Row {
  id: string;
  poster_id: string;
  poster_name: string;
  version: number;
  audience_id: string;
  audience_name: string;
  before_no: number | null;
  state: PosterBatch['state'];
  done: number;
  failed: number;
  total: number;
  job_id: string | null;
  created_at: Date;
  done_at: Date | null;
}
const columns =
  'id, poster_id, poster_name, version, audience_id, audience_name, before_no, state, done, failed, total, job_id, created_at, done_at';
const view = (row: Row): PosterBatch => ({
  ...{ id: row.id, posterId: row.poster_id, posterName: row.poster_name, version: row.version },
  ...{ audienceId: row.audience_id, audienceName: row.audience_name, state: row.state, done: row.done, failed: row.failed },
  ...{ total: Math.max(row.total, row.done + row.failed), parts: Math.ceil(row.done / perPart), jobId: row.job_id },
  ...{ createdAt: row.created_at.toISOString(), doneAt: row.done_at?.toISOString() ?? null },
});

type Deps = Pick<PosterDeps, 'pg' | 'clock' | 'jobs' | 'log' | 'audience' | 'people' | 'dir'> & {
  manyOf(
    ws: number,
    poster: { id: string; version: number; doc: PosterDoc },
    numbers: readonly number[],
  ): Promise<{ people: number[]; draw(no: number, patiently: boolean): Promise<Picture> }>;
};

/** Everybody's poster of a whole audience, made ahead. What is kept of a batch is whom it is for: the pictures lie with the people. */
export function createBatches(deps: Deps) {
  const { pg, clock, jobs, audience } = deps;
  const rowOfBatch = async (ws: number, id: string): Promise<Row> => {
    const [row] = await pg.query<Row>(`SELECT ${columns} FROM poster_batches WHERE workspace_no = $1 AND id = $2`, [ws, id]);
    if (!row) throw notFound('Batch');
    return row;
  };

  jobs.define<{ id: string }>(BATCH, async (job) => {
    const ws = job.workspaceNo;
    const batch = await rowOfBatch(ws, job.payload.id);
    const poster = { id: batch.poster_id, version: batch.version, doc: await docOfVersion(pg, ws, batch.poster_id, batch.version) };
    try {
      let { done, failed } = batch;
      let members: number[] = [];
      for (let below = batch.before_no ?? undefined; ; ) {
        if (members.length === 0) members = await audience.members(ws, batch.audience_id, below, asked);
        const numbers = members.splice(0, together);
        if (numbers.length === 0) break;
        const many = await deps.manyOf(ws, poster, numbers);
        const made = await eachOf(many.people, (no) => many.draw(no, true).then(() => no), deps.log);
        below = numbers.at(-1)!;
        await pg.tx(async (tx) => {
          await tx.query(
            `INSERT INTO poster_batch_people (workspace_no, batch_id, person_no, first_no, n)
             SELECT $1, $2, no, no, $4 + i FROM unnest($3::int[]) WITH ORDINALITY AS u (no, i) ON CONFLICT DO NOTHING`,
            [ws, batch.id, made, done],
          );
          done += made.length;
          failed += numbers.length - made.length;
          await tx.query('UPDATE poster_batches SET before_no = $3, done = $4, failed = $5 WHERE workspace_no = $1 AND id = $2', [
            ...[ws, batch.id, below, done, failed],
          ]);
        });
        await job.progress({ done: done + failed, total: Math.max(batch.total, done + failed) });
      }
      await pg.query("UPDATE poster_batches SET state = 'done', done_at = $3 WHERE workspace_no = $1 AND id = $2", [
        ws,
        batch.id,
        clock.now(),
      ]);
      return { pictures: done, failed };
    } catch (error) {
      await pg.query("UPDATE poster_batches SET state = 'failed' WHERE workspace_no = $1 AND id = $2", [ws, batch.id]);
      throw error;
    }
  });

  return {
    start: async (ws: number, posterId: string, audienceId: string): Promise<PosterBatch> => {
      const poster = await rowOf(pg, ws, posterId);
      const { name, size } = await audience.about(ws, audienceId);
      const disk = await statfs(deps.dir).catch(() => undefined);
      const free = disk ? disk.bavail * disk.bsize : Number.POSITIVE_INFINITY;
      if (size * bytesEach + spareBytes > free)
        throw problem(409, 'There is no room for so many pictures', {
          code: 'no_room',
          detail: `About ${Math.ceil((size * bytesEach) / 1e9)} GB are needed, and ${Math.floor(free / 1e9)} GB are free.`,
        });
      const id = newId('pbatch', clock.ms());
      await pg.query(
        `INSERT INTO poster_batches (id, workspace_no, poster_id, poster_name, version, audience_id, audience_name, total, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [id, ws, poster.id, poster.name, poster.version, audienceId, name, size, clock.now()],
      );
      const job = await jobs.start(ws, BATCH, { id });
      await pg.query('UPDATE poster_batches SET job_id = $3 WHERE workspace_no = $1 AND id = $2', [ws, id, job.id]);
      return view(await rowOfBatch(ws, id));
    },
    list: async (ws: number, posterId?: string): Promise<PosterBatch[]> =>
      (
        await pg.query<Row>(
          `SELECT ${columns} FROM poster_batches WHERE workspace_no = $1 AND ($2::text IS NULL OR poster_id = $2) ORDER BY id DESC LIMIT 50`,
          [ws, posterId ?? null],
        )
      ).map(view),
    get: async (ws: number, id: string): Promise<PosterBatch> => view(await rowOfBatch(ws, id)),
    /** A part of a batch as an archive, made while it is read: a picture that has gone since is drawn again, that of somebody who was erased is not in it. */
    part: async (ws: number, id: string, part: number): Promise<{ name: string; stream: Readable }> => {
      const batch = await rowOfBatch(ws, id);
      const rows = await pg.query<{ n: number; person_no: number }>(
        'SELECT n, person_no FROM poster_batch_people WHERE workspace_no = $1 AND batch_id = $2 AND n > $3 AND n <= $4 ORDER BY n',
        [ws, id, (part - 1) * perPart, part * perPart],
      );
      if (rows.length === 0) throw notFound('Part');
      const doc = await docOfVersion(pg, ws, batch.poster_id, batch.version);
      const zip = new ZipFile();
      const fill = async (): Promise<void> => {
        let index = '\ufefffile,person\r\n';
        for (let from = 0; from < rows.length; from += together) {
          const some = rows.slice(from, from + together);
          const many = await deps.manyOf(
            ws,
            { id: batch.poster_id, version: batch.version, doc },
            some.map((row) => row.person_no),
          );
          const there = new Set(many.people);
          for (const { n, person_no } of some) {
            if (!there.has(person_no)) continue;
            const person = deps.people.id(person_no);
            const name = `${String(n).padStart(6, '0')}-${person}.jpg`;
            index += `${name},${person}\r\n`;
            await added(zip, name, clock.now(), () => many.draw(person_no, true));
          }
        }
        zip.addBuffer(Buffer.from(index), 'posters.csv', { mtime: clock.now() });
        zip.end();
      };
      const stream = zip.outputStream as unknown as Readable;
      fill().catch((error: Error) => stream.destroy(error));
      return { name: `${batch.poster_name}-${part}.zip`, stream };
    },
    follow: async (ws: number, moves: readonly { from: number; to: number }[]): Promise<void> => {
      for (const { from, to } of moves) {
        await pg.query(
          `UPDATE poster_batch_people b SET person_no = $3 WHERE workspace_no = $1 AND person_no = $2
             AND NOT EXISTS (SELECT 1 FROM poster_batch_people o WHERE o.batch_id = b.batch_id AND o.person_no = $3)`,
          [ws, from, to],
        );
        await pg.query('DELETE FROM poster_batch_people WHERE workspace_no = $1 AND person_no = $2', [ws, from]);
      }
    },
    followSplit: async (ws: number, from: number, to: number, former: readonly number[]): Promise<void> => {
      await pg.query('UPDATE poster_batch_people SET person_no = $3 WHERE workspace_no = $1 AND person_no = $2 AND first_no = ANY($4)', [
        ...[ws, from, to, [...former]],
      ]);
    },
  };
}
export type PosterBatches = ReturnType<typeof createBatches>;

/** Those for whom it went well; one picture that cannot be made stops no others. */
async function eachOf(numbers: readonly number[], work: (no: number) => Promise<number>, log: Deps['log']): Promise<number[]> {
  const left = [...numbers];
  const made: number[] = [];
  let told = false;
  const run = async (): Promise<void> => {
    for (let no = left.shift(); no !== undefined; no = left.shift())
      await work(no).then(
        (done) => made.push(done),
        (error: unknown) => {
          if (!told) log.warn({ err: error }, 'a poster of a batch could not be made');
          told = true;
        },
      );
  };
  await Promise.all(Array.from({ length: atOnce }, run));
  return made;
}

/** Puts a picture into an archive once the one before is through: there is one at a time. */
function added(zip: ZipFile, name: string, mtime: Date, make: () => Promise<Picture>): Promise<void> {
  return new Promise((next, failed) => {
    zip.addReadStreamLazy(name, { compress: false, mtime }, (give) => {
      make().then(
        ({ bytes }) => {
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
