import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { readSealed, type SealedPlace, SealedWriter } from '../../base/index.ts';
import { ours } from './column-names.ts';
import type { Row } from './table.ts';

export interface Reject {
  row: Row;
  /** A stable word for counting. */
  code: string;
  reason: string;
}

/** The file of rejected rows: row number, reason, and the columns as they came, so that it can be mended and imported again. */
export function openRejects(place: SealedPlace, columns: readonly string[], keep: number) {
  mkdirSync(dirname(place.path), { recursive: true, mode: 0o700 });
  // What a run wrote after its last checkpoint is written again. Shorter than it was: somebody was erased from it since.
  const there = existsSync(place.path) ? statSync(place.path).size : 0;
  const file = new SealedWriter(place, Math.min(keep, there));
  // The mark lets spreadsheets read Chinese right.
  if (Math.min(keep, there) === 0) file.write(`\uFEFF${[ours.row, ours.reason, ...columns].map(cell).join(',')}\r\n`);
  return {
    /** Durable when it returns: the length of the file. */
    write: (rejects: readonly Reject[]): number => {
      if (rejects.length > 0) {
        file.write(rejects.map((r) => `${[r.row.n, r.reason, ...r.row.values].map(cell).join(',')}\r\n`).join(''));
        file.sync();
      }
      return file.length;
    },
    close: () => file.close(),
  };
}

export interface RejectedRow {
  row: number;
  reason: string;
  values: Record<string, string>;
}

/** The first of the rejected rows, as they stand in the file. */
export async function firstRejects(place: SealedPlace, limit: number): Promise<RejectedRow[]> {
  if (!existsSync(place.path)) return [];
  const input = Readable.from(readSealed(place, { torn: true }), { objectMode: false });
  const records = input.pipe(parse({ bom: true, relax_column_count: true, to: limit + 1 }));
  const [header, ...rows] = (await records.toArray()) as string[][];
  input.destroy();
  return rows.map(([n, reason, ...values]) => ({
    row: Number(n),
    reason: reason ?? '',
    values: Object.fromEntries(values.map((value, i) => [header?.[i + 2] ?? `column ${i + 1}`, withoutMark(value)])),
  }));
}

/** The whole file for whoever fetches it: kept in English, reasons said in the reader's language. */
export function rejectedFile(place: SealedPlace, say: (text: string) => string = (text) => text): Readable {
  if (!existsSync(place.path)) return Readable.from([`\uFEFF${say(ours.row)},${say(ours.reason)}\r\n`]);
  const kept = Readable.from(readSealed(place, { torn: true }), { objectMode: false });
  if (say(ours.reason) === ours.reason) return kept;
  const records = parse({ bom: true, relax_column_count: true });
  kept.on('error', (error) => records.destroy(error)).pipe(records);
  return Readable.from(linesIn(records, say), { objectMode: false });
}

async function* linesIn(records: AsyncIterable<string[]>, say: (text: string) => string): AsyncGenerator<string> {
  let head = true;
  try {
    for await (const [n = '', reason = '', ...values] of records) {
      const line = [head ? say(n) : n, say(reason), ...values].map(cell).join(',');
      yield `${head ? '\uFEFF' : ''}${line}\r\n`;
      head = false;
    }
  } catch (error) {
    // The import still runs, and its last row is not whole yet.
    if ((error as { code?: string }).code !== 'CSV_QUOTE_NOT_CLOSED') throw error;
  }
}

/** What a spreadsheet would run rather than show. A number with its sign is none. */
const isFormula = (text: string): boolean => /^[=+\-@\t\r]/.test(text) && !/^[+-][\d.,]*$/.test(text);

/** A text of the file of rejected rows as it was, without the mark that keeps spreadsheets from running it. */
export const withoutMark = (text: string): string => (text.startsWith("'") && isFormula(text.slice(1)) ? text.slice(1) : text);

function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  const plain = typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value);
  const text = isFormula(plain) ? `'${plain}` : plain;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
