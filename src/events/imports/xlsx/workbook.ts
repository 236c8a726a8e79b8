import { posix } from 'node:path';
import { formatOf, type NumberFormat } from './values.ts';
import { readAll } from './xml.ts';
import { refuseFile, type Zip } from './zip.ts';

export interface Workbook {
  sheets: { name: string; part: string }[];
  from1904: boolean;
  stringsPart: string;
  formats: NumberFormat[];
}

const main = 'xl/workbook.xml';
const mostOfSmallPart = 32 * 1024 * 1024;

/** What a workbook says of itself: its sheets in order, its calendar, and how cells are formatted. Hidden sheets only when there are no others. */
export async function readWorkbook(zip: Zip): Promise<Workbook> {
  if (!zip.has(main)) throw refuseFile('is a zip but no Excel workbook (.xlsx); send CSV, JSONL, gzip of these, or XLSX');
  for (const part of [main, 'xl/styles.xml'])
    if (zip.size(part) > mostOfSmallPart) throw refuseFile('is a workbook with more formats than any has; save the sheet as CSV');
  const targets = new Map<string, string>();
  let stringsPart = 'xl/sharedStrings.xml';
  if (zip.has('xl/_rels/workbook.xml.rels'))
    await readAll(await zip.open('xl/_rels/workbook.xml.rels'), {
      open: (name, a) => {
        if (name !== 'Relationship' || !a.Id || !a.Target) return;
        const target = a.Target.startsWith('/') ? a.Target.slice(1) : posix.normalize(posix.join('xl', a.Target));
        targets.set(a.Id, target);
        if (a.Type?.endsWith('/sharedStrings')) stringsPart = target;
      },
    });
  const all: { name: string; part: string; hidden: boolean }[] = [];
  let from1904 = false;
  await readAll(await zip.open(main), {
    open: (name, a) => {
      if (name === 'workbookPr') from1904 = a.date1904 === '1' || a.date1904 === 'true';
      if (name !== 'sheet' || all.length >= 500) return;
      const id = Object.entries(a).find(([key]) => key.endsWith(':id'))?.[1];
      const part = (id && targets.get(id)) ?? `xl/worksheets/sheet${all.length + 1}.xml`;
      if (zip.has(part)) all.push({ name: (a.name ?? '').slice(0, 100), part, hidden: (a.state ?? 'visible') !== 'visible' });
    },
  });
  const visible = all.filter((s) => !s.hidden);
  const sheets = (visible.length > 0 ? visible : all).map(({ name, part }) => ({ name, part }));
  if (sheets.length === 0) throw refuseFile('is a workbook without a sheet of cells');
  return { sheets, from1904, stringsPart, formats: zip.has('xl/styles.xml') ? await readFormats(zip) : [] };
}

async function readFormats(zip: Zip): Promise<NumberFormat[]> {
  const codes = new Map<number, string>();
  const formats: NumberFormat[] = [];
  let inCells = false;
  await readAll(await zip.open('xl/styles.xml'), {
    open: (name, a) => {
      if (name === 'numFmt') codes.set(Number(a.numFmtId), (a.formatCode ?? '').slice(0, 300));
      else if (name === 'cellXfs') inCells = true;
      else if (name === 'xf' && inCells) formats.push(formatOf(Number(a.numFmtId ?? 0), codes.get(Number(a.numFmtId))));
    },
    close: (name) => {
      if (name === 'cellXfs') inCells = false;
    },
  });
  return formats;
}
