import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { readSealed, type SealedPlace } from '../../base/index.ts';
import { readSheet } from './sheet-layout.ts';
import { storable } from './storable.ts';
import { csvOptions, type Layout, pick, type Row } from './table.ts';

const longest = 32_768;

/** Reads a stored file row by row, with memory that does not grow with it. */
export function readRows(place: SealedPlace, layout: Layout): AsyncGenerator<Row> {
  if (layout.format === 'xlsx') return readSheet(place, layout);
  return layout.format === 'csv' ? csvRows(place, layout.delimiter, layout.columns) : jsonRows(place, layout.columns);
}

async function* csvRows(place: SealedPlace, delimiter: string, columns: readonly string[]): AsyncGenerator<Row> {
  const input = Readable.from(readSealed(place), { objectMode: false });
  const parser = parse(csvOptions(delimiter));
  input.on('error', (error) => parser.destroy(error));
  let n = 0;
  try {
    for await (const record of input.pipe(parser)) {
      n += 1;
      if (n === 1) continue;
      const values = record as string[];
      yield withTrouble({ n, values }, values, columns);
    }
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (code === 'CSV_MAX_RECORD_SIZE') throw new Error(`Row ${n + 1} is longer than 8 MB: a quote that opens there is not closed.`);
    if (code === 'CSV_QUOTE_NOT_CLOSED') throw new Error(`A quote that opens after row ${n} is not closed before the end of the file.`);
    throw error;
  } finally {
    input.destroy();
  }
}

function withTrouble(row: Row, values: readonly string[], columns: readonly string[]): Row {
  if (values.length !== columns.length)
    row.broken = `has ${values.length} fields where the header has ${columns.length}; check its delimiters and quotes`;
  for (let i = 0; i < values.length; i++) {
    if (values[i]!.length > longest) row.broken = `${columns[i] ?? `column ${i + 1}`} is longer than ${longest} characters`;
  }
  return row;
}

async function* jsonRows(place: SealedPlace, columns: readonly string[]): AsyncGenerator<Row> {
  let n = 0;
  for await (const line of lines(place)) {
    n += 1;
    if (line.trim() === '') continue;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      yield { n, values: [line.slice(0, 500)], broken: 'is not JSON; each line must be one JSON object' };
      continue;
    }
    if (value === null || typeof value !== 'object' || Array.isArray(value)) {
      yield { n, values: [line.slice(0, 500)], broken: 'is JSON but not an object; each line must be one JSON object' };
      continue;
    }
    if (/\\u(?:0000|d[89a-f])/i.test(line) && !storable(value)) {
      yield {
        n,
        values: [line.slice(0, 500)],
        broken: 'holds a NUL or half a character (\\u0000, a lone \\ud800), which cannot be stored',
      };
      continue;
    }
    const row: Row = { n, values: columns.map((c) => pick(value as Record<string, unknown>, c)) };
    const long = row.values.findIndex((v) => typeof v === 'string' && v.length > longest);
    if (long >= 0) row.broken = `${columns[long]} is longer than ${longest} characters`;
    yield row;
  }
}

async function* lines(place: SealedPlace): AsyncGenerator<string> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of readSealed(place)) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    if (rest.length > 8 * 1024 * 1024) throw new Error('A line is longer than 8 MB: JSONL has one object a line.');
    yield* parts;
  }
  if (rest !== '') yield rest;
}
