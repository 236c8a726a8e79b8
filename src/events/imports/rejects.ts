import { closeSync, createReadStream, existsSync, fsyncSync, mkdirSync, openSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse';
import type { Row } from './rows.ts';

export interface Reject {
  row: Row;
  /** A stable word for counting. */
  code: string;
  reason: string;
}

export function rejectedPath(dir: string, importId: string): string {
  return join(dir, 'rejected', `${importId}.csv`);
}

/** The file of rejected rows: row number, reason, and the columns as they came, so that it can be mended and imported again. */
export function openRejects(dir: string, importId: string, columns: readonly string[], keep: number) {
  mkdirSync(join(dir, 'rejected'), { recursive: true, mode: 0o700 });
  const path = rejectedPath(dir, importId);
  // What a run wrote after its last checkpoint is written again.
  if (existsSync(path)) truncateSync(path, keep);
  const fd = openSync(path, 'a', 0o600);
  let length = keep;
  const put = (text: string) => {
    length += writeSync(fd, text);
  };
  // The mark lets spreadsheets read Chinese right.
  if (keep === 0) put(`\uFEFF${[...['row', 'reason'], ...columns].map(cell).join(',')}\r\n`);
  return {
    /** Durable when it returns: the length of the file. */
    write: (rejects: readonly Reject[]): number => {
      if (rejects.length > 0) {
        put(rejects.map((r) => `${[r.row.n, r.reason, ...r.row.values].map(cell).join(',')}\r\n`).join(''));
        fsyncSync(fd);
      }
      return length;
    },
    close: () => closeSync(fd),
  };
}

export interface RejectedRow {
  row: number;
  reason: string;
  values: Record<string, string>;
}

/** The first of the rejected rows, as they stand in the file. */
export async function firstRejects(path: string, limit: number): Promise<RejectedRow[]> {
  if (!existsSync(path)) return [];
  const input = createReadStream(path);
  const records = input.pipe(parse({ bom: true, relax_column_count: true, to: limit + 1 }));
  const [header, ...rows] = (await records.toArray()) as string[][];
  input.destroy();
  return rows.map(([n, reason, ...values]) => ({
    row: Number(n),
    reason: reason ?? '',
    values: Object.fromEntries(values.map((value, i) => [header?.[i + 2] ?? `column ${i + 1}`, withoutMark(value)])),
  }));
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
