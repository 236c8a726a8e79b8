import { readFileSync } from 'node:fs';

/** The characters that a font has signs for, as ranges: read from its own table (cmap, format 12). */
export function coverOf(path: string): (code: number) => boolean {
  const bytes = readFileSync(path);
  const table = tableAt(bytes, 'cmap');
  const many = bytes.readUInt16BE(table + 2);
  for (let i = 0; i < many; i++) {
    const at = table + bytes.readUInt32BE(table + 8 + i * 8);
    if (bytes.readUInt16BE(at) !== 12) continue;
    const groups = bytes.readUInt32BE(at + 12);
    const ends = new Uint32Array(groups);
    const starts = new Uint32Array(groups);
    for (let g = 0; g < groups; g++) {
      starts[g] = bytes.readUInt32BE(at + 16 + g * 12);
      ends[g] = bytes.readUInt32BE(at + 20 + g * 12);
    }
    return (code) => {
      let [low, high] = [0, groups - 1];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (ends[middle]! < code) low = middle + 1;
        else high = middle;
      }
      return starts[low]! <= code && code <= ends[low]!;
    };
  }
  throw new Error('the font has no table of characters that can be read');
}

function tableAt(bytes: Buffer, name: string): number {
  const many = bytes.readUInt16BE(4);
  for (let i = 0; i < many; i++) if (bytes.toString('latin1', 12 + i * 16, 16 + i * 16) === name) return bytes.readUInt32BE(20 + i * 16);
  throw new Error(`the font has no table ${name}`);
}
