import { createWriteStream, existsSync } from 'node:fs';
import { rename, rm, stat, truncate } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';
import { type Pg, readSealed, type SealedPlace, sealing } from '../../base/index.ts';
import type { ImportFiles } from './files.ts';

/** A value shorter than this stands in files by chance. */
const shortest = 6;

/**
 * Takes somebody out of what imports left: lines of rejected rows that name them. An import under way has a file from after the erasure was asked for.
 * @param values the person's phones, e-mails, ids, in clear
 * @returns lines removed
 */
export async function cleanRejected(pg: Pg, files: ImportFiles, workspaceNo: number, values: readonly string[]): Promise<number> {
  const needles = forms(values);
  if (needles.length === 0) return 0;
  const imports = await pg.query<{ id: string; state: string; kept: number }>(
    "SELECT id, state, rejected_bytes AS kept FROM imports WHERE workspace_no = $1 AND rows_rejected > 0 AND state IN ('done', 'failed')",
    [workspaceNo],
  );
  let removed = 0;
  for (const { id, state, kept } of imports) {
    const place = files.rejected(id);
    if (!existsSync(place.path)) continue;
    // What a failed one wrote after its last checkpoint would be written again.
    if (state === 'failed' && kept > 0 && (await stat(place.path)).size > kept) await truncate(place.path, kept);
    const gone = await withoutLines(place, needles);
    if (gone > 0) await pg.query('UPDATE imports SET rejected_bytes = $2 WHERE id = $1', [id, (await stat(place.path)).size]);
    removed += gone;
  }
  return removed;
}

/**
 * Removes the files that were uploaded before an instant and that nobody is importing: what waits, and what stopped half-way. They are older than the
 * wish to be forgotten, and whoever is in them would come back with them.
 * @returns files removed; undefined when an import of such a file has been begun meanwhile: then that comes first
 */
export async function removeWaiting(pg: Pg, files: ImportFiles, workspaceNo: number, before: Date): Promise<number | undefined> {
  const found = await pg.tx(async (tx) => {
    const uploads = await tx.query<{ id: string }>('SELECT id FROM uploads WHERE workspace_no = $1 AND created_at <= $2 FOR UPDATE', [
      workspaceNo,
      before,
    ]);
    const ids = uploads.map((u) => u.id);
    if ((await openImports(tx, workspaceNo, before)).length > 0) return undefined;
    const failed = await tx.query<{ id: string }>(
      `UPDATE imports SET error = 'Its file was removed when somebody was erased: upload it again.'
       WHERE workspace_no = $1 AND upload_id = ANY($2) AND state = 'failed' RETURNING id`,
      [workspaceNo, ids],
    );
    await tx.query('DELETE FROM uploads WHERE id = ANY($1)', [ids]);
    // Why deliveries were refused is told in their own words, sealed: it cannot be searched, so it goes.
    await tx.query("UPDATE hook_deliveries SET errors = '[]' WHERE workspace_no = $1 AND received_at <= $2 AND errors <> '[]'", [
      workspaceNo,
      before,
    ]);
    return { ids, failed: failed.map((f) => f.id) };
  });
  if (!found) return undefined;
  let removed = 0;
  for (const id of found.ids) {
    const { path } = files.upload(id);
    if (existsSync(path)) removed += 1;
    await rm(path, { force: true });
  }
  for (const id of found.failed) await rm(files.pages(id), { recursive: true, force: true });
  return removed;
}

/** Imports that are to be done or being done, of files that were uploaded before an instant. */
export async function openImports(pg: Pg, workspaceNo: number, before: Date): Promise<string[]> {
  const rows = await pg.query<{ id: string }>(
    `SELECT i.id FROM imports i JOIN uploads u ON u.id = i.upload_id
     WHERE i.workspace_no = $1 AND i.state IN ('queued', 'running') AND u.created_at <= $2 ORDER BY i.id`,
    [workspaceNo, before],
  );
  return rows.map((r) => r.id);
}

/** A phone stands in files with its country or without; e-mails in any case. */
function forms(values: readonly string[]): string[] {
  return [...new Set(values.flatMap((v) => [v, v.replace(/^\+86/, '')]).map((v) => v.toLowerCase()))].filter((v) => v.length >= shortest);
}

/** Whether one of them stands in a text, also where a phone is written with gaps. */
function names(text: string, needles: readonly string[]): boolean {
  const plain = text.toLowerCase();
  const close = plain.replace(/(?<=\d)[ ()-]+(?=\d)/g, '');
  return needles.some((n) => plain.includes(n) || close.includes(n));
}

async function withoutLines(place: SealedPlace, needles: readonly string[]): Promise<number> {
  let gone = 0;
  const half = `${place.path}.half`;
  // By record, not by line: a cell may hold line breaks.
  const input = Readable.from(readSealed(place, { torn: true }), { objectMode: false });
  const records = input.pipe(parse({ raw: true, relax_column_count: true, relax_quotes: true }));
  input.on('error', (error) => records.destroy(error));
  await pipeline(
    async function* () {
      for await (const { raw } of records as AsyncIterable<{ raw: string }>) {
        if (names(raw, needles)) gone += 1;
        else yield raw;
      }
    },
    sealing(place),
    createWriteStream(half, { mode: 0o600 }),
  );
  if (gone > 0) await rename(half, place.path);
  else await rm(half, { force: true });
  return gone;
}
