import { type ShareCard, shareHead, shareScript } from '../../content/index.ts';
import { codeSvg } from '../pictures/svg.ts';
import { html, Markup } from './html.ts';

/** What a page can say; a phone that asks for English gets it, everybody else Chinese. */
const words = {
  press: ['长按识别二维码', 'Press and hold the code'],
  group: ['进入群聊', 'Join the group'],
  staff: ['添加专属顾问', 'Add your adviser'],
  oa: ['关注公众号', 'Follow us'],
  mini: ['打开小程序', 'Open the mini program'],
  already: ['你已经在群里了', 'You are in already'],
  alreadyText: ['打开微信，在聊天列表里就能找到它。', 'Open WeChat and look for it among your chats.'],
  full: ['名额已满', 'All places are taken'],
  fullText: ['正在准备新的入口，请稍后再扫一次。', 'A new way in is being made ready. Please scan again later.'],
  resting: ['这个入口暂时休息', 'This way in is resting'],
  restingText: ['请联系给你这个二维码的人，或稍后再来。', 'Ask whoever gave you this code, or come back later.'],
  missing: ['没有这个入口', 'There is no such way in'],
  missingText: ['链接可能不完整，请重新扫描二维码。', 'The link may be cut off. Please scan the code again.'],
  region: ['你在哪里？', 'Where are you?'],
} as const;
export type Word = keyof typeof words;

export interface Page {
  title: string;
  text: string;
  /** What the code on the page says, or its picture where it is none of our drawing. */
  code?: { content: string } | { picture: Buffer } | undefined;
  hint?: Word | undefined;
  /** To choose from: the same address is opened again with the choice. */
  regions?: readonly string[] | undefined;
}

export const said = (word: Word, english: boolean): string => words[word][english ? 1 : 0];
export const prefersEnglish = (accept: string | undefined): boolean => /^en\b/i.test(accept ?? '');

const style =
  ':root{color-scheme:light}*{box-sizing:border-box}body{margin:0;min-height:100vh;display:flex;align-items:center;justify-content:center;background:#eef5f7;color:#16323b;font:16px/1.6 system-ui,"PingFang SC","Microsoft YaHei",sans-serif}main{width:min(92vw,380px);margin:20px 0;background:#fff;border-radius:18px;padding:26px 22px;text-align:center;box-shadow:0 6px 24px #0b3c4b1a}h1{font-size:21px;line-height:1.35;margin:0 0 6px}p{margin:0 0 10px;color:#4a636b;white-space:pre-line;overflow-wrap:anywhere}.code{width:min(72vw,270px);margin:14px auto 8px}.code svg,.code img{display:block;width:100%;height:auto}b{display:block;color:#0b6b83;font-size:17px}a{display:inline-block;margin-top:12px;padding:11px 30px;border-radius:24px;background:#0b6b83;color:#fff;text-decoration:none;font-size:17px}';

/** How the page shows where it is passed on; `token`: inside WeChat. */
export interface Passed {
  card: ShareCard;
  token: string | undefined;
  nonce: string;
}

/** One file of a few kilobytes: no font, no picture to be fetched, and no script but inside WeChat, where cards come about by one. */
export function landingHtml(page: Page, english: boolean, passed?: Passed): string {
  const { code } = page;
  const picture =
    code === undefined
      ? undefined
      : 'content' in code
        ? new Markup(codeSvg({ text: code.content, level: 'M' }))
        : new Markup(`<img alt="" src="data:${typeOf(code.picture)};base64,${code.picture.toString('base64')}">`);
  const body = html`<main><h1>${page.title}</h1>${page.text !== '' && html`<p>${page.text}</p>`}${
    picture && html`<div class="code">${picture}</div><b>${said('press', english)}</b>`
  }${page.hint !== undefined && html`<p>${said(page.hint, english)}</p>`}${page.regions && new Markup(page.regions.map((r) => html`<a href="?r=${encodeURIComponent(r)}">${r}</a> `.text).join(''))}</main>`;
  const head = html`<!doctype html><html lang="${english ? 'en' : 'zh-CN'}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><title>${page.title}</title>${passed && new Markup(shareHead(passed.card) + (passed.token ? shareScript(passed.card, passed.token, passed.nonce) : ''))}<style>${new Markup(style)}</style></head><body>${body}</body></html>`;
  return head.text;
}

const typeOf = (picture: Buffer): string => (picture[0] === 0xff ? 'image/jpeg' : picture[0] === 0x89 ? 'image/png' : 'image/svg+xml');

/** Nothing but the page itself may run or be fetched, and nobody may put it into a frame. */
export const landingHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;
/** Of a page that says inside WeChat how it is passed on: its own script runs, and nothing else. */
export const headersWith = (nonce: string) => ({
  ...landingHeaders,
  'content-security-policy': `${landingHeaders['content-security-policy']}; script-src 'nonce-${nonce}'; connect-src 'self'`,
});
