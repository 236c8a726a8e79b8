import type { Readable } from 'node:stream';
import type { SealedPlace } from '../../base/index.ts';
import { sample } from './layout.ts';
import { readRows } from './rows.ts';
import type { Row } from './table.ts';
import { storeUpload } from './upload.ts';

/** A table that somebody sent, for rooms that take other things in than events: CSV, JSONL or a workbook, in any usual encoding. It lies at `place`, which is the caller's to clear. */
export async function readTable(place: SealedPlace, from: Readable): Promise<{ columns: string[]; rows(): AsyncGenerator<Row> }> {
  const { bytes, encoding } = await storeUpload(place, from);
  const { layout } = await sample(place, bytes, encoding);
  return { columns: layout.columns, rows: () => readRows(place, layout) };
}
