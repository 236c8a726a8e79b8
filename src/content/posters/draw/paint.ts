import { type Canvas, createCanvas, type Image, loadImage, type SKRSContext2D } from '@napi-rs/canvas';
import type { Layer, LayerOf, Note } from '../schema.ts';
import { paintAvatar } from './avatar.ts';
import { paintCode } from './code.ts';
import { type Found, paintPrice, paintText } from './text.ts';
import { isCommon, type Painted, type Wanted } from './wanted.ts';

const quality = 90;
/** So many pictures and bases are kept ready; a base of the largest kind takes 23 MB. */
const mostImages = 24;
const mostBases = 6;

const images = new Map<string, Promise<Image>>();
const bases = new Map<string, { canvas: Canvas; notes: Note[] }>();

/** Draws a poster. */
export async function paint(wanted: Wanted): Promise<Painted> {
  const { doc } = wanted;
  const scale = wanted.width / doc.width;
  const canvas = createCanvas(wanted.width, Math.round(doc.height * scale));
  const ctx = canvas.getContext('2d');
  const first = doc.layers.findIndex((layer) => !isCommon(layer));
  const common = first < 0 ? doc.layers.length : first;
  const below = await baseOf(wanted, scale, common);
  ctx.drawImage(below.canvas, 0, 0);
  const notes = [...below.notes];
  for (const layer of doc.layers.slice(common)) await paintLayer(ctx, wanted, layer, scale, notes);
  return { picture: canvas.encodeSync('jpeg', quality), notes };
}

async function baseOf(wanted: Wanted, scale: number, common: number): Promise<{ canvas: Canvas; notes: Note[] }> {
  const { doc } = wanted;
  const name = wanted.base && `${wanted.base} ${wanted.width}`;
  const kept = name && bases.get(name);
  if (kept) return kept;
  const canvas = createCanvas(wanted.width, Math.round(doc.height * scale));
  const notes: Note[] = [];
  const ctx = canvas.getContext('2d');
  await paintBackground(ctx, wanted, canvas);
  for (const layer of doc.layers.slice(0, common)) await paintLayer(ctx, wanted, layer, scale, notes);
  const made = { canvas, notes };
  if (name) {
    bases.set(name, made);
    if (bases.size > mostBases) bases.delete(bases.keys().next().value!);
  }
  return made;
}

async function paintBackground(ctx: SKRSContext2D, wanted: Wanted, { width, height }: Canvas): Promise<void> {
  const { colour, to, angle } = wanted.doc.background;
  ctx.fillStyle = colour;
  if (to) {
    const [dx, dy] = [Math.sin((angle * Math.PI) / 180), Math.cos((angle * Math.PI) / 180)];
    const half = (Math.abs(dx) * width + Math.abs(dy) * height) / 2;
    const [x, y] = [width / 2, height / 2];
    const run = ctx.createLinearGradient(x - dx * half, y - dy * half, x + dx * half, y + dy * half);
    run.addColorStop(0, colour);
    run.addColorStop(1, to);
    ctx.fillStyle = run;
  }
  ctx.fillRect(0, 0, width, height);
  const file = wanted.pictures[''];
  if (file) ctx.drawImage(await imageOf(file), 0, 0, width, height);
}

async function paintLayer(ctx: SKRSContext2D, wanted: Wanted, layer: Layer, scale: number, notes: Note[]): Promise<void> {
  ctx.save();
  ctx.globalAlpha = layer.opacity;
  if (layer.type === 'code') paintCode(ctx, layer, scale, await codeOf(wanted, layer));
  else {
    ctx.scale(scale, scale);
    const found: Found = (what, grave, detail) => notes.push({ layer: layer.id, what, grave, ...(detail ? { detail } : {}) });
    if (layer.type === 'text') paintText(ctx, layer, wanted.texts[layer.id] ?? '', found);
    else if (layer.type === 'price') paintPrice(ctx, layer, wanted.texts[layer.id] ?? '', found);
    else if (layer.type === 'avatar') paintAvatar(ctx, layer, await avatarOf(wanted.avatar));
    else if (layer.type === 'box') paintBox(ctx, layer);
    else await paintPicture(ctx, layer, wanted.pictures[layer.id]);
  }
  ctx.restore();
}

async function codeOf(wanted: Wanted, layer: LayerOf<'code'>) {
  const { code, logo } = wanted;
  if (!code) return null;
  return {
    code: 'file' in code ? { image: await imageOf(code.file) } : code,
    logo: logo && layer.logo ? await imageOf(logo) : null,
  };
}
const avatarOf = async (avatar: Wanted['avatar']) => ('file' in avatar ? { image: await imageOf(avatar.file) } : avatar);

function paintBox(ctx: SKRSContext2D, { x, y, width, height, radius, fill, stroke, strokeWidth }: LayerOf<'box'>): void {
  ctx.beginPath();
  ctx.roundRect(x, y, width, height, Math.min(radius, width / 2, height / 2));
  if (fill) {
    ctx.fillStyle = fill;
    ctx.fill();
  }
  if (stroke && strokeWidth > 0) {
    ctx.strokeStyle = stroke;
    ctx.lineWidth = strokeWidth;
    ctx.stroke();
  }
}

async function paintPicture(
  ctx: SKRSContext2D,
  { x, y, width, height, radius }: LayerOf<'picture'>,
  file: string | undefined,
): Promise<void> {
  if (!file) return;
  ctx.beginPath();
  ctx.roundRect(x, y, width, height, Math.min(radius, width / 2, height / 2));
  ctx.clip();
  ctx.drawImage(await imageOf(file), x, y, width, height);
}

/** Files are named by what is in them, so one that was read is good for ever. */
function imageOf(file: string): Promise<Image> {
  const kept = images.get(file);
  const image = kept ?? loadImage(file);
  images.delete(file);
  images.set(file, image);
  image.catch(() => images.delete(file));
  if (images.size > mostImages) images.delete(images.keys().next().value!);
  return image;
}
