import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';
import type { Pg } from '../../base/index.ts';

/** A value shorter than this stands in files by chance. */
const shortest = 6;

/**
 * Takes somebody out of the files of imports: lines of rejected rows that name them go, and an upload that nobody imports any more goes whole.
 * An import under way is left to its end, which removes its files.
 * @param values the person's phones, e-mails, ids, in clear
 * @returns lines and files removed
 */
export async function cleanFiles(pg: Pg, dir: string, workspaceNo: number, values: readonly string[]): Promise<Record<string, number>> {
  const needles = forms(values);
  if (needles.length === 0) return {};
  const removed = { rejectedRows: 0, uploads: 0 };
  const imports = await pg.query<{ id: string }>("SELECT id FROM imports WHERE workspace_no = $1 AND state IN ('done', 'failed')", [
    workspaceNo,
  ]);
  const mine = new Set(imports.map((i) => `${i.id}.csv`));
  for (const name of await readdir(join(dir, 'rejected')).catch(() => [])) {
    if (mine.has(name)) removed.rejectedRows += await withoutLines(join(dir, 'rejected', name), needles);
  }
  const uploads = await pg.query<{ id: string }>(
    `SELECT u.id FROM uploads u WHERE u.workspace_no = $1
       AND NOT EXISTS (SELECT 1 FROM imports i WHERE i.upload_id = u.id AND i.state IN ('queued', 'running'))`,
    [workspaceNo],
  );
  for (const { id } of uploads) {
    const path = join(dir, 'uploads', id);
    if (!(await holds(path, needles))) continue;
    await rm(path, { force: true });
    removed.uploads += 1;
  }
  return removed;
}

/** A phone stands in files with its country or without. */
function forms(values: readonly string[]): string[] {
  return [...new Set(values.flatMap((v) => [v, v.replace(/^\+86/, '')]))].filter((v) => v.length >= shortest);
}

async function withoutLines(path: string, needles: readonly string[]): Promise<number> {
  if (!(await holds(path, needles))) return 0;
  let gone = 0;
  const half = `${path}.half`;
  // By record, not by line: a cell may hold line breaks.
  const records = createReadStream(path).pipe(parse({ raw: true, relax_column_count: true, relax_quotes: true }));
  await pipeline(
    async function* () {
      for await (const { raw } of records as AsyncIterable<{ raw: string }>) {
        if (needles.some((n) => raw.includes(n))) gone += 1;
        else yield raw;
      }
    },
    createWriteStream(half, { mode: 0o600 }),
  );
  await rename(half, path);
  return gone;
}

async function holds(path: string, needles: readonly string[]): Promise<boolean> {
  const longest = Math.max(...needles.map((n) => n.length)) * 4;
  let tail = '';
  try {
    for await (const chunk of createReadStream(path, { encoding: 'utf8' })) {
      const text = tail + (chunk as string);
      if (needles.some((n) => text.includes(n))) return true;
      tail = text.slice(-longest);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return false;
}
