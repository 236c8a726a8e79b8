import { badInput } from '../../base/index.ts';

/** How a stored file is laid out. */
export type Layout =
  | { format: 'csv'; delimiter: string; columns: string[]; encoding: string }
  | { format: 'jsonl'; columns: string[]; encoding: string }
  | { format: 'xlsx'; columns: string[]; encoding: string; sheets: string[]; sheet: string; header: number };

/** What `encoding` says of a workbook, which is no text. */
export const workbook = 'workbook';

export interface Sample {
  layout: Layout;
  /** The first rows, by column. */
  rows: unknown[][];
  /** Data rows: counted where the whole file was looked at, else estimated from its beginning. */
  estimate: number;
  /** Bytes of its text, or about so many. */
  bytes: number;
}

/** One row of a file: its number as a spreadsheet shows it (the header is row 1; in JSONL the line number), and its values by column. */
export interface Row {
  n: number;
  values: unknown[];
  /** Columns whose value only repeats what was merged over several rows of a sheet. */
  filled?: number[];
  /** Why the row cannot be read at all. */
  broken?: string;
}

/** Names of columns, each once. 400 when the line is none of names. */
export function headerColumns(header: readonly string[]): string[] {
  if (header.every((c) => /^[\d\s.:/-]*$/.test(c)))
    throw badInput([
      { field: 'file', reason: 'has no header line: its first line must name the columns, such as order_id,user_id,time,amount' },
    ]);
  return uniqueNames(header);
}

export function csvOptions(delimiter: string) {
  return {
    delimiter,
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: 8 * 1024 * 1024,
  } as const;
}

function uniqueNames(header: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return header.map((raw, i) => {
    const name = raw.trim() === '' ? `column ${i + 1}` : raw.trim();
    const n = (seen.get(name) ?? 0) + 1;
    seen.set(name, n);
    return n === 1 ? name : `${name} (${n})`;
  });
}

/** The value of a column in one JSONL object. */
export function pick(object: Record<string, unknown>, column: string): unknown {
  if (column in object) return object[column];
  const dot = column.indexOf('.');
  if (dot < 0) return undefined;
  const inner = object[column.slice(0, dot)];
  return inner !== null && typeof inner === 'object' ? (inner as Record<string, unknown>)[column.slice(dot + 1)] : undefined;
}
