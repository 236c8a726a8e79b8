import type { SKRSContext2D } from '@napi-rs/canvas';
import type { LayerOf, NoteWord } from '../schema.ts';
import { type Fitted, fitText } from '../type/fit.ts';
import { legible } from '../type/legible.ts';
import { fontOf, openFonts } from './fonts.ts';

/** Something that is to be said of the layer. */
export type Found = (what: NoteWord, grave: boolean, detail?: string) => void;

/** From the top of a line of Chinese to where its letters stand, in parts of its size. */
const ascent = 0.88;

function readable(text: string, found: Found): string {
  const { text: shown, missing, dropped } = legible(text, openFonts());
  if (missing.length > 0) found('glyph_missing', true, [...new Set(missing)].join(''));
  if (dropped.length > 0) found('emoji_dropped', false, [...new Set(dropped)].slice(0, 8).join(' '));
  return shown.trim();
}

/** Text in its box. */
export function paintText(ctx: SKRSContext2D, layer: LayerOf<'text'>, given: string, found: Found): void {
  let text = readable(given, found);
  if (text === '' && layer.fallback !== '') text = readable(layer.fallback, found);
  if (text === '') {
    found('text_empty', false);
    return;
  }
  const measureAt = (size: number) => {
    ctx.font = fontOf(size, layer.weight);
    return (piece: string) => ctx.measureText(piece).width;
  };
  const set = fitText(text, layer, measureAt);
  if (set.cut) found('text_cut', true, text);
  else if (set.size < layer.size) found('text_shrunk', false, String(set.size));
  draw(ctx, layer, set);
}

function draw(ctx: SKRSContext2D, layer: LayerOf<'text'>, { lines, size }: Fitted): void {
  const step = size * layer.lineHeight;
  const tall = size + (lines.length - 1) * step;
  const top = layer.y + (layer.valign === 'top' ? 0 : (layer.height - tall) * (layer.valign === 'middle' ? 0.5 : 1));
  ctx.font = fontOf(size, layer.weight);
  ctx.fillStyle = layer.colour;
  lines.forEach((line, i) => {
    const left = layer.x + (layer.align === 'left' ? 0 : (layer.width - line.width) * (layer.align === 'center' ? 0.5 : 1));
    const base = top + i * step + size * ascent;
    for (const piece of line.pieces) ctx.fillText(piece.text, left + piece.x, base);
    if (layer.strike) ctx.fillRect(left, base - size * 0.34, line.width, Math.max(1, size * 0.06));
  });
}

/** ¥ and cents small, the yuan large. */
export function paintPrice(ctx: SKRSContext2D, layer: LayerOf<'price'>, given: string, found: Found): void {
  const amount = readable(given, found);
  if (amount === '') {
    found('text_empty', false);
    return;
  }
  const [, whole, cents = ''] = /^(.*?)(\.\d+)?$/.exec(amount)!;
  const parts = (size: number) => [
    { text: layer.currency, size: size * 0.55 },
    { text: whole!, size },
    { text: cents, size: size * 0.55 },
  ];
  const widthOf = (part: { text: string; size: number }): number => {
    ctx.font = fontOf(part.size, layer.weight);
    return ctx.measureText(part.text).width;
  };
  const gap = (size: number): number => size * 0.06;
  const wide = (size: number): number => parts(size).reduce((sum, part) => sum + widthOf(part), gap(size));
  const size = Math.min(layer.size, layer.size * (layer.width / wide(layer.size)));
  if (size < layer.size) found('text_shrunk', false, String(Math.floor(size)));
  let x = layer.x + (layer.align === 'left' ? 0 : (layer.width - wide(size)) * (layer.align === 'center' ? 0.5 : 1));
  const base = layer.y + (layer.height - size) / 2 + size * ascent;
  ctx.fillStyle = layer.colour;
  for (const part of parts(size)) {
    const width = widthOf(part);
    ctx.fillText(part.text, x, base);
    x += width + (part.text === layer.currency ? gap(size) : 0);
  }
}
