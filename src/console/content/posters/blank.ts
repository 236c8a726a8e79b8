import type { PosterDoc, PosterLayer } from '../../api/posters.ts';

export const SIZES = {
  phone: { width: 750, height: 1334 },
  story: { width: 1080, height: 1920 },
  card: { width: 500, height: 400 },
  moments: { width: 1080, height: 1440 },
} as const;

export const blankDoc = (): PosterDoc => ({
  ...SIZES.phone,
  background: { colour: '#ffffff', to: null, angle: 0, file: null },
  layers: [],
  leadsTo: null,
  share: { title: '', text: '' },
});

/** A new layer of a kind, in the middle of the picture. */
export function newLayer(type: PosterLayer['type'], doc: PosterDoc): PosterLayer {
  const taken = new Set(doc.layers.map((layer) => layer.id));
  let n = 1;
  while (taken.has(`${type}${n}`)) n += 1;
  const side = Math.round(doc.width * 0.28);
  const wide = Math.round(doc.width * 0.6);
  const place = (width: number, height: number) => ({
    id: `${type}${n}`,
    ...{ x: Math.round((doc.width - width) / 2), y: Math.round((doc.height - height) / 2), width, height, opacity: 1 },
  });
  const size = Math.round(doc.width / 16);
  switch (type) {
    case 'text':
      return {
        ...{ type, ...place(wide, Math.round(size * 3)), text: '写点什么', fallback: '', size, minSize: 0, weight: 500, colour: '#222222' },
        ...{ align: 'left', valign: 'top', lineHeight: 1.4, maxLines: 2, strike: false },
      };
    case 'price':
      return {
        type,
        ...place(wide, size * 2),
        amount: '99.00',
        currency: '¥',
        size: Math.round(size * 1.8),
        weight: 900,
        colour: '#e2344c',
        align: 'left',
      };
    case 'picture':
      return { type, ...place(wide, wide), file: null, radius: 0 };
    case 'avatar':
      return { type, ...place(Math.round(side / 2), Math.round(side / 2)), round: true, border: null };
    case 'code':
      return { type, ...place(side, side), dark: '#000000', light: '#ffffff', logo: false, radius: 0 };
    case 'box':
      return { type, ...place(wide, side), fill: '#f2f3f5', stroke: null, strokeWidth: 2, radius: 16 };
  }
}
