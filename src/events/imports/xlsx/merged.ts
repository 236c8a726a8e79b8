import { refuseFile, type Zip } from './zip.ts';

export interface Merged {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

const mostMerged = 200_000;
const mostTail = 32 * 1024 * 1024;
const endOfCells = Buffer.from('sheetData>');

/** Merged ranges stand after all the cells of a sheet: they are looked for in its end, before the cells are read. Ordered by their first row. */
export async function readMerged(zip: Zip, part: string): Promise<Merged[]> {
  let tail: Buffer[] = [];
  let kept = 0;
  let found = false;
  let last: Buffer = Buffer.alloc(0);
  const stream = await zip.open(part);
  try {
    for await (const piece of stream) {
      const chunk = piece as Buffer;
      if (!found) {
        const both = Buffer.concat([last, chunk]);
        // The opening tag of the cells reads the same but for its slash.
        for (let at = both.indexOf(endOfCells); at >= 0 && !found; at = both.indexOf(endOfCells, at + 1)) {
          if (!/<\/(\w+:)?$/.test(both.toString('latin1', Math.max(0, at - 20), at))) continue;
          found = true;
          tail = [both.subarray(at)];
          kept = tail[0]!.length;
        }
        last = both.subarray(Math.max(0, both.length - 40));
      } else {
        kept += chunk.length;
        if (kept > mostTail) throw refuseFile('is a workbook with more than cells in its sheet; save the sheet as CSV');
        tail.push(chunk);
      }
    }
  } finally {
    stream.destroy();
  }
  const merged: Merged[] = [];
  for (const m of Buffer.concat(tail)
    .toString('utf8')
    .matchAll(/<(?:\w+:)?mergeCell\s+ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"/g)) {
    if (merged.length >= mostMerged) throw refuseFile(`has more than ${mostMerged} merged cells; unmerge them or save as CSV`);
    merged.push({ left: columnOf(m[1]!), top: Number(m[2]), right: columnOf(m[3]!), bottom: Number(m[4]) });
  }
  return merged.sort((a, b) => a.top - b.top);
}

/** A is 0. */
export function columnOf(letters: string): number {
  let n = 0;
  for (let i = 0; i < letters.length; i++) {
    const c = letters.charCodeAt(i);
    if (c < 65 || c > 90) break;
    n = n * 26 + (c - 64);
  }
  return n - 1;
}
