import { parse } from 'csv-parse/sync';
import { badInput, type SealedPlace } from '../../base/index.ts';
import { head } from './files.ts';
import { sampleSheet } from './sheet-layout.ts';
import { storable } from './storable.ts';
import { csvOptions, headerColumns, type Layout, pick, type Sample, workbook } from './table.ts';

const sampleBytes = 512 * 1024;

/** Looks at the beginning of a file: what it is, delimiter, columns, first rows. 400 for a file that is no table. */
export async function sample(place: SealedPlace, bytes: number, encoding: string, sheet?: string): Promise<Sample> {
  if (encoding === workbook) return sampleSheet(place, sheet);
  if (sheet !== undefined) throw badInput([{ field: 'sheet', reason: 'only a workbook (.xlsx) has sheets; leave it out' }]);
  const text = await beginning(place);
  if (text.trim() === '') throw bad('is empty; it needs a header line and rows');
  return text.trimStart().startsWith('{') ? jsonl(text, bytes, encoding) : csv(text, bytes, encoding);
}

const bad = (reason: string) => badInput([{ field: 'file', reason }]);

async function beginning(place: SealedPlace): Promise<string> {
  const bytes = await head(place, sampleBytes);
  const text = bytes.toString('utf8');
  if (bytes.length < sampleBytes) return text;
  // Only whole lines: the last one is cut.
  const end = text.lastIndexOf('\n');
  if (end < 0) throw bad(`has a first line longer than ${sampleBytes / 1024} KB; is it a CSV with one row a line?`);
  return text.slice(0, end + 1);
}

function estimate(rows: number, text: string, bytes: number): number {
  const seen = Buffer.byteLength(text);
  return seen >= bytes ? rows : Math.round((rows * bytes) / seen);
}

function csv(text: string, bytes: number, encoding: string): Sample {
  const delimiter = findDelimiter(text);
  // A quoted field may be cut by the end of the sample: what comes before is read all the same.
  const records = parse(text, { ...csvOptions(delimiter), skip_records_with_error: true, to: 20_000 }) as string[][];
  const header = records[0];
  if (!header) throw bad('has no header line');
  const columns = headerColumns(header);
  const rows = records.slice(1);
  const seenRows = records.length === 20_000 ? Math.round((text.length / records.join().length) * rows.length) : rows.length;
  return {
    layout: { format: 'csv', delimiter, columns, encoding },
    rows: rows.slice(0, 200),
    estimate: estimate(seenRows, text, bytes),
    bytes,
  };
}

/** The mark that cuts the first lines into the same number of parts, most often. */
function findDelimiter(text: string): string {
  const lines = text.split(/\r\n|\n|\r/, 30).filter((l) => l.trim() !== '');
  const scores = [',', '\t', ';', '|'].map((mark) => {
    const counts = lines.map((line) => outsideQuotes(line, mark));
    const first = counts[0] ?? 0;
    return { mark, score: first === 0 ? 0 : counts.filter((c) => c === first).length * 100 + first };
  });
  return scores.reduce((best, s) => (s.score > best.score ? s : best)).score === 0
    ? ','
    : scores.reduce((best, s) => (s.score > best.score ? s : best)).mark;
}

function outsideQuotes(line: string, mark: string): number {
  let quoted = false;
  let count = 0;
  for (const c of line) {
    if (c === '"') quoted = !quoted;
    else if (c === mark && !quoted) count += 1;
  }
  return count;
}

function jsonl(text: string, bytes: number, encoding: string): Sample {
  const lines = text.split('\n').filter((l) => l.trim() !== '');
  const objects = lines.slice(0, 200).flatMap((line) => {
    try {
      const value = JSON.parse(line) as unknown;
      return value !== null && typeof value === 'object' && !Array.isArray(value) ? [value as Record<string, unknown>] : [];
    } catch {
      return [];
    }
  });
  if (objects.length === 0) throw bad('looks like JSON, but no line is a JSON object; JSONL has one object a line');
  const columns = [...new Set(objects.flatMap((o) => flatKeys(o)))].filter(storable);
  if (columns.length === 0) throw bad('has objects without a usable name in them');
  const layout: Layout = { format: 'jsonl', columns, encoding };
  return { layout, rows: objects.map((o) => columns.map((c) => pick(o, c))), estimate: estimate(lines.length, text, bytes), bytes };
}

/** Keys of an object; of objects inside it, `outer.inner`, besides the outer itself. */
function flatKeys(object: Record<string, unknown>): string[] {
  return Object.entries(object).flatMap(([key, value]) =>
    value !== null && typeof value === 'object' && !Array.isArray(value) ? [key, ...Object.keys(value).map((k) => `${key}.${k}`)] : [key],
  );
}
