import { crc32, deflateSync } from 'node:zlib';
import { type Level, matrixOf } from './matrix.ts';

const quiet = 4;
const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** 300 dots to the inch, in dots to the metre. */
const dotsPerMetre = 11_811;

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

/**
 * A QR code as a PNG of one bit a dot at 300 dpi, about so many dots wide: every square the same whole number of dots, so that print keeps its edges.
 * Made without a renderer, for thousands at once.
 */
export function printPng(text: string, level: Level, width: number): Buffer {
  const rows = matrixOf(text, level);
  const squares = rows.length + 2 * quiet;
  const dots = Math.max(2, Math.floor(width / squares));
  const side = squares * dots;
  const bytes = Math.ceil(side / 8) + 1;
  const white = Buffer.alloc(bytes, 0xff);
  white[0] = 0;
  const lines: Buffer[] = [];
  const repeat = (line: Buffer, times: number) => {
    for (let i = 0; i < times; i++) lines.push(line);
  };
  repeat(white, quiet * dots);
  for (const row of rows) {
    const line = Buffer.from(white);
    row.forEach((dark, x) => {
      if (!dark) return;
      for (let at = (x + quiet) * dots; at < (x + quiet + 1) * dots; at++) line[1 + (at >> 3)]! &= ~(0x80 >> (at & 7));
    });
    repeat(line, dots);
  }
  repeat(white, quiet * dots);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  head[8] = 1;
  const size = Buffer.alloc(9);
  size.writeUInt32BE(dotsPerMetre, 0);
  size.writeUInt32BE(dotsPerMetre, 4);
  size[8] = 1;
  return Buffer.concat([
    signature,
    chunk('IHDR', head),
    chunk('pHYs', size),
    chunk('IDAT', deflateSync(Buffer.concat(lines), { level: 6 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
