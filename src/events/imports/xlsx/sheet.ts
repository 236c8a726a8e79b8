import { columnOf, type Merged } from './merged.ts';
import { type SharedStrings, withoutEscapes } from './strings.ts';
import { numberText } from './values.ts';
import type { Workbook } from './workbook.ts';
import { readXml } from './xml.ts';
import type { Zip } from './zip.ts';

/** One row of a sheet that has anything in it. */
export interface SheetRow {
  /** As the spreadsheet numbers it. */
  n: number;
  cells: string[];
  /** Columns that only repeat what was merged over them. */
  filled: number[];
}

const mostColumns = 1000;

/** The rows of a sheet one by one. Rows without anything are passed over; what is merged over several rows stands in each of them. */
export async function* sheetRows(
  zip: Zip,
  book: Workbook,
  part: string,
  strings: SharedStrings,
  merged: readonly Merged[],
  progress: { read: number },
): AsyncGenerator<SheetRow> {
  const out: SheetRow[] = [];
  const fill = fillMerged(merged);
  let n = 0;
  let cells: string[] = [];
  let column = -1;
  let type = 'n';
  let style = 0;
  let raw = '';
  let reading = false;
  let aside = false;
  const put = () => {
    if (column >= mostColumns || column < 0) return;
    const value = cellText(type, raw, style, book, strings);
    if (value === '') return;
    while (cells.length < column) cells.push('');
    cells[column] = value;
  };
  const handlers = {
    open: (name: string, a: Record<string, string>) => {
      if (name === 'row') {
        n = a.r && /^\d{1,7}$/.test(a.r) && Number(a.r) > n ? Number(a.r) : n + 1;
        cells = [];
        column = -1;
      } else if (name === 'c') {
        column = a.r ? columnOf(a.r) : column + 1;
        type = a.t ?? 'n';
        style = Number(a.s ?? 0);
        raw = '';
      } else if (name === 'rPh') aside = true;
      else if (name === 'v' || name === 't') reading = !aside;
    },
    text: (piece: string) => {
      if (reading) raw += piece;
    },
    close: (name: string) => {
      if (name === 'v' || name === 't') reading = false;
      else if (name === 'rPh') aside = false;
      else if (name === 'c') put();
      else if (name === 'row' && cells.some((c) => c !== '')) out.push({ n, cells, filled: fill(n, cells) });
    },
  };
  for await (const read of readXml(await zip.open(part), handlers)) {
    progress.read = read;
    yield* out;
    out.length = 0;
  }
}

function cellText(type: string, raw: string, style: number, book: Workbook, strings: SharedStrings): string {
  if (raw === '') return '';
  if (type === 's') return strings.get(Number(raw)) ?? '';
  if (type === 'b') return raw === '1' ? 'true' : 'false';
  if (type === 'd') return raw.replace('T', ' ');
  if (type === 'inlineStr' || type === 'str' || type === 'e') return withoutEscapes(raw);
  return numberText(raw, book.formats[style] ?? { kind: 'plain' }, book.from1904);
}

/** Puts the value of a merged range into the empty cells of each row that it covers, and says which they were. */
function fillMerged(merged: readonly Merged[]) {
  let next = 0;
  let active: { range: Merged; value: string }[] = [];
  return (n: number, cells: string[]): number[] => {
    for (; next < merged.length && merged[next]!.top <= n; next++) {
      const range = merged[next]!;
      if (range.top === n) active.push({ range, value: cells[range.left] ?? '' });
    }
    if (active.length === 0) return [];
    active = active.filter((a) => a.range.bottom >= n);
    const filled: number[] = [];
    for (const { range, value } of active) {
      if (value === '') continue;
      for (let c = range.left; c <= Math.min(range.right, mostColumns - 1); c++) {
        if (cells[c]) continue;
        while (cells.length < c) cells.push('');
        cells[c] = value;
        filled.push(c);
      }
    }
    return filled;
  };
}
