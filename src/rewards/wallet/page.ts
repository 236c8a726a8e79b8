import { codeSvg, html, Markup } from '../../touchpoints/index.ts';
import type { Holding } from '../coupons/schema.ts';
import { yuan } from '../coupons/sentence.ts';
import type { ClaimSaid, WalletView } from './wallet.ts';

/** What the page can say; a phone that asks for English gets it, everybody else Chinese. */
const words = {
  title: ['我的优惠券', 'My coupons'],
  open: ['可使用', 'Ready to use'],
  none: ['现在没有可用的优惠券', 'No coupons to use at the moment'],
  offers: ['可领取', 'For you to take'],
  take: ['立即领取', 'Take it'],
  past: ['已使用与已过期', 'Used and past'],
  word: ['输入口令或券码领取', 'Have a word or a code?'],
  wordHint: ['口令或券码', 'Word or code'],
  exchange: ['兑换', 'Redeem'],
  show: ['使用时向店员出示', 'Show it at the till'],
  until: ['有效期至', 'Until'],
  from: ['可用时间', 'From'],
  used: ['已使用', 'Used'],
  expired: ['已过期', 'Past'],
  left: ['仅剩', 'Only'],
  leftUnit: ['张', 'left'],
  missing: ['链接无效', 'This link does not work'],
  missingText: ['请从最近收到的消息里重新打开。', 'Open it again from the latest message.'],
  given: ['领取成功', 'It is yours'],
  sold_out: ['来晚了，已被领完', 'All of them are taken'],
  limit: ['你已经领过了', 'You have had it already'],
  over: ['领取已结束', 'It can no longer be taken'],
  paused: ['现在还不能领取', 'It cannot be taken at the moment'],
  not_allowed: ['这张券不适用于你', 'This one is not meant for you'],
  unknown: ['没有这个口令或券码，请核对后再试', 'There is no such word or code; look at it again'],
} as const;
type Word = keyof typeof words;

const style =
  ':root{color-scheme:light}*{box-sizing:border-box}body{margin:0;background:#eef5f7;color:#16323b;font:15px/1.55 system-ui,"PingFang SC","Microsoft YaHei",sans-serif}main{width:min(100%,460px);margin:0 auto;padding:18px 14px 40px}header{display:flex;justify-content:space-between;align-items:baseline;gap:12px;margin:2px 4px 12px}h1{font-size:21px;margin:0}header span{color:#4a636b;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}h2{font-size:15px;color:#4a636b;margin:20px 4px 8px;font-weight:600}.say{background:#0b6b83;color:#fff;border-radius:12px;padding:11px 14px;margin:0 0 12px}.say.no{background:#a4471f}.t{display:flex;background:#fff;border-radius:14px;margin:0 0 10px;overflow:hidden;box-shadow:0 2px 10px #0b3c4b14}.v{flex:0 0 104px;background:#0b6b83;color:#fff;display:flex;flex-direction:column;align-items:center;justify-content:center;text-align:center;padding:10px 6px;overflow-wrap:anywhere}.v b{font-size:25px;line-height:1.15}.v small{font-size:12px;opacity:.9}.b{flex:1;min-width:0;padding:12px 13px}.b strong{display:block;font-size:16px}.b p{margin:3px 0 0;color:#4a636b;font-size:13px;overflow-wrap:anywhere}.past .v{background:#8a9ca2}.past{opacity:.85}summary{cursor:pointer;color:#0b6b83;font-weight:600;padding:9px 0 2px;list-style-position:inside}.q{width:170px;margin:8px auto 2px}.q svg{display:block;width:100%;height:auto}.c{text-align:center;font:600 17px/1.4 ui-monospace,Menlo,monospace;letter-spacing:.04em;overflow-wrap:anywhere}button{border:0;border-radius:22px;background:#0b6b83;color:#fff;font:inherit;font-weight:600;min-height:44px;padding:8px 20px;margin-top:8px}.w{display:flex;gap:8px}.w input{flex:1;min-width:0;font:inherit;font-size:16px;min-height:44px;border:1px solid #b9cbd1;border-radius:22px;padding:8px 16px;background:#fff}.w button{margin:0}.n{text-align:center;color:#4a636b;padding:22px 0}';

/** At midnight it is over: people read the minute before, on the day that they still have. */
const lastMinute = (iso: string): string => new Date(Date.parse(iso) - 60_000).toISOString();

const isWord = (said: string): said is Word => said in words;

/** One file of some kilobytes: no script, no font, no picture to be fetched; forms do the work. */
export function walletHtml(
  token: string,
  view: WalletView | undefined,
  options: { english: boolean; said?: string | undefined; redeemUrl: string },
): string {
  const { english, said } = options;
  const t = (word: Word): string => words[word][english ? 1 : 0];
  const page = (title: string, body: Markup): string =>
    html`<!doctype html><html lang="${english ? 'en' : 'zh-CN'}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><title>${title}</title><style>${new Markup(style)}</style></head><body><main>${body}</main></body></html>`
      .text;
  if (!view) return page(t('missing'), html`<h1>${t('missing')}</h1><p>${t('missingText')}</p>`);
  const all = (parts: Markup[]): Markup => new Markup(parts.map((p) => p.text).join(''));
  const date = (iso: string): string =>
    new Intl.DateTimeFormat('sv-SE', { timeZone: view.timezone, dateStyle: 'short', timeStyle: 'short' }).format(new Date(iso));
  const value = ({ terms }: Pick<Holding, 'terms'>): Markup => {
    const from =
      terms.thresholdFen > 0
        ? english
          ? `from ¥${yuan(terms.thresholdFen)}`
          : `满 ${yuan(terms.thresholdFen)} 可用`
        : english
          ? 'no minimum'
          : '无门槛';
    const big = {
      amount: `¥${yuan(terms.faceFen)}`,
      percent: english ? `${terms.percent}%` : `${(100 - (terms.percent ?? 0)) / 10} 折`,
      gift: english ? 'Gift' : '赠品',
      shipping: english ? 'Free shipping' : '免运费',
      exchange: english ? 'Exchange' : '兑换',
    }[terms.type];
    return html`<div class="v"><b>${big}</b><small>${from}</small></div>`;
  };
  const sentence = (of: { zh: string; en: string }): string => of[english ? 'en' : 'zh'];
  const ticket = (one: Holding): Markup => {
    const waits = Date.parse(one.validFrom) > Date.parse(one.issuedAt) && one.state === 'issued';
    const code = html`<details><summary>${t('show')}</summary><div class="q">${new Markup(codeSvg({ text: `${options.redeemUrl}?code=${one.code}`, level: 'M' }))}</div><div class="c">${one.code}</div></details>`;
    return html`<div class="t${one.state === 'issued' ? '' : ' past'}">${value(one)}<div class="b"><strong>${one.name}</strong><p>${sentence(one.sentence)}</p><p>${
      one.state === 'issued'
        ? html`${waits && `${t('from')} ${date(one.validFrom)} · `}${t('until')} ${date(lastMinute(one.expiresAt))}`
        : t(one.state)
    }</p>${one.state === 'issued' && code}</div></div>`;
  };
  const open = view.holdings.filter((h) => h.state === 'issued');
  const past = view.holdings.filter((h) => h.state !== 'issued').slice(0, 20);
  const key = html`<input type="hidden" name="key" value="${view.key}">`;
  const action = `/c/w/${token}/claim`;
  const offers = view.offers.map(
    (offer) =>
      html`<div class="t"><div class="b"><strong>${offer.name}</strong><p>${sentence(offer.sentence)}</p>${
        offer.left <= 50 && html`<p>${t('left')} ${offer.left} ${t('leftUnit')}</p>`
      }<form method="post" action="${action}">${key}<button name="coupon" value="${offer.id}">${t('take')}</button></form></div></div>`,
  );
  const note =
    said !== undefined && isWord(said)
      ? html`<p class="say${said === 'given' ? '' : ' no'}" role="status">${t(said satisfies Word | ClaimSaid)}</p>`
      : undefined;
  return page(
    t('title'),
    html`<header><h1>${t('title')}</h1><span>${view.shop}</span></header>${note}${offers.length > 0 && html`<h2>${t('offers')}</h2>${all(offers)}`}<h2>${t('open')}</h2>${
      open.length > 0 ? all(open.map(ticket)) : html`<p class="n">${t('none')}</p>`
    }<h2>${t('word')}</h2><form class="w" method="post" action="${action}">${key}<input name="word" maxlength="80" required autocomplete="off" aria-label="${t('wordHint')}" placeholder="${t('wordHint')}"><button>${t('exchange')}</button></form>${
      past.length > 0 && html`<details><summary>${t('past')} (${past.length})</summary>${all(past.map(ticket))}</details>`
    }`,
  );
}
