import { createHash } from 'node:crypto';
import { kinds } from '../kinds.ts';
import { answers, authorKinds, purposes } from '../schema.ts';

/** What a column may be called, in either language. */
const names: Record<string, readonly string[]> = {
  key: ['key', 'id', '编号'],
  name: ['name', 'title', '名称', '标题', '内容名称'],
  kind: ['kind', 'type', '形式', '类型'],
  body: ['body', 'text', 'words', '正文', '文字', '文案', '内容'],
  html: ['html', 'article', '文章'],
  question: ['question', '问题'],
  link: ['link', 'url', '链接', '链接地址'],
  linkTitle: ['link_title', 'link title', '链接标题'],
  purpose: ['purpose', '目的'],
  scenes: ['scenes', 'scene', '场景'],
  topics: ['topics', 'topic', 'tags', '话题', '标签', '主题'],
  products: ['products', 'product', '商品', '商品编号'],
  audiences: ['audiences', 'audience', '人群'],
  answers: ['answers', 'answer', '回答', '三问'],
  author: ['author', '作者'],
  authorKind: ['author_kind', 'author kind', '作者类型'],
  rightsUntil: ['rights_until', 'rights until', '授权到期', '授权到期日'],
  picture: ['picture', 'image', '图片'],
};
export type Column = keyof typeof names;

/** Values in the words of those who write tables. */
const values: Record<string, Record<string, string>> = {
  kind: {
    文字: 'text',
    图片: 'image',
    视频: 'video',
    音频: 'audio',
    文章: 'article',
    H5: 'h5',
    小程序: 'mini_program',
    问答: 'qa',
    直播: 'live',
  },
  purpose: { 通知: 'notify', 福利: 'benefit', 转化: 'convert', 社群: 'community', 服务: 'service' },
  answers: { 为什么需要: 'why_need', 为什么是我们: 'why_us', 得到什么: 'what_i_get' },
  authorKind: { 员工: 'staff', 合作方: 'partner', KOL: 'kol', KOC: 'koc', 签约作者: 'writer', 用户: 'user' },
};
const known = { kind: kinds, purpose: purposes, answers, authorKind: authorKinds } as const;

/** Which column each thing stands in. */
export function columnsOf(header: readonly string[]): Map<string, number> {
  const found = new Map<string, number>();
  header.forEach((title, i) => {
    const plain = title.trim().toLowerCase();
    for (const [column, called] of Object.entries(names)) if (called.includes(plain) && !found.has(column)) found.set(column, i);
  });
  return found;
}

const told = (column: keyof typeof known, text: string): string =>
  values[column]?.[text] ?? values[column]?.[text.toUpperCase()] ?? text.toLowerCase();
const split = (text: string): string[] =>
  text
    .split(/[;；,，、|]/)
    .map((one) => one.trim())
    .filter(Boolean);

export interface RowRead {
  key: string;
  /** The picture's name in the archive. */
  picture: string;
  /** As the API takes an item, not checked yet. */
  given: Record<string, unknown>;
}

/** One row as an item. A row without a key of its own has one made of what it says, so that the same file again makes nothing new. */
export function readRow(columns: ReadonlyMap<string, number>, row: readonly unknown[]): RowRead {
  const get = (column: Column): string => {
    const at = columns.get(column);
    const value = at === undefined ? '' : row[at];
    return value === null || value === undefined ? '' : String(value).trim();
  };
  const [name, html, question, picture, link] = [get('name'), get('html'), get('question'), get('picture'), get('link')];
  const kind = get('kind') ? told('kind', get('kind')) : html ? 'article' : question ? 'qa' : picture && !get('body') ? 'image' : 'text';
  const detail = { ...(html ? { html } : {}), ...(question ? { question } : {}) };
  const given: Record<string, unknown> = {
    ...{ name: name || question.slice(0, 120), kind },
    ...(get('body') ? { body: get('body') } : {}),
    ...(link ? { link: { url: link, title: get('linkTitle') } } : {}),
    ...(get('purpose') ? { purpose: told('purpose', get('purpose')) } : {}),
    ...{ scenes: split(get('scenes')), topics: split(get('topics')), products: split(get('products')), audiences: split(get('audiences')) },
    answers: split(get('answers')).map((one) => told('answers', one)),
    ...(get('author')
      ? { author: { name: get('author'), kind: get('authorKind') ? told('authorKind', get('authorKind')) : 'staff' } }
      : {}),
    ...(get('rightsUntil') ? { rights: { until: instantOf(get('rightsUntil')), note: '' } } : {}),
    ...(Object.keys(detail).length > 0 ? { detail } : {}),
  };
  const key =
    get('key') ||
    `row:${createHash('sha256')
      .update(JSON.stringify([given, picture]))
      .digest('base64url')
      .slice(0, 24)}`;
  return { key, picture, given };
}

/** A day is meant to its end, as those who sign contracts in China mean it. */
const instantOf = (text: string): string => {
  const day = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(text);
  return day ? `${day[1]}-${day[2]!.padStart(2, '0')}-${day[3]!.padStart(2, '0')}T23:59:59+08:00` : text;
};
