import type { Image, SKRSContext2D } from '@napi-rs/canvas';
import type { LayerOf } from '../schema.ts';
import { legible } from '../type/legible.ts';
import { fontOf, openFonts } from './fonts.ts';

const grounds = ['#5b8def', '#e2725b', '#3aa17e', '#c77dbb', '#d99a2b', '#6a7fc1', '#4f9dad'];

/** The person's picture; where there is none, the first sign of the name on a ground that is always the same for the same sign. */
export function paintAvatar(ctx: SKRSContext2D, layer: LayerOf<'avatar'>, avatar: { image: Image } | { initial: string }): void {
  const { x, y, width, height, round, border } = layer;
  const shape = () => {
    ctx.beginPath();
    if (round) ctx.ellipse(x + width / 2, y + height / 2, width / 2, height / 2, 0, 0, Math.PI * 2);
    else ctx.roundRect(x, y, width, height, Math.min(width, height) * 0.12);
  };
  ctx.save();
  shape();
  ctx.clip();
  if ('image' in avatar) ctx.drawImage(avatar.image, x, y, width, height);
  else {
    const sign = legible(avatar.initial, openFonts()).text || '·';
    ctx.fillStyle = grounds[(sign.codePointAt(0) ?? 0) % grounds.length]!;
    ctx.fillRect(x, y, width, height);
    ctx.fillStyle = '#ffffff';
    const size = Math.min(width, height) * 0.5;
    ctx.font = fontOf(size, 500);
    ctx.textAlign = 'center';
    ctx.fillText(sign, x + width / 2, y + height / 2 + size * 0.36);
  }
  ctx.restore();
  if (!border) return;
  shape();
  ctx.strokeStyle = border;
  ctx.lineWidth = Math.max(2, Math.min(width, height) * 0.04);
  ctx.stroke();
}
