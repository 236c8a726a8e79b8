import { sidebar } from '../i18n/texts/sidebar.ts';

export type Word = keyof typeof sidebar;

const chosen = localStorage.getItem('yutang.language') ?? navigator.language;
export const english = /^en/i.test(chosen);
document.documentElement.lang = english ? 'en' : 'zh-CN';

/** A text in the language of the phone, with what is filled in. */
export function say(word: Word, fill: Record<string, string | number> = {}): string {
  return sidebar[word][english ? 1 : 0].replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(fill[name] ?? ''));
}

export const nameIn = (names: { zh: string; en: string }): string => (english ? names.en || names.zh : names.zh || names.en);

export function formats(currency: string, timeZone: string) {
  const locale = english ? 'en-GB' : 'zh-CN';
  const money = new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' });
  const day = new Intl.DateTimeFormat(locale, { timeZone, year: 'numeric', month: 'short', day: 'numeric' });
  const time = new Intl.DateTimeFormat(locale, { timeZone, month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' });
  return {
    fen: (fen: number) => money.format(fen / 100),
    day: (iso: string) => day.format(new Date(iso)),
    time: (iso: string) => time.format(new Date(iso)),
  };
}
export type Formats = ReturnType<typeof formats>;

/** A day of the calendar, whatever the zone. */
export const dayIn = (date: string): string =>
  new Intl.DateTimeFormat(english ? 'en-GB' : 'zh-CN', { timeZone: 'UTC', month: 'short', day: 'numeric' }).format(new Date(date));
export const percent = (share: number): string => `${Math.round(share * 100)}%`;
