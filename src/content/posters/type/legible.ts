/** Whether the fonts have signs for these characters. */
export interface Cover {
  text(code: number): boolean;
  emoji(code: number): boolean;
}

export interface Legible {
  text: string;
  /** Chinese characters that no font has: 〓 stands for each, as printers have it. */
  missing: string[];
  /** Signs of other kinds that no font has: left out. */
  dropped: string[];
}

const graphemes = new Intl.Segmenter('zh', { granularity: 'grapheme' });
/** Joins and shapes what is beside it, and has no sign of its own. */
const silent = (code: number): boolean => code === 0x200d || (code >= 0xfe00 && code <= 0xfe0f) || (code >= 0xe0020 && code <= 0xe007f);
const han = /\p{Script=Han}/u;
/** Not to be seen, or made to turn the line round: no name needs them. */
const unseen = /[\p{Cc}\p{Cf}\u3164\u115f\u1160]/u;

/** A text of which every sign can be drawn: what cannot is said, so that no empty box gets onto a picture unnoticed. */
export function legible(given: string, cover: Cover): Legible {
  const said: Legible = { text: '', missing: [], dropped: [] };
  const drawable = (cluster: string): boolean => {
    const codes = [...cluster].map((c) => c.codePointAt(0)!).filter((code) => !silent(code));
    return codes.length > 0 && (codes.every(cover.text) || codes.every(cover.emoji));
  };
  for (const { segment } of graphemes.segment(given.normalize('NFC'))) {
    if (segment === '\n') said.text += segment;
    else if (segment === '\r\n' || segment === '\u2028') said.text += '\n';
    else if (/^\s$/u.test(segment)) said.text += ' ';
    else if (unseen.test(segment) && [...segment].length === 1) continue;
    else if (drawable(segment)) said.text += segment;
    else {
      // Letters that only look different (𝓐, ﬁ) are the letters.
      const plain = segment.normalize('NFKC');
      if (plain !== segment && [...plain].every((c) => drawable(c))) said.text += plain;
      else if (han.test(segment)) {
        said.missing.push(segment);
        said.text += '〓';
      } else said.dropped.push(segment);
    }
  }
  // In Chinese type this mark takes a whole square; within a word it is an apostrophe.
  said.text = said.text.replace(/ {2,}/g, ' ').replace(/(?<=\p{Script=Latin})’(?=\p{Script=Latin})/gu, "'");
  return said;
}
