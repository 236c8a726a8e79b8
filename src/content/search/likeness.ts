import { plainText } from './words.ts';

/** So many pieces in common, of all pieces of both, and two texts are shown as twins. */
export const alike = 0.6;
const hashes = 32;
const perBand = 2;

/** A text as it is compared: without spaces, marks, and what Liquid fills in. */
export const comparable = (text: string): string =>
  plainText(text)
    .replace(/\{[{%].*?[%}]\}/gs, '')
    .replace(/https?:\/\/\S+/g, '')
    .replace(/[^\p{L}\p{N}]/gu, '');

/** Pieces of three characters each. */
function piecesOf(text: string): Set<string> {
  const chars = [...text];
  if (chars.length < 3) return new Set(text === '' ? [] : [text]);
  return new Set(Array.from({ length: chars.length - 2 }, (_, i) => chars.slice(i, i + 3).join('')));
}

/** FNV-1a, then mixed by a seed: thirty-two orders of the same pieces. */
function hashOf(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}
function mixed(h: number, seed: number): number {
  let x = (h ^ Math.imul(seed + 1, 0x9e3779b1)) >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** Bands of a MinHash signature: texts that are alike share at least one almost surely, others seldom do. */
export function bandsOf(text: string): number[] {
  const pieces = [...piecesOf(text)].map(hashOf);
  if (pieces.length === 0) return [];
  const signature = Array.from({ length: hashes }, (_, seed) => pieces.reduce((least, h) => Math.min(least, mixed(h, seed)), 0xffffffff));
  const bands: number[] = [];
  for (let i = 0; i < hashes; i += perBand) bands.push(hashOf(`${i}:${signature.slice(i, i + perBand).join(':')}`) | 0);
  return bands;
}

/** Of all pieces of two texts, the part that both have (Jaccard). */
export function likenessOf(a: string, b: string): number {
  if (a === b) return a === '' ? 0 : 1;
  const [x, y] = [piecesOf(a), piecesOf(b)];
  let common = 0;
  for (const piece of x) if (y.has(piece)) common += 1;
  const all = x.size + y.size - common;
  return all === 0 ? 0 : common / all;
}
