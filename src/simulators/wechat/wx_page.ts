import { type Context, ControlError, must } from './context.ts';
import { html, type Markup } from './html.ts';
import { button, go, type Page, page, time } from './page.ts';
import type { Merchant } from './pay/state.ts';
import type { WechatControl } from './simulator.ts';
import { grantKey, openidOf, type WxAccount, type WxSent, type WxUser } from './wx/state.ts';

/** A follower of an official account or a user of a mini program, played by hand; and what people do with money. */

const SHOWN = 50;
const ROOT = '/accounts';
export const isWxPage = (path: string): boolean => path === ROOT || path === '/follower' || path.startsWith('/play/wx-');

const href = (account: WxAccount, person: string) =>
  `/follower?appid=${encodeURIComponent(account.appid)}&person=${encodeURIComponent(person)}`;
const kinds = { official_account: '公众号', mini_program: '小程序' };

/** A form with what is typed, and one button. */
const form = (deed: string, particulars: Record<string, string>, back: string, fields: Markup, label: string): Markup =>
  html`<form method="post" action="/play/${deed}">${Object.entries({ ...particulars, back }).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )}${fields} <button>${label}</button></form>`;

const scenesOf = (ctx: Context, account: WxAccount) =>
  [...account.scenes.values()]
    .filter((one) => one.expiresAt > ctx.clock.ms())
    .slice(-SHOWN)
    .reverse();

function home(ctx: Context, control: WechatControl): Page {
  const accounts = control.wxAccounts().map((account) => {
    const users = [...account.users.values()].slice(-SHOWN).reverse();
    const callback = account.callback
      ? html`<span class="muted">${account.callback.url}（${account.callback.encodingAesKey ? '安全模式' : '明文模式'}）</span>`
      : html`<span class="muted">未设置</span>`;
    return html`<h2>${account.name} <span class="muted">${kinds[account.kind]} ${account.appid}</span></h2>
<div class="card"><b>来了一个人</b> ${form(
      'wx-come',
      { appid: account.appid },
      ROOT,
      html`<input name="person" placeholder="昵称" required> ${
        account.kind === 'official_account'
          ? html`<select name="ticket"><option value="">搜索关注</option>${scenesOf(ctx, account).map(
              (one) => html`<option value="${one.ticket}">扫码 ${one.scene}</option>`,
            )}</select>`
          : undefined
      }`,
      account.kind === 'official_account' ? '关注' : '打开',
    )}</div>
<div class="card"><b>${account.kind === 'official_account' ? '粉丝' : '用户'}</b><div class="row">${users.map(
      (user) => html`<a href="${href(account, user.person)}">${user.person}${user.subscribed ? '' : '（未关注）'}</a>`,
    )}</div></div>
<div class="card"><b>服务器配置</b> ${callback} ${form(
      'wx-callback',
      { appid: account.appid },
      ROOT,
      html`<input name="url" placeholder="URL" size="34" required> <input name="token" placeholder="Token" size="10" required> <input name="key" placeholder="EncodingAESKey（可空）" size="20">`,
      '保存',
    )}</div>`;
  });
  const recent = control.wxDeliveries().slice(-10).reverse();
  return page(
    '公众号与小程序模拟器',
    html`<p><a href="/">企业微信</a></p><h1>公众号、小程序与微信支付</h1><p class="muted">平台时间 ${time(ctx.clock.ms())}。在这里扮演粉丝；不会连接任何真实平台。</p>${accounts}${
      accounts.length === 0 ? html`<p class="card">还没有账号：用控制接口 create-wx-account 创建。</p>` : undefined
    }${control.pay.merchants().map(merchantCard)}
<h2>最近推送</h2>${recent.map((d) => html`<div class="card">${d.event} <span class="muted">${d.outcome}，尝试 ${d.attempts} 次</span></div>`)}`,
  );
}

const yuan = (fen: number) => (fen / 100).toFixed(2);

function merchantCard(merchant: Merchant): Markup {
  const open = [...merchant.transfers.values()].slice(-SHOWN).reverse();
  return html`<h2>商户 <span class="muted">${merchant.mchid}</span></h2><div class="card">余额 ¥${yuan(merchant.balance)} ${form(
    'wx-balance',
    { mchid: merchant.mchid },
    ROOT,
    html`<input name="yuan" placeholder="元" size="8" inputmode="decimal" required>`,
    '设为',
  )}<details><summary>接入设置</summary><pre>${[
    `商户号 ${merchant.mchid}`,
    `证书序列号 ${merchant.serial}`,
    `APIv3 密钥 ${merchant.apiV3Key}`,
    `公钥 ID ${merchant.keys.public_key.id}`,
    merchant.keys.public_key.publicKey,
    merchant.privateKey ?? '',
  ].join('\n')}</pre></details></div>
${open.map((one) => html`<div class="card">¥${yuan(one.transfer_amount)} ${one.transfer_remark} <span class="muted">${one.state} ${one.openid}</span></div>`)}`;
}

const words = (sent: WxSent): string => {
  const body = sent.body as { text?: { content?: string }; data?: Record<string, { value?: string }> };
  if (body.text?.content) return body.text.content;
  if (body.data)
    return Object.entries(body.data)
      .map(([name, one]) => `${name}：${one.value ?? ''}`)
      .join('\n');
  return JSON.stringify(sent.body);
};
const sentKinds = { custom: '客服消息', template: '模板消息', subscribe: '订阅消息', subscribe_notice: '订阅通知' };

function money(control: WechatControl, user: WxUser, here: string): Markup[] {
  return control.pay
    .merchants()
    .flatMap((merchant) => [
      ...[...merchant.transfers.values()]
        .filter((one) => one.openid === user.openid && one.state === 'WAIT_USER_CONFIRM')
        .map(
          (one) =>
            html`<div class="card row">转账 ¥${yuan(one.transfer_amount)} ${one.transfer_remark} ${button('wx-receive', '确认收款', { mchid: merchant.mchid, no: one.out_bill_no }, here)}</div>`,
        ),
      ...[...merchant.orders.values()]
        .filter((one) => one.openid === user.openid && one.state === 'NOTPAY')
        .map(
          (one) =>
            html`<div class="card row">订单 ¥${yuan(one.total)} ${one.description} ${button('wx-pay', '支付', { mchid: merchant.mchid, no: one.out_trade_no }, here)}</div>`,
        ),
    ]);
}

function follower(ctx: Context, control: WechatControl, account: WxAccount, user: WxUser): Page {
  const here = href(account, user.person);
  const me = { appid: account.appid, person: user.person };
  const official = account.kind === 'official_account';
  const sent = control.wxSent(account.appid, user.openid).slice(-SHOWN).reverse();
  const from = user.qr_scene_str ? `扫码 ${user.qr_scene_str}` : '搜索';
  const scenes = scenesOf(ctx, account);
  const deeds = html`<div class="card row"><b>${user.subscribed ? `已关注（${from}）` : '未关注'}</b>${
    user.subscribed ? button('wx-leave', '取消关注', me, here, true) : button('wx-come', '搜索关注', me, here)
  }${button('wx-refuse', user.refuses ? '重新接收消息' : '拒收消息', { ...me, refuses: user.refuses ? '' : '1' }, here, true)}</div>
<div class="card row"><b>扫码</b>${
    scenes.length === 0
      ? html`<span class="muted">还没有带参二维码</span>`
      : scenes.map((one) => button('wx-scan', one.scene, { ...me, ticket: one.ticket }, here, true))
  }</div>
<div class="card">${form('wx-write', me, here, html`<input name="text" placeholder="发一句话" size="40" required>`, '发送')}</div>
<div class="card">${form('wx-menu', me, here, html`<input name="key" placeholder="菜单 key" required>`, '点菜单')}</div>`;
  const templates = [...account.templates.values()].filter((one) => one.kind === 'subscribe');
  return page(
    user.person,
    html`<p><a href="${ROOT}">返回</a></p><h1>${user.person}</h1><p class="muted">${account.name} ${user.openid}</p>${official ? deeds : undefined}
<div class="card row"><b>订阅</b>${
      templates.length === 0
        ? html`<span class="muted">没有订阅模板</span>`
        : templates.map((one) => {
            const of = { ...me, template: one.template_id };
            return html`<span>${one.title}（可发 ${account.grants.get(grantKey(user.openid, one.template_id)) ?? 0} 次）</span>${button('wx-grant', '同意', { ...of, accept: '1' }, here)}${button('wx-grant', '拒绝', of, here, true)}`;
          })
    }</div>${money(control, user, here)}<h2>收到的消息</h2>${sent.map(
      (one) => html`<div class="card"><span class="muted">${time(one.at)} ${sentKinds[one.kind]}</span><pre>${words(one)}</pre></div>`,
    )}`,
  );
}

async function play(control: WechatControl, deed: string, given: URLSearchParams): Promise<Page> {
  const text = (name: string) => given.get(name) ?? '';
  const [appid, person, back] = [text('appid'), text('person').trim(), text('back')];
  const deeds: Record<string, () => unknown> = {
    'wx-come': () => {
      const ticket = text('ticket');
      const account = must(
        control.wxAccounts().find((one) => one.appid === appid),
        'appid',
        'no such account',
      );
      if (!person) throw new ControlError('person', 'a name is needed');
      if (account.kind === 'mini_program') control.wxUser(appid, person);
      else if (ticket) control.scanScene(appid, person, ticket);
      else control.subscribe(appid, person);
    },
    'wx-leave': () => control.unsubscribe(appid, person),
    'wx-scan': () => control.scanScene(appid, person, text('ticket')),
    'wx-write': () => control.writeToAccount(appid, person, text('text')),
    'wx-menu': () => control.clickMenu(appid, person, text('key')),
    'wx-refuse': () => control.refuse(appid, person, text('refuses') === '1'),
    'wx-grant': () => control.grant(appid, person, text('template'), text('accept') === '1'),
    'wx-receive': () => control.pay.confirmTransfer(text('mchid'), text('no')),
    'wx-pay': () => control.pay.payOrder(text('mchid'), text('no')),
    'wx-balance': () => {
      const fen = Math.round(Number(text('yuan')) * 100);
      if (!(fen >= 0 && fen < 1e12)) throw new ControlError('yuan', 'must be an amount');
      control.pay.setMerchant(text('mchid'), { balance: fen });
    },
    'wx-callback': async () => {
      const key = text('key').trim();
      if (!URL.canParse(text('url'))) throw new ControlError('url', 'is not an address');
      if (key && key.length !== 43) throw new ControlError('key', 'must have 43 characters');
      const config = { url: text('url'), token: text('token'), ...(key ? { encodingAesKey: key } : {}) };
      const { ok, reason } = await control.setWxCallback(appid, config);
      if (!ok) throw new ControlError('url', reason ?? 'the address does not answer as it should');
    },
  };
  const act = deeds[deed];
  if (!act) throw new ControlError('deed', 'no such deed');
  await act();
  if (deed === 'wx-come') return go(`/follower?${new URLSearchParams({ appid, person })}`);
  return go(back.startsWith('/') && !back.startsWith('//') ? back : ROOT);
}

export async function serveWxPage(
  ctx: Context,
  control: WechatControl,
  method: string,
  url: URL,
  body: () => Promise<Buffer>,
): Promise<Page> {
  try {
    if (method === 'POST')
      return await play(control, url.pathname.split('/')[2] ?? '', new URLSearchParams((await body()).toString('utf8')));
    if (url.pathname === ROOT) return home(ctx, control);
    const account = ctx.world.wx.accounts.get(url.searchParams.get('appid') ?? '');
    const user = account?.users.get(openidOf(account.appid, url.searchParams.get('person') ?? ''));
    if (account && user) return follower(ctx, control, account, user);
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    return page('不能这样做', html`<h1>不能这样做</h1><p>${error.field}: ${error.message}</p><p><a href="${ROOT}">返回</a></p>`, 400);
  }
  return page('没有此页', html`<h1>没有此页</h1><p><a href="${ROOT}">返回</a></p>`, 404);
}
