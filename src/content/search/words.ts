import { Jieba } from '@node-rs/jieba';
import { dict } from '@node-rs/jieba/dict.js';

let jieba: Jieba | undefined;

const han = /\p{Script=Han}/u;
/** A run of Chinese, or a run of letters and digits: what lies between separates. */
const runs = /\p{Script=Han}+|[\p{L}\p{N}]+(?:['’][\p{L}]+)?/gu;

/** One way of writing: full-width letters and digits as their plain ones, small letters. */
export const plainText = (text: string): string => text.normalize('NFKC').toLowerCase();

export interface Word {
  text: string;
  chinese: boolean;
}

/** The words of a text, in their order. Chinese is cut for search: long words, and the shorter ones within them. */
export function wordsOf(text: string): Word[] {
  jieba ??= Jieba.withDict(dict);
  const found: Word[] = [];
  for (const [run] of plainText(text).matchAll(/\p{Script=Han}+|[^\p{Script=Han}]+/gu)) {
    if (han.test(run)) for (const word of jieba.cutForSearch(run, true)) found.push({ text: word, chinese: true });
    else for (const [word] of run.matchAll(runs)) found.push({ text: word, chinese: false });
  }
  return found;
}
