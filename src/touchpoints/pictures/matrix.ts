import { encode } from 'uqr';

/** How much of a code may be dirty, torn or covered by a logo and still be read: 7, 15, 25, 30 %. */
export const levels = ['L', 'M', 'Q', 'H'] as const;
export type Level = (typeof levels)[number];

/** The dark squares of a QR code, without a margin. */
export function matrixOf(text: string, level: Level): boolean[][] {
  return encode(text, { ecc: level, border: 0 }).data;
}
