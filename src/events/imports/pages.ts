import { mkdirSync, rmSync } from 'node:fs';
import { readSealed, SealedWriter } from '../../base/index.ts';
import type { ImportFiles } from './files.ts';
import type { Row } from './table.ts';

/**
 * Rows of a file put into pages on disk, each small enough to hold in memory. Rows of one order lie in the same page,
 * wherever in the file they stood, so that a page can be grouped alone: memory is bounded by a page, not by the file.
 */
export interface PageWriter {
  add(row: Row, key: string | undefined): void;
  /** Number of pages. */
  close(): number;
}

interface OpenPage {
  file: SealedWriter;
  /** Whole rows that wait to be written. */
  text: string;
}

const rowsInPage = 10_000;
const bytesInPage = 1_000_000;
/** Of all pages that are being written together. */
const buffered = 8 * 1024 * 1024;

/** `byKey`: rows of a key stay together, in so many pages as `bytes` need; otherwise pages follow the file. */
export function writePages(files: ImportFiles, importId: string, options: { byKey: boolean; bytes: number }): PageWriter {
  const dir = files.pages(importId);
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const count = options.byKey ? Math.min(512, Math.max(1, Math.ceil(options.bytes / bytesInPage))) : 1;
  const most = Math.min(128 * 1024, Math.floor(buffered / count));
  const open: OpenPage[] = [];
  let written = 0;
  const page = (i: number) => {
    let p = open[i];
    if (!p) {
      p = { file: new SealedWriter(files.page(importId, i)), text: '' };
      open[i] = p;
    }
    return p;
  };
  const flush = (p: OpenPage) => {
    p.file.write(p.text);
    p.text = '';
  };
  const finish = (p: OpenPage) => {
    flush(p);
    p.file.sync();
    p.file.close();
  };
  if (options.byKey) for (let i = 0; i < count; i++) page(i);
  return {
    add: (row, key) => {
      let p: OpenPage;
      if (options.byKey) p = page(hash(key ?? String(row.n)) % count);
      else {
        const at = Math.floor(written / rowsInPage);
        if (at > 0 && !open[at]) finish(page(at - 1));
        p = page(at);
      }
      written += 1;
      p.text += `${JSON.stringify(row)}\n`;
      if (p.text.length > most) flush(p);
    },
    close: () => {
      if (options.byKey) open.forEach(finish);
      else if (open.length > 0) finish(open[open.length - 1]!);
      return open.length;
    },
  };
}

export async function readPage(files: ImportFiles, importId: string, page: number): Promise<Row[]> {
  const rows: Row[] = [];
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of readSealed(files.page(importId, page))) {
    const text = rest + decoder.decode(bytes, { stream: true });
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      rows.push(JSON.parse(text.slice(from, end)) as Row);
      from = end + 1;
    }
    rest = text.slice(from);
    // Others get their turn.
    await new Promise((done) => setImmediate(done));
  }
  return rows;
}

function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}
