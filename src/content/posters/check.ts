import type { FileView } from '../files/files.ts';
import { squaresOf } from './draw/code.ts';
import type { OwnCode, PosterPoint } from './ports.ts';
import type { Layer, LayerOf, Note, NoteWord, PosterDoc } from './schema.ts';

/** Squares of a code smaller than this, on a picture as wide as a phone shows it, are read by few phones. */
const leastDots = 3.5;
const phoneWidth = 750;
const leastContrast = 4;
const leastType = 18;

interface Known {
  point: PosterPoint | undefined;
  sample: OwnCode | null;
  files: ReadonlyMap<string, Pick<FileView, 'kind' | 'width' | 'height'>>;
}

/** What is amiss with a poster before anybody's is drawn. */
export function checkDoc(doc: PosterDoc, { point, sample, files }: Known): Note[] {
  const notes: Note[] = [];
  const note = (layer: string | null, what: NoteWord, grave: boolean, detail?: string) =>
    notes.push({ layer, what, grave, ...(detail ? { detail } : {}) });
  const codes = doc.layers.filter((l): l is LayerOf<'code'> => l.type === 'code');
  if (codes.length === 0) note(null, 'code_none', false);
  if (codes.length > 0 && !doc.leadsTo) note(codes[0]!.id, 'code_missing', true);
  if (doc.leadsTo && 'touchpointId' in doc.leadsTo) {
    if (!point || !sample) note(codes[0]?.id ?? null, 'code_missing', true);
    else if (!point.open) note(codes[0]?.id ?? null, 'touchpoint_closed', true, point.name);
    else if (!point.personal) note(codes[0]?.id ?? null, 'code_shared', false, point.name);
  }
  const picture = (layer: string | null, id: string, width: number, height: number) => {
    const file = files.get(id);
    if (file?.kind !== 'image') note(layer, 'picture_missing', true);
    else if (file.width && file.height && Math.max(width / file.width, height / file.height) > 1.6) note(layer, 'picture_coarse', false);
  };
  if (doc.background.file) picture(null, doc.background.file, doc.width, doc.height);
  doc.layers.forEach((layer, i) => {
    const out = beyond(layer, doc);
    if (layer.type === 'code') {
      if (out > 0) note(layer.id, 'code_outside', true);
      checkCode(layer, doc, sample, note);
      if (doc.layers.slice(i + 1).some((over) => over.opacity > 0 && over.type !== 'text' && over.type !== 'price' && crosses(layer, over)))
        note(layer.id, 'code_covered', true);
    } else if (layer.type === 'text' || layer.type === 'price') {
      if (out > 1) note(layer.id, 'text_outside', true);
      if ((layer.size / doc.width) * phoneWidth < leastType) note(layer.id, 'text_tiny', false);
    } else if (out >= Math.min(layer.width, layer.height)) note(layer.id, 'outside', false);
    if (layer.type === 'picture') {
      if (layer.file) picture(layer.id, layer.file, layer.width, layer.height);
      else note(layer.id, 'picture_none', true);
    }
  });
  return notes;
}

type Say = (layer: string | null, what: NoteWord, grave: boolean, detail?: string) => void;

function checkCode(layer: LayerOf<'code'>, doc: PosterDoc, sample: OwnCode | null, note: Say): void {
  const side = (Math.min(layer.width, layer.height) / doc.width) * phoneWidth;
  const least = sample && 'text' in sample ? squaresOf(sample.text, layer.logo) * leastDots : 120;
  // A small card is shown wider than it is made: there its own width counts.
  const shown = doc.width < phoneWidth ? Math.min(layer.width, layer.height) * 1.2 : side;
  if (shown < least) note(layer.id, 'code_small', true, String(Math.ceil((least / phoneWidth) * doc.width)));
  if (luminance(layer.dark) > luminance(layer.light) || contrast(layer.dark, layer.light) < leastContrast)
    note(layer.id, 'code_contrast', true);
}

const beyond = (l: Layer, doc: PosterDoc): number => Math.max(-l.x, -l.y, l.x + l.width - doc.width, l.y + l.height - doc.height);
const crosses = (a: Layer, b: Layer): boolean => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const part = Number.parseInt(colour.slice(i, i + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}
function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light! + 0.05) / (dark! + 0.05);
}
