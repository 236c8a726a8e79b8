import { createHash } from 'node:crypto';
import { badInput, type FieldError, Problem, problem } from '../../base/index.ts';
import { toDoc } from '../doc.ts';
import type { Files } from '../files/files.ts';
import { changeItem, createItem, type ItemDeps, itemsByKey } from '../items.ts';
import { contentChange, newContent } from '../schema.ts';
import { columnsOf, type RowRead, readRow } from './columns.ts';
import type { ZipPicture } from './zip.ts';

export interface ImportReport {
  dryRun: boolean;
  rows: number;
  created: number;
  changed: number;
  /** Rows that say what is there already. */
  same: number;
  rejected: { row: number; name: string; errors: FieldError[] }[];
  /** Pictures taken into the store. */
  pictures: number;
}

/** So many rows at a time are read and answered in one request. */
export const mostRows = 5_000;
const mostTold = 200;

export interface Table {
  columns: string[];
  rows(): AsyncGenerator<{ n: number; values: unknown[]; broken?: string }>;
}

export interface ImportGiven {
  table?: Table;
  pictures: readonly ZipPicture[];
}

/**
 * Takes in what a table and an archive of pictures hold. A row whose key is there changes that item where it says something else; so the same again does
 * nothing, and a corrected file is simply sent again. A dry run says what would come of it and keeps nothing.
 */
export async function importItems(
  deps: ItemDeps & { files: Files },
  workspaceNo: number,
  given: ImportGiven,
  dryRun: boolean,
  by: string,
): Promise<ImportReport> {
  const report: ImportReport = { dryRun, rows: 0, created: 0, changed: 0, same: 0, rejected: [], pictures: 0 };
  const shelf = new Map(given.pictures.flatMap((p) => [[p.name, p] as const, [p.name.split('/').at(-1)!, p] as const]));
  const ids = new Map<string, string>();
  /** The id of a picture, taken in when it is first asked for. */
  const pictureOf = async (picture: ZipPicture): Promise<string> => {
    const known = ids.get(picture.name);
    if (known) return known;
    const { id } = await deps.files.add(workspaceNo, await picture.open(), { name: picture.name, by });
    ids.set(picture.name, id);
    report.pictures += 1;
    return id;
  };
  const reject = (row: number, name: unknown, errors: FieldError[]): void => {
    if (report.rejected.length < mostTold) report.rejected.push({ row, name: String(name ?? ''), errors });
  };
  const put = async (row: number, read: RowRead): Promise<void> => {
    try {
      const item = { ...read.given };
      const picture = read.picture ? shelf.get(read.picture) : undefined;
      if (read.picture && !picture) throw badInput([{ field: 'picture', reason: 'is not in the archive of pictures' }]);
      if (picture) {
        // A dry run keeps no picture: any id of the right shape stands for it.
        const id = dryRun ? `file_${'0'.repeat(22)}` : await pictureOf(picture);
        if (item.kind === 'image') item.detail = { files: [id] };
        else if (item.kind === 'article') item.detail = { ...(item.detail as object), cover: id };
        else item.card = { kind: 'picture', picture: id };
      }
      const parsed = newContent.safeParse({ ...item, key: read.key });
      if (!parsed.success) throw badInput(parsed.error.issues.map((i) => ({ field: i.path.join('.'), reason: i.message })));
      const [there] = await itemsByKey(deps.pg, workspaceNo, [read.key]);
      const { key, ...fields } = parsed.data;
      if (dryRun) {
        toDoc(undefined, fields);
        if (there) report.changed += 1;
        else report.created += 1;
        return;
      }
      if (!there) {
        await createItem(deps, workspaceNo, { ...fields, key: key! }, by);
        report.created += 1;
        return;
      }
      const after = await changeItem(deps, workspaceNo, there.id, contentChange.parse(fields), by);
      if (after.version === there.version) report.same += 1;
      else report.changed += 1;
    } catch (error) {
      if (!(error instanceof Problem) || error.status >= 500) throw error;
      reject(row, read.given.name, error.errors ?? [{ field: '', reason: error.title }]);
    }
  };

  if (given.table) {
    const columns = columnsOf(given.table.columns);
    if (!columns.has('name') && !columns.has('question'))
      throw badInput([{ field: 'file', reason: 'has no column of names; call one "name" or "名称"' }]);
    const keys = new Set<string>();
    for await (const row of given.table.rows()) {
      report.rows += 1;
      if (report.rows > mostRows)
        throw problem(413, 'The file is too large', { detail: `Send at most ${mostRows} rows at a time; what came before is kept.` });
      if (row.broken) {
        reject(row.n, '', [{ field: 'row', reason: row.broken }]);
        continue;
      }
      if (row.values.every((value) => String(value ?? '').trim() === '')) {
        report.rows -= 1;
        continue;
      }
      const read = readRow(columns, row.values);
      if (keys.has(read.key)) reject(row.n, read.given.name, [{ field: 'key', reason: 'stands in this file twice' }]);
      else {
        keys.add(read.key);
        await put(row.n, read);
      }
    }
    return report;
  }
  // An archive alone: each picture is an item of its own, called as its file.
  for (const [i, picture] of given.pictures.entries()) {
    report.rows += 1;
    const name = picture.name
      .split('/')
      .at(-1)!
      .replace(/\.\w+$/, '')
      .slice(0, 120);
    const key = `picture:${createHash('sha256').update(picture.name).digest('base64url').slice(0, 24)}`;
    await put(i + 1, { key, picture: picture.name, given: { name, kind: 'image' } });
  }
  return report;
}
