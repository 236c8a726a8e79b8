import type { Image, SKRSContext2D } from '@napi-rs/canvas';
import { encode } from 'uqr';
import type { LayerOf } from '../schema.ts';

/** Light squares around, as the standard asks. */
const quiet = 4;
/** The part of the width that a logo covers: far below what level Q mends. */
const logoPart = 0.2;

/** How many squares wide a code of this text is, with the light ones around it. */
export const squaresOf = (text: string, logo: boolean): number => encode(text, { ecc: logo ? 'Q' : 'M', border: 0 }).size + 2 * quiet;

/** A code, in whole dots of the picture: every square is of the same size, so that every phone reads it. */
export function paintCode(
  ctx: SKRSContext2D,
  layer: LayerOf<'code'>,
  scale: number,
  given: { code: { text: string } | { image: Image }; logo: Image | null } | null,
): void {
  const [left, top] = [Math.round(layer.x * scale), Math.round(layer.y * scale)];
  const [width, height] = [Math.round(layer.width * scale), Math.round(layer.height * scale)];
  ctx.fillStyle = layer.light;
  ctx.beginPath();
  ctx.roundRect(left, top, width, height, Math.min(layer.radius * scale, width / 2, height / 2));
  ctx.fill();
  if (!given) return;
  const side = Math.min(width, height);
  const { code, logo } = given;
  if ('image' in code) {
    const inset = Math.round(side * 0.04);
    ctx.drawImage(code.image, left + (width - side) / 2 + inset, top + (height - side) / 2 + inset, side - 2 * inset, side - 2 * inset);
    return;
  }
  const { data, size } = encode(code.text, { ecc: logo ? 'Q' : 'M', border: 0 });
  const dot = Math.max(1, Math.floor(side / (size + 2 * quiet)));
  const [x0, y0] = [left + Math.floor((width - size * dot) / 2), top + Math.floor((height - size * dot) / 2)];
  ctx.fillStyle = layer.dark;
  data.forEach((row, y) => {
    for (let x = 0; x < size; ) {
      let end = x;
      while (row[end]) end += 1;
      if (end > x) ctx.fillRect(x0 + x * dot, y0 + y * dot, (end - x) * dot, dot);
      x = end + 1;
    }
  });
  if (!logo) return;
  const squares = Math.round(size * logoPart) | 1;
  const [mark, at] = [squares * dot, ((size - squares) / 2) * dot];
  ctx.fillStyle = layer.light;
  ctx.fillRect(x0 + at - dot * 0.6, y0 + at - dot * 0.6, mark + dot * 1.2, mark + dot * 1.2);
  ctx.drawImage(logo, x0 + at, y0 + at, mark, mark);
}
