import { badInput, type SealedPlace } from '../../base/index.ts';
import { headerColumns, type Row, type Sample, workbook } from './table.ts';
import { headerOf, openSheet, type SheetRow } from './xlsx/index.ts';

const looked = 2000;
/** A header stands among the first rows. */
const before = 20;

/** Looks at the beginning of a sheet of a workbook. */
export async function sampleSheet(place: SealedPlace, sheet: string | undefined): Promise<Sample> {
  const file = await openSheet(place, sheet);
  try {
    const first: SheetRow[] = [];
    let whole = true;
    for await (const row of file.rows()) {
      first.push(row);
      whole = first.length < looked;
      if (!whole) break;
    }
    const header = headerOf(first.slice(0, before));
    if (!header) throw badInput([{ field: 'file', reason: `has nothing in its sheet "${file.sheet}"; it needs a header line and rows` }]);
    const columns = headerColumns(header.cells);
    const rows = first.filter((r) => r.n > header.n).map((r) => columns.map((_, i) => r.cells[i] ?? ''));
    const estimate = whole ? rows.length : Math.round((rows.length * file.bytes) / Math.max(1, file.progress.read));
    return {
      layout: { format: 'xlsx', columns, encoding: workbook, sheets: file.sheets, sheet: file.sheet, header: header.n },
      rows: rows.slice(0, 200),
      estimate,
      // Markup is about two thirds of a sheet.
      bytes: Math.ceil(file.bytes / 3),
    };
  } finally {
    file.close();
  }
}

/** The rows of a sheet below its header. */
export async function* readSheet(
  place: SealedPlace,
  layout: { sheet: string; header: number; columns: readonly string[] },
): AsyncGenerator<Row> {
  const file = await openSheet(place, layout.sheet);
  try {
    for await (const row of file.rows()) {
      if (row.n <= layout.header) continue;
      const values = layout.columns.map((_, i) => row.cells[i] ?? '');
      yield { n: row.n, values, ...(row.filled.length > 0 ? { filled: row.filled } : {}) };
    }
  } finally {
    file.close();
  }
}
