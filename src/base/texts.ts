/** Languages in which the server answers. Everything is written in English; the others are looked up. */
export type Language = 'en' | 'zh';

/**
 * English texts and what they are in Chinese. What is filled in is `{name}` on both sides; `{name*}` on the Chinese side is
 * filled with a phrase that is itself in the dictionary, `{name}` with the value as it came.
 */
export type Texts = Readonly<Record<string, string>>;

/** The text in the language asked for; as it is when there is no other. */
export type Say = (text: string, language: Language) => string;

interface Pattern {
  /** What stands around the values. */
  parts: string[];
  names: string[];
  to: string;
}

const joints: Record<string, string> = { ' or ': '或', ' and ': '和', ', ': '、', ' → ': ' → ' };
const placeholder = /\{(\w+)\*?\}/g;
/** Longer texts hold data for the most part, and are left as they are. */
const longest = 4_000;
const deepest = 3;

/** Answers in Chinese what is in the dictionaries. Texts as they stand are found at once, those with values by their first word. */
export function createTexts(dictionaries: readonly Texts[]): Say {
  const exact = new Map<string, string>();
  const byWord = new Map<string, Pattern[]>();
  const anyWord: Pattern[] = [];
  for (const [from, to] of dictionaries.flatMap((d) => Object.entries(d))) {
    exact.set(from, to);
    const names = [...from.matchAll(placeholder)].map((m) => m[1]!);
    if (names.length === 0) continue;
    const pattern = { parts: from.replace(placeholder, '\0').split('\0'), names, to };
    const word = firstWord(pattern.parts[0]!);
    if (word === undefined) anyWord.push(pattern);
    else byWord.set(word, [...(byWord.get(word) ?? []), pattern]);
  }
  // What says more is the better match.
  const size = (p: Pattern): number => p.parts.reduce((n, part) => n + part.length, 0);
  for (const list of [anyWord, ...byWord.values()]) list.sort((a, b) => size(b) - size(a));

  const chinese = (text: string, depth: number): string => {
    const whole = exact.get(text);
    if (whole !== undefined) return whole;
    if (text.length > longest || depth > deepest) return text;
    for (const patterns of [byWord.get(firstWord(text) ?? '') ?? [], anyWord]) {
      for (const { parts, names, to } of patterns) {
        const values = valuesIn(text, parts);
        if (!values) continue;
        return to.replace(placeholder, (mark, name: string) => {
          const value = values[names.indexOf(name)] ?? '';
          return mark.endsWith('*}') ? phrase(value, depth + 1) : value;
        });
      }
    }
    return text;
  };
  /** A phrase, or several of them in a row. */
  const phrase = (text: string, depth: number): string => {
    if (text.length > 200) return chinese(text, depth);
    const pieces = text.split(/( or | and |, | → )/);
    const said = pieces.map((piece, i) => (i % 2 === 0 ? chinese(piece, depth + 1) : joints[piece]!));
    return pieces.every((piece, i) => i % 2 === 1 || piece !== said[i]) ? said.join('') : chinese(text, depth);
  };
  return (text, language) => (language === 'zh' ? chinese(text, 0) : text);
}

/** Whole only when something follows it: what is filled in may be its second half. */
const firstWord = (text: string): string | undefined => /^(\S+)\s/.exec(text)?.[1];

/** What stands between the parts of a text, without going back: the time it takes does not depend on what the values hold. */
function valuesIn(text: string, parts: readonly string[]): string[] | undefined {
  const last = parts.at(-1)!;
  const end = text.length - last.length;
  if (!text.startsWith(parts[0]!) || !text.endsWith(last)) return undefined;
  const values: string[] = [];
  let at = parts[0]!.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found < 0) return undefined;
    values.push(text.slice(at, found));
    at = found + part.length;
  }
  if (at > end) return undefined;
  return [...values, text.slice(at, end)];
}

/** Reasons that an answer lists beside what it did, in the caller's language. */
export const reasonsFor = <T extends { reason: string }>(caller: { say(text: string): string }, list: readonly T[]): T[] =>
  list.map((one) => ({ ...one, reason: caller.say(one.reason) }));

/** The language that `Accept-Language` wants; English when it names neither, as programs do. */
export function languageOf(header: string | undefined): Language {
  let best: Language = 'en';
  let weight = 0;
  for (const entry of header?.slice(0, 500).split(',') ?? []) {
    const [tag, ...rest] = entry.trim().toLowerCase().split(';');
    const language = /^(zh|en)\b/.exec(tag ?? '')?.[1] as Language | undefined;
    const q = rest.map((r) => /^\s*q=([\d.]+)/.exec(r)?.[1]).find((value) => value !== undefined);
    const wanted = q === undefined ? 1 : Number(q);
    if (language && wanted > weight) [best, weight] = [language, wanted];
  }
  return best;
}
