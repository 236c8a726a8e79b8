import { plainText, wordsOf } from './words.ts';

export interface Piece {
  text: string;
  hit: boolean;
}
const around = 60;
const most = 160;

/** Where the words of a question stand in a text, as pieces: no markup, so nothing to escape. Only the part around the first, where the text is long. */
export function highlight(text: string, question: string): Piece[] {
  const flat = text.replace(/\s+/g, ' ').trim();
  // Positions hold only where one way of writing is as long as the other.
  const lower = plainText(flat).length === flat.length ? plainText(flat) : flat.toLowerCase();
  const words = [...new Set(wordsOf(question).map((w) => w.text))].sort((a, b) => b.length - a.length);
  const hits: [number, number][] = [];
  for (const word of words)
    for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + word.length)) hits.push([at, at + word.length]);
  hits.sort((a, b) => a[0] - b[0] || b[1] - a[1]);
  const from = flat.length <= most || !hits[0] ? 0 : Math.max(0, hits[0][0] - around);
  const to = Math.min(flat.length, from + most);
  const pieces: Piece[] = [];
  const add = (piece: string, hit: boolean) => {
    if (piece !== '') pieces.push({ text: piece, hit });
  };
  let at = from;
  for (const [start, end] of hits) {
    if (start < at || end > to) continue;
    add(flat.slice(at, start), false);
    add(flat.slice(start, end), true);
    at = end;
  }
  add(flat.slice(at, to), false);
  if (from > 0 && pieces[0]) pieces[0] = { ...pieces[0], text: `…${pieces[0].text}` };
  if (to < flat.length) add('…', false);
  return pieces;
}
