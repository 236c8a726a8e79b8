import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { type Clock, type Pg, problem } from '../../../base/index.ts';
import type { Imports } from '../imports.ts';
import { type Guard, openReader, reasonOf } from './connect.ts';
import type { PulledRow } from './reader.ts';
import { type PullRow, readPull, readRun, type Watermark } from './store.ts';

export interface PullRunDeps {
  pg: Pg;
  clock: Clock;
  guard: Guard;
  imports: Pick<Imports, 'upload' | 'start' | 'work'>;
  secrets: { open(sealed: string): string };
  boundary(name: string): void;
  /** Rows that become one import; the next ones become another. */
  rowsInSlice?: number;
}

const defaultSlice = 500_000;
/** Of so many rows with the last value it is remembered that they were read; of more, some are read again and found to be duplicates. */
const mostSeen = 5000;

/**
 * One run: slice after slice is written to disk and imported, and only then the watermark moves on. A run that was cut off goes on:
 * a slice that was fetched is imported to its end first.
 */
export async function runPull(deps: PullRunDeps, runId: string, progress: (fetched: number) => Promise<void>): Promise<void> {
  const { pg, clock } = deps;
  const run = await readRun(pg, runId);
  if (!run || run.state === 'done' || run.state === 'failed') return;
  await pg.query("UPDATE pull_runs SET state = 'running' WHERE id = $1", [runId]);
  try {
    if (run.nextWatermark) await settle(deps, runId, run.pullId, run.importIds.at(-1)!, run.nextWatermark);
    for (;;) {
      const slice = await fetchSlice(deps, await readPull(pg, run.pullId), runId, progress);
      deps.boundary('pull.fetched');
      if (!slice) break;
      await pg.query(
        'UPDATE pull_runs SET import_ids = import_ids || $2::text, next_watermark = $3, fetched = fetched + $4 WHERE id = $1',
        [runId, slice.importId, slice.watermark, slice.rows],
      );
      deps.boundary('pull.sliced');
      await settle(deps, runId, run.pullId, slice.importId, slice.watermark);
      if (slice.last) break;
    }
    await pg.query("UPDATE pull_runs SET state = 'done', finished_at = $2 WHERE id = $1", [runId, clock.now()]);
  } catch (error) {
    // The next start takes it up where it is.
    if ((error as { code?: string }).code === 'STOPPING') return;
    const { field, reason } = reasonOf(error);
    await pg.query("UPDATE pull_runs SET state = 'failed', error = $2, finished_at = $3 WHERE id = $1", [
      runId,
      `${field} ${reason}`,
      clock.now(),
    ]);
    throw problem(422, `The pull ended: ${field} ${reason}`, { errors: [{ field, reason }] });
  }
}

async function settle(deps: PullRunDeps, runId: string, pullId: string, importId: string, watermark: Watermark): Promise<void> {
  await deps.imports.work(importId);
  deps.boundary('pull.imported');
  await deps.pg.tx(async (tx) => {
    await tx.query('UPDATE pulls SET watermark = $2 WHERE id = $1', [pullId, watermark]);
    await tx.query('UPDATE pull_runs SET next_watermark = NULL WHERE id = $1', [runId]);
  });
}

/** Reads rows from the watermark on into a file, and makes an import of it. A slice ends where the cursor's value changes. */
async function fetchSlice(deps: PullRunDeps, pull: PullRow, runId: string, progress: (fetched: number) => Promise<void>) {
  const reader = await openReader(deps.guard, pull.source, deps.secrets.open(pull.secret));
  const most = deps.rowsInSlice ?? defaultSlice;
  const before = pull.watermark;
  const known = new Set(before?.seen);
  let watermark: Watermark | undefined;
  let rows = 0;
  let last = true;
  const fresh = (row: PulledRow, digest: string) => !(row.cursor === before?.value && known.has(digest));
  async function* lines(all: AsyncGenerator<PulledRow>): AsyncGenerator<string> {
    for await (const row of all) {
      const line = JSON.stringify(row.values);
      const digest = createHash('sha256').update(line).digest('base64').slice(0, 16);
      if (!fresh(row, digest)) continue;
      if (rows >= most && row.cursor !== watermark!.value) {
        last = false;
        return;
      }
      if (watermark?.value !== row.cursor) watermark = { value: row.cursor, seen: row.cursor === before?.value ? [...known] : [] };
      if (watermark.seen.length < mostSeen) watermark.seen.push(digest);
      rows += 1;
      if (rows % 20_000 === 0) await progress(rows);
      yield `${line}\n`;
    }
  }
  const all = lines(reader.rows(pull.query, pull.cursor, before?.value));
  try {
    const first = await all.next();
    if (first.done) return undefined;
    const file = async function* () {
      yield first.value;
      yield* all;
    };
    const name = `${pull.name} ${deps.clock.now().toISOString().slice(0, 16)}`;
    const { uploadId } = await deps.imports.upload(pull.workspaceNo, { name, stream: Readable.from(file()) });
    const { id } = await deps.imports.start(pull.workspaceNo, {
      uploadId,
      kind: pull.kind,
      mapping: pull.mapping,
      options: pull.options,
      createdBy: pull.name,
      pull: { pullId: pull.id, runId },
    });
    return { importId: id, watermark: watermark!, rows, last };
  } finally {
    await all.return(undefined);
    await reader.close();
  }
}
