import { crc32, deflateRawSync } from 'node:zlib';

/** A zip of texts, as a spreadsheet program writes one. `lies`: what the directory says a part unpacks to. */
export function zipOf(parts: Record<string, string | Buffer>, lies: Record<string, number> = {}): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(parts)) {
    const raw = Buffer.from(content as string);
    const packed = deflateRawSync(raw);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(raw), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(lies[name] ?? raw.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 0]), common, tail, Buffer.from(name)]));
    files.push(local);
    offset += local.length;
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, ...directory, end]);
}

const inXml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

export type Cell = string | number | boolean | { date: number } | { padded: number } | { formula: string; value: number } | null;

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

function cellXml(cell: Cell, r: string, strings: string[]): string {
  if (cell === null) return `<c r="${r}" s="0"/>`;
  if (typeof cell === 'string') return `<c r="${r}" t="s"><v>${strings.push(cell) - 1}</v></c>`;
  if (typeof cell === 'number') return `<c r="${r}"><v>${cell}</v></c>`;
  if (typeof cell === 'boolean') return `<c r="${r}" t="b"><v>${cell ? 1 : 0}</v></c>`;
  if ('date' in cell) return `<c r="${r}" s="1"><v>${cell.date}</v></c>`;
  if ('padded' in cell) return `<c r="${r}" s="2"><v>${cell.padded}</v></c>`;
  return `<c r="${r}"><f>${inXml(cell.formula)}</f><v>${cell.value}</v></c>`;
}

export interface Sheet {
  rows: Cell[][];
  merged?: string[];
  hidden?: boolean;
  /** Instead of all that: the XML itself. */
  xml?: string;
}

/** A workbook of sheets by name. Empty rows of the list are left out of the file, as programs do. */
export function workbookOf(sheets: Record<string, Sheet>, more: Record<string, string> = {}): Buffer {
  const strings: string[] = [];
  const names = Object.keys(sheets);
  const parts: Record<string, string> = {
    'xl/workbook.xml': `<?xml version="1.0"?><workbook xmlns:r="r"><sheets>${names
      .map((n, i) => `<sheet name="${inXml(n)}" sheetId="${i + 1}" r:id="rId${i + 1}"${sheets[n]!.hidden ? ' state="hidden"' : ''}/>`)
      .join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships>${names
      .map((_, i) => `<Relationship Id="rId${i + 1}" Type="x/worksheet" Target="worksheets/sheet${i + 1}.xml"/>`)
      .join('')}</Relationships>`,
    'xl/styles.xml':
      '<styleSheet><numFmts><numFmt numFmtId="170" formatCode="000000"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="22"/><xf numFmtId="170"/></cellXfs></styleSheet>',
  };
  names.forEach((name, i) => {
    const { rows, merged = [], xml } = sheets[name]!;
    const body = rows
      .map((row, n) =>
        row.length === 0 ? '' : `<row r="${n + 1}">${row.map((cell, c) => cellXml(cell, `${letters[c]}${n + 1}`, strings)).join('')}</row>`,
      )
      .join('');
    const ranges = merged.map((ref) => `<mergeCell ref="${ref}"/>`).join('');
    parts[`xl/worksheets/sheet${i + 1}.xml`] =
      xml ?? `<?xml version="1.0"?><worksheet><sheetData>${body}</sheetData><mergeCells>${ranges}</mergeCells></worksheet>`;
  });
  parts['xl/sharedStrings.xml'] = `<sst>${strings.map((s) => `<si><t xml:space="preserve">${inXml(s)}</t></si>`).join('')}</sst>`;
  return zipOf({ ...parts, ...more });
}
