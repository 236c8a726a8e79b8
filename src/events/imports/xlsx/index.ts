import { badInput, type SealedPlace } from '../../../base/index.ts';
import { readMerged } from './merged.ts';
import { type SheetRow, sheetRows } from './sheet.ts';
import { readSharedStrings } from './strings.ts';
import { readWorkbook } from './workbook.ts';
import { openZip } from './zip.ts';

export type { SheetRow } from './sheet.ts';

/** A sheet of a workbook on disk, by name or the first. */
export interface SheetFile {
  sheets: string[];
  sheet: string;
  /** Bytes of the sheet when unpacked, and how many of them were read. */
  bytes: number;
  progress: { read: number };
  rows(): AsyncGenerator<SheetRow>;
  close(): void;
}

let opened = 0;

export async function openSheet(place: SealedPlace, sheet: string | undefined): Promise<SheetFile> {
  const zip = await openZip(place);
  try {
    const book = await readWorkbook(zip);
    const chosen = sheet === undefined ? book.sheets[0]! : book.sheets.find((s) => s.name === sheet);
    if (!chosen) {
      const names = book.sheets.map((s) => s.name).slice(0, 20);
      throw badInput([{ field: 'sheet', reason: `the workbook has no sheet "${sheet}"; it has ${names.join(', ')}` }]);
    }
    const merged = await readMerged(zip, chosen.part);
    // Its texts lie beside it while it is read; what a killed process leaves there is swept up with the uploads.
    const strings = await readSharedStrings(zip, book.stringsPart, `${place.path}.${++opened}.half`);
    const progress = { read: 0 };
    return {
      sheets: book.sheets.map((s) => s.name),
      sheet: chosen.name,
      bytes: zip.size(chosen.part),
      progress,
      rows: () => sheetRows(zip, book, chosen.part, strings, merged, progress),
      close: () => {
        strings.close();
        zip.close();
      },
    };
  } catch (error) {
    zip.close();
    throw error;
  }
}

/** The row that names the columns: the first with two different names in it, so that a title above is passed over; else the first at all. */
export function headerOf(first: readonly SheetRow[]): SheetRow | undefined {
  return first.find((row) => new Set(row.cells.filter((c) => c.trim() !== '')).size > 1) ?? first[0];
}
