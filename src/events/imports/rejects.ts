import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
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

function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
