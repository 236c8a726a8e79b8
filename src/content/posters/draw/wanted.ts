import type { Note, PosterDoc } from '../schema.ts';

/** All that a picture is made of, nothing left to be asked: what is drawn on a thread of its own. */
export interface Wanted {
  doc: PosterDoc;
  /** Words of text and price layers for this person, by layer. */
  texts: Record<string, string>;
  /** Files of picture layers that are there, by layer; that of the background under `''`. */
  pictures: Record<string, string>;
  avatar: { file: string } | { initial: string };
  code: { text: string } | { file: string } | null;
  logo: string | null;
  /** Layers below the first that is the person's own are drawn once for all who share this name. */
  base: string | null;
  width: number;
}
export interface Painted {
  /** JPEG. */
  picture: Uint8Array;
  notes: Note[];
}

/** Whether a layer looks the same for everybody. */
export const isCommon = (layer: PosterDoc['layers'][number]): boolean =>
  layer.type === 'text'
    ? !/\{[{%]/.test(layer.text)
    : layer.type === 'price'
      ? !/\{[{%]/.test(layer.amount)
      : layer.type === 'picture' || layer.type === 'box';
