import { html, Markup } from '../../touchpoints/index.ts';
import type { PreferenceView } from './preferences.ts';

/** What the page can say; a phone that asks for English gets it, everybody else Chinese. */
const words = {
  title: ['消息设置', 'What we send you'],
  lead: ['选择你愿意收到的消息，保存后立即生效。', 'Choose what you want to hear from us. It holds as soon as it is saved.'],
  save: ['保存设置', 'Save'],
  none: ['不再接收任何营销消息', 'No marketing at all, please'],
  this: ['不再接收这类消息', 'Stop messages of this kind'],
  on: ['接收', 'on'],
  saved: ['已保存，立即生效', 'Saved; it holds from now on'],
  too_often: ['改动太频繁，请一小时后再试', 'Too many changes; try again in an hour'],
  transactional: ['与你的订单和账户有关', 'About your orders and your account'],
  missing: ['链接无效', 'This link does not work'],
  missingText: ['请从最近收到的消息里重新打开。', 'Open it again from the latest message.'],
  noChannels: ['现在没有向你发送消息的渠道', 'There is no way in which we write to you'],
} as const;
type Word = keyof typeof words;

const channelNames: Record<string, readonly [string, string]> = {
  wecom: ['企业微信', 'WeCom'],
  official_account: ['公众号', 'Official account'],
  mini_program: ['小程序', 'Mini program'],
  email: ['邮件', 'E-mail'],
  sms: ['短信', 'Text message'],
  push: ['App 推送', 'App push'],
  webhook: ['其他方式', 'Other ways'],
};

const style =
  ':root{color-scheme:light}*{box-sizing:border-box}body{margin:0;background:#eef5f7;color:#16323b;font:15px/1.55 system-ui,"PingFang SC","Microsoft YaHei",sans-serif}main{width:min(100%,460px);margin:0 auto;padding:18px 14px 32px}header{display:flex;justify-content:space-between;align-items:baseline;gap:12px;margin:2px 4px 4px}h1{font-size:21px;margin:0}header span{color:#4a636b;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}.lead{color:#4a636b;margin:0 4px 14px}.say{background:#0b6b83;color:#fff;border-radius:12px;padding:11px 14px;margin:0 0 12px}.say.no{background:#a4471f}fieldset{border:0;min-width:0;background:#fff;border-radius:14px;margin:0 0 10px;padding:13px 14px 6px;box-shadow:0 2px 10px #0b3c4b14}legend{float:left;width:100%;padding:0;font-weight:600;font-size:16px;margin:0 0 2px}legend small{display:block;font-weight:400;font-size:13px;color:#4a636b}label{clear:both;display:flex;align-items:center;justify-content:space-between;gap:12px;min-height:44px;border-top:1px solid #e6eef1}label:first-of-type{border-top:0}input{appearance:none;flex:none;width:46px;height:28px;margin:0;border-radius:14px;background:#b9c8cd;position:relative;transition:background .15s}input:before{content:"";position:absolute;left:3px;top:3px;width:22px;height:22px;border-radius:50%;background:#fff;transition:left .15s}input:checked{background:#0b6b83}input:checked:before{left:21px}input:focus-visible,button:focus-visible{outline:3px solid #0b6b8366;outline-offset:2px}button{display:block;width:100%;border:0;border-radius:24px;background:#0b6b83;color:#fff;font:inherit;font-weight:600;font-size:16px;min-height:48px;padding:8px 20px;margin:12px 0 0}button.q{background:none;border:1px solid #8aa5ad;color:#16323b;font-weight:400}.a{background:#fff;border-radius:14px;padding:13px 14px 14px;margin:0 0 12px;box-shadow:0 2px 10px #0b3c4b14}.a b{display:block;font-size:16px}@media (prefers-reduced-motion:reduce){input,input:before{transition:none}}';

/** One file of some kilobytes: no script, no font, nothing of the person; forms do the work. */
export function preferenceHtml(
  token: string,
  view: PreferenceView | undefined,
  options: { english: boolean; said?: string | undefined },
): string {
  const tongue = options.english ? 1 : 0;
  const t = (word: Word): string => words[word][tongue];
  const page = (title: string, body: Markup): string =>
    html`<!doctype html><html lang="${options.english ? 'en' : 'zh-CN'}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><title>${title}</title><style>${new Markup(style)}</style></head><body><main>${body}</main></body></html>`
      .text;
  if (!view) return page(t('missing'), html`<h1>${t('missing')}</h1><p>${t('missingText')}</p>`);
  const all = (parts: Markup[]): Markup => new Markup(parts.map((part) => part.text).join(''));
  const channelName = (key: string): string => channelNames[key]?.[tongue] ?? key;
  const action = `/u/${token}`;
  const { about } = view;
  const kind = about.purpose?.name[options.english ? 'en' : 'zh'];
  const via = about.channel === undefined ? undefined : channelName(about.channel);
  const stop =
    kind !== undefined &&
    html`<form class="a" method="post" action="${action}"><b>${kind}${via !== undefined && ` · ${via}`}</b><button class="q" name="do" value="not_this">${t('this')}</button></form>`;
  const cards = view.purposes.map(
    (purpose) =>
      html`<fieldset><legend>${purpose.name[options.english ? 'en' : 'zh']}${purpose.kind === 'transactional' && html`<small>${t('transactional')}</small>`}</legend>${all(
        view.standing
          .filter((one) => one.purpose === purpose.key)
          .map(
            (one) =>
              html`<label>${channelName(one.channel)}<input type="checkbox" role="switch" name="on" value="${one.purpose}:${one.channel}"${one.on && new Markup(' checked')}></label>`,
          ),
      )}</fieldset>`,
  );
  const said = options.said === 'saved' || options.said === 'too_often' ? options.said : undefined;
  return page(
    t('title'),
    html`<header><h1>${t('title')}</h1><span>${view.shop}</span></header><p class="lead">${t('lead')}</p>${
      said && html`<p class="say${said === 'saved' ? '' : ' no'}" role="status">${t(said)}</p>`
    }${stop}${
      view.channels.length === 0
        ? html`<p>${t('noChannels')}</p>`
        : html`<form method="post" action="${action}">${all(cards)}<button name="do" value="these">${t('save')}</button><button class="q" name="do" value="no_marketing">${t('none')}</button></form>`
    }`,
  );
}
