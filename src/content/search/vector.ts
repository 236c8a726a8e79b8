import { type Word, wordsOf } from './words.ts';

const lexeme = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
/** No lexeme may be longer, and no place beyond this is kept. */
const longest = 100;
const lastPlace = 16_000;

/** A text as PostgreSQL's own `tsvector`, weighed, places from `from` on: written out, so that no locale of the database has a say in what a word is. */
function part(words: readonly Word[], weight: 'A' | 'B' | 'C', from: number): { text: string; next: number } {
  let place = from;
  const out: string[] = [];
  for (const { text } of words) {
    if (text.length > longest) continue;
    place += 1;
    out.push(`${lexeme(text)}:${Math.min(place, lastPlace)}${weight}`);
  }
  return { text: out.join(' '), next: place + 5 };
}

/** What an item is found by. English words stand as they are and, in the database, by their stem as well. */
export function vectorOf(item: { name: string; marks: string; words: string }): { vector: string; english: string } {
  const [name, marks, words] = [wordsOf(item.name), wordsOf(item.marks), wordsOf(item.words).slice(0, 10_000)];
  const a = part(name, 'A', 0);
  const b = part(marks, 'B', a.next);
  const c = part(words, 'C', b.next);
  const english = [...name, ...marks, ...words].filter((w) => !w.chinese && /^[a-z]/.test(w.text)).map((w) => w.text);
  return { vector: [a.text, b.text, c.text].filter(Boolean).join(' '), english: english.join(' ').slice(0, 100_000) };
}

/**
 * A question as SQL of a `tsquery`; every word of it must be there, the last also as a beginning, for it may still be typed.
 * An English word counts by its stem too.
 */
export function querySql(question: string, param: (value: string) => string): string | undefined {
  const words = wordsOf(question).slice(0, 30);
  if (words.length === 0) return undefined;
  return words
    .map(({ text, chinese }, i) => {
      const last = i === words.length - 1;
      const own = `(${param(`${lexeme(text)}${last || !chinese ? ':*' : ''}`)})::tsquery`;
      return chinese || !/^[a-z]/.test(text) ? own : `(${own} || plainto_tsquery('english', ${param(text)}))`;
    })
    .join(' && ');
}
