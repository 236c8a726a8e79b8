import { rmSync } from 'node:fs';
import { boundary as realBoundary } from '../../base/index.ts';
import { dryRun } from './dry-run.ts';
import { type ImportFiles, importFiles } from './files.ts';
import { lookUp, readingOf } from './look-up.ts';
import { readPage, writePages } from './pages.ts';
import { type Reading, text } from './plan.ts';
import { openRejects } from './rejects.ts';
import { readRows } from './rows.ts';
import type { RunControl, RunDeps } from './run-types.ts';
import { type Checkpoint, type ImportRow, readImport } from './store.ts';
import { keyTarget } from './targets.ts';
import { group, nextChunk, planChunk, planUnit } from './units.ts';
import { writeChunk } from './write-chunk.ts';

/**
 * Does an import, or what is left of it. First the file is read into pages (see pages.ts); then page after page is
 * planned and written in chunks, with a checkpoint after each. Killed anywhere, the next run goes on from the last checkpoint, and
 * what it repeats changes nothing. Returns false when it was asked to stop before the end.
 */
export async function runImport(deps: RunDeps, id: string, control: RunControl): Promise<boolean> {
  const boundary = deps.boundary ?? realBoundary;
  await deps.pg.query("UPDATE imports SET state = 'running', error = NULL WHERE id = $1", [id]);
  let row = await readImport(deps.pg, id);
  const files = importFiles(deps.dir, await deps.keys(row.workspaceNo));
  if (row.pages === null) {
    const read = await readIntoPages(deps, row, files, control);
    if (!read) return false;
    await deps.pg.query('UPDATE imports SET pages = $2, rows_read = $3, rows_total = $3 WHERE id = $1', [id, read.pages, read.rows]);
    boundary('import.read');
    row = await readImport(deps.pg, id);
  }
  const finished = await (row.dryRun ? dryRun(deps, row, files, control) : writePagesOut({ ...deps, boundary }, row, files, control));
  if (!finished) return false;
  await deps.pg.query("UPDATE imports SET state = 'done', finished_at = $2 WHERE id = $1", [id, deps.clock.now()]);
  boundary('import.done');
  // The rows are events now: the file and its pages would be a second copy of personal data.
  rmSync(files.pages(id), { recursive: true, force: true });
  // After a dry run the file waits for the import itself.
  if (!row.dryRun) rmSync(files.upload(row.uploadId).path, { force: true });
  return true;
}

async function readIntoPages(deps: RunDeps, row: ImportRow, files: ImportFiles, control: RunControl) {
  const key = keyTarget(row.kind, row.mapping);
  const byKey = key !== undefined;
  const keyColumn = byKey ? row.layout.columns.indexOf(row.mapping[key] ?? '') : -1;
  const [upload] = await deps.pg.query<{ bytes: number }>('SELECT bytes FROM uploads WHERE id = $1', [row.uploadId]);
  const pages = writePages(files, row.id, { byKey, bytes: upload?.bytes ?? 0 });
  let rows = 0;
  let count = 0;
  try {
    for await (const one of readRows(files.upload(row.uploadId), row.layout)) {
      pages.add(one, byKey && !one.broken ? text(one.values[keyColumn])?.trim() : undefined);
      rows += 1;
      if (rows % 20_000 === 0) {
        await deps.pg.query('UPDATE imports SET rows_read = $2, rows_total = greatest(rows_total, $2) WHERE id = $1', [row.id, rows]);
        if (control.stopping()) return undefined;
      }
    }
  } finally {
    count = pages.close();
  }
  return { pages: count, rows };
}

async function writePagesOut(
  deps: RunDeps & { boundary: (name: string) => void },
  row: ImportRow,
  files: ImportFiles,
  control: RunControl,
): Promise<boolean> {
  const r = readingOf(row);
  const rejects = openRejects(files.rejected(row.id), row.layout.columns, row.rejectedBytes);
  // The chunk after the checkpoint may have been written by a run that was killed before it could say so.
  let first = true;
  let at: Checkpoint = { ...row };
  try {
    for (; at.page < (row.pages ?? 0); at = { ...at, page: at.page + 1, unit: 0 }) {
      const units = group(r, await readPage(files, row.id, at.page));
      while (at.unit < units.length) {
        if (control.stopping()) return false;
        const from = { page: at.page, unit: at.unit };
        const chunk = nextChunk(units, at.unit);
        await lookUp(deps, row.workspaceNo, r, chunk);
        const plan = await planChunk(r, chunk);
        at = await writeChunk(
          deps,
          row,
          plan,
          { ...at, unit: at.unit + chunk.length },
          {
            rejects,
            earlier: first ? (ids) => idsBefore(r, files, row.id, from, ids) : undefined,
          },
        );
        first = false;
        await control.progress({ done: at.accepted + at.duplicate + at.rejected, total: row.read });
      }
    }
    return true;
  } finally {
    rejects.close();
  }
}

/** Of these messages, those that rows before a place stand for: looked up only after a crash. */
async function idsBefore(
  r: Reading,
  files: ImportFiles,
  importId: string,
  place: { page: number; unit: number },
  ids: ReadonlySet<string>,
): Promise<Set<string>> {
  const seen = new Set<string>();
  for (let page = 0; page <= place.page; page++) {
    const units = group(r, await readPage(files, importId, page));
    for (const unit of page === place.page ? units.slice(0, place.unit) : units) {
      for (const { event } of planUnit(r, unit).planned) if (event && ids.has(event.messageId)) seen.add(event.messageId);
    }
  }
  return seen;
}
