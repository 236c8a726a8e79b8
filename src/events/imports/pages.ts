import { closeSync, fsyncSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Row } from './rows.ts';

/**
 * Rows of a file put into pages on disk, each small enough to hold in memory. Rows of one order lie in the same page,
 * wherever in the file they stood, so that a page can be grouped alone: memory is bounded by a page, not by the file.
 */
export interface PageWriter {
  add(row: Row, key: string | undefined): void;
  /** Number of pages. */
  close(): number;
}

const rowsInPage = 40_000;
const bytesInPage = 5_000_000;
const buffered = 128 * 1024;

export function pagePath(dir: string, page: number): string {
  return join(dir, `page-${String(page).padStart(5, '0')}.jsonl`);
}

/** `byKey`: rows of a key stay together, in so many pages as `bytes` need; otherwise pages follow the file. */
export function writePages(dir: string, options: { byKey: boolean; bytes: number }): PageWriter {
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const count = options.byKey ? Math.min(512, Math.max(1, Math.ceil(options.bytes / bytesInPage))) : 1;
  const open: { fd: number; text: string }[] = [];
  let written = 0;
  const page = (i: number) => {
    let p = open[i];
    if (!p) {
      p = { fd: openSync(pagePath(dir, i), 'w', 0o600), text: '' };
      open[i] = p;
    }
    return p;
  };
  const flush = (p: { fd: number; text: string }) => {
    writeSync(p.fd, p.text);
    p.text = '';
  };
  const finish = (p: { fd: number; text: string }) => {
    flush(p);
    fsyncSync(p.fd);
    closeSync(p.fd);
  };
  if (options.byKey) for (let i = 0; i < count; i++) page(i);
  return {
    add: (row, key) => {
      let p: { fd: number; text: string };
      if (options.byKey) p = page(hash(key ?? String(row.n)) % count);
      else {
        const at = Math.floor(written / rowsInPage);
        if (at > 0 && !open[at]) finish(page(at - 1));
        p = page(at);
      }
      written += 1;
      p.text += `${JSON.stringify(row)}\n`;
      if (p.text.length > buffered) flush(p);
    },
    close: () => {
      if (options.byKey) open.forEach(finish);
      else if (open.length > 0) finish(open[open.length - 1]!);
      return open.length;
    },
  };
}

export async function readPage(dir: string, page: number): Promise<Row[]> {
  const rows: Row[] = [];
  const text = await readFile(pagePath(dir, page), 'utf8');
  for (let from = 0, n = 0; from < text.length; n++) {
    const end = text.indexOf('\n', from);
    rows.push(JSON.parse(text.slice(from, end)) as Row);
    from = end + 1;
    // Others get their turn.
    if (n % 5000 === 4999) await new Promise((done) => setImmediate(done));
  }
  return rows;
}

function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}
