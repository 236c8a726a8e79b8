import { renderSVG } from 'uqr';
import { type Context, ControlError } from './context.ts';
import { document, html, type Markup } from './html.ts';
import { messageLinks } from './inbox.ts';
import type { WechatControl } from './simulator.ts';
import type { Corp, Customer, Relation } from './state.ts';

export interface Page {
  status: number;
  headers: Record<string, string>;
  body: string;
}

const SHOWN = 50;

export const page = (title: string, body: Markup, status = 200): Page => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: document(title, body),
});

export const go = (location: string): Page => ({ status: 303, headers: { location }, body: '' });

export const time = (ms: number) => new Date(ms).toLocaleString('zh-CN', { timeZone: 'Asia/Shanghai', hour12: false });

const customerHref = (corp: Corp, id: string) => `/customer?corp=${encodeURIComponent(corp.corpid)}&id=${encodeURIComponent(id)}`;
const staffHref = (corp: Corp, id: string) => `/staff?corp=${encodeURIComponent(corp.corpid)}&id=${encodeURIComponent(id)}`;

/** A form with one button. The deed and its particulars travel as hidden fields. */
export const button = (deed: string, label: string, particulars: Record<string, string>, back: string, plain = false): Markup =>
  html`<form method="post" action="/play/${deed}">${Object.entries({ ...particulars, back }).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )}<button class="${plain ? 'plain' : ''}">${label}</button></form>`;

function friends(corp: Corp, match: (r: Relation) => boolean): Relation[] {
  return [...corp.relations.values()].flatMap((followers) => [...followers.values()].filter((r) => r.endedAt === undefined && match(r)));
}

function home(ctx: Context, control: WechatControl): Page {
  const corps = control.corps().map((corp) => {
    const pending = control.pendingMass(corp.corpid);
    const customers = [...corp.customers.values()].slice(-SHOWN).reverse();
    return html`<h2>${corp.name} <span class="muted">${corp.corpid}</span></h2>
<div class="card"><b>员工</b><div class="row">${[...corp.staff.values()].map(
      (s) =>
        html`<a href="${staffHref(corp, s.userid)}">${s.name}（${s.userid}）待确认 ${pending.filter((p) => p.userid === s.userid).length}</a>`,
    )}</div></div>
<div class="card"><b>新客户扫码</b> <form method="post" action="/play/join"><input type="hidden" name="corp" value="${corp.corpid}"><input name="name" placeholder="昵称" required>
<select name="way">${[...corp.contactWays.values()].slice(-SHOWN).map((w) => html`<option value="way:${w.config_id}">活码 ${w.remark || w.state || w.config_id.slice(0, 8)}</option>`)}${[
      ...corp.staff.values(),
    ].map((s) => html`<option value="staff:${s.userid}">直接添加 ${s.name}</option>`)}</select> <button>添加好友</button></form></div>
<div class="card"><b>客户</b>（共 ${corp.customers.size} 人，显示最近 ${customers.length} 人）<div class="row">${customers.map(
      (c) => html`<a href="${customerHref(corp, c.external_userid)}">${c.name}（${c.inbox.filter((m) => !m.readAt).length} 未读）</a>`,
    )}</div></div>`;
  });
  const recent = control.deliveries().slice(-10).reverse();
  return page(
    '企业微信模拟器',
    html`<h1>企业微信模拟器</h1><p class="muted">平台时间 ${time(ctx.clock.ms())}。在这里扮演客户或员工；不会连接任何真实平台。<a href="/accounts">公众号、小程序与微信支付</a></p>${corps}
<h2>最近回调</h2>${recent.map((d) => html`<div class="card">${d.event} / ${d.changeType} <span class="muted">${d.outcome}，尝试 ${d.attempts.length} 次</span></div>`)}`,
  );
}

function customerPage(control: WechatControl, corp: Corp, customer: Customer): Page {
  const here = customerHref(corp, customer.external_userid);
  const me = { corp: corp.corpid, id: customer.external_userid };
  const inbox = control.inbox(corp.corpid, customer.external_userid).slice(-SHOWN).reverse();
  return page(
    customer.name,
    html`<p><a href="/">返回</a></p><h1>${customer.name}</h1><p class="muted">${customer.external_userid}</p>
<div class="card row"><b>好友</b>${friends(corp, (r) => r.external_userid === customer.external_userid).map(
      (r) =>
        html`<span>${corp.staff.get(r.userid)?.name}（渠道 ${r.state ?? '无'}）</span>${button('leave', '删除好友', { ...me, userid: r.userid }, here, true)}`,
    )}</div><h2>收到的消息</h2>${inbox.map(
      (
        m,
      ) => html`<div class="card"><span class="muted">${time(m.at)} ${corp.staff.get(m.from)?.name} ${m.readAt ? '已读' : '未读'}</span><pre>${m.text}</pre>
<div class="row">${m.attachments.map((a) => html`<span class="muted">[${a.msgtype}]</span>`)}${messageLinks(m).map((url) =>
        button(
          'click',
          `打开 ${url.slice(0, 60)}${m.clicks.some((c) => c.url === url) ? '（已打开）' : ''}`,
          { ...me, message: m.id, url },
          here,
        ),
      )}</div></div>`,
    )}`,
  );
}

function staffPage(control: WechatControl, corp: Corp, userid: string): Page {
  const here = staffHref(corp, userid);
  const pending = control.pendingMass(corp.corpid, userid);
  return page(
    userid,
    html`<p><a href="/">返回</a></p><h1>${corp.staff.get(userid)?.name}（员工）</h1><h2>待确认的群发</h2>${pending.map(
      ({
        msgid,
        task,
      }) => html`<div class="card"><pre>${task.text?.content}</pre><span class="muted">${task.attachments.length} 个附件，${task.members.get(userid)?.rows.length} 位接收者</span>
${button('confirm', '发送', { corp: corp.corpid, msgid, userid }, here)}</div>`,
    )}<h2>客户</h2>${friends(corp, (r) => r.userid === userid)
      .slice(-SHOWN)
      .reverse()
      .map((r) => {
        const particulars = { corp: corp.corpid, id: r.external_userid, userid };
        return html`<div class="card row"><a href="${customerHref(corp, r.external_userid)}">${corp.customers.get(r.external_userid)?.name}</a>${button('remove', '删除客户', particulars, here, true)}</div>`;
      })}<h2>应用消息</h2>${corp.staffMessages
      .filter((m) => m.userid === userid)
      .slice(-SHOWN)
      .reverse()
      .map(
        (m) => html`<div class="card"><span class="muted">${time(m.at)} ${m.msgtype}</span><pre>${JSON.stringify(m.body)}</pre></div>`,
      )}`,
  );
}

async function play(control: WechatControl, deed: string, form: URLSearchParams): Promise<Page> {
  const corpid = form.get('corp') ?? '';
  const id = form.get('id') ?? '';
  const userid = form.get('userid') ?? '';
  const back = form.get('back');
  const text = (name: string) => form.get(name) ?? '';
  if (deed === 'join') {
    const customer = control.addCustomer(corpid, { name: text('name') });
    const [kind, value = ''] = text('way').split(/:(.*)/s);
    const common = { corpid, external_userid: customer.external_userid };
    if (kind === 'way') control.scan({ ...common, config_id: value });
    else control.addFriend({ ...common, userid: value });
    return go(`/customer?corp=${encodeURIComponent(corpid)}&id=${encodeURIComponent(customer.external_userid)}`);
  }
  if (deed === 'click') await control.click({ corpid, external_userid: id, message: text('message'), url: text('url') });
  else if (deed === 'leave') control.deleteByCustomer(corpid, userid, id);
  else if (deed === 'remove') control.deleteByStaff(corpid, userid, id);
  else if (deed === 'confirm') control.confirmMass({ corpid, msgid: text('msgid'), userid });
  else throw new ControlError('deed', 'no such deed');
  return go(back?.startsWith('/') && !back.startsWith('//') ? back : '/');
}

/** The picture of a channel code: a real one, of an address that nobody serves; scanning happens on the home page or by the control API. */
function codePicture(known: boolean | undefined, path: 'ca' | 'gm', configId: string): Page | undefined {
  if (!known) return undefined;
  const body = renderSVG(`https://work.weixin.qq.com/${path}/${configId}`, { ecc: 'M', border: 4 });
  return { status: 200, headers: { 'content-type': 'image/svg+xml' }, body };
}

function avatar(customer: Customer | undefined): Page | undefined {
  if (!customer) return undefined;
  const hue = [...customer.external_userid].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 360, 7);
  const initial = html`${[...customer.name][0] ?? ''}`.text;
  const body = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="hsl(${hue} 55% 60%)"/><text x="32" y="42" text-anchor="middle" font-size="30" fill="#fff">${initial}</text></svg>`;
  return { status: 200, headers: { 'content-type': 'image/svg+xml' }, body };
}

export async function servePage(
  ctx: Context,
  control: WechatControl,
  method: string,
  url: URL,
  body: () => Promise<Buffer>,
): Promise<Page> {
  const parts = url.pathname.split('/');
  try {
    if (method === 'POST' && parts[1] === 'play')
      return await play(control, parts[2] ?? '', new URLSearchParams((await body()).toString('utf8')));
    const corp = ctx.world.corps.get(url.searchParams.get('corp') ?? '');
    const id = url.searchParams.get('id') ?? '';
    const customer = corp?.customers.get(id);
    if (url.pathname === '/') return home(ctx, control);
    if (url.pathname === '/customer' && corp && customer) return customerPage(control, corp, customer);
    if (url.pathname === '/staff' && corp?.staff.has(id)) return staffPage(control, corp, id);
    const pictured = ctx.world.corps.get(parts[2] ?? '');
    const name = parts[3]?.replace(/\.svg$/, '') ?? '';
    const picture =
      parts[1] === 'qr'
        ? codePicture(pictured?.contactWays.has(name), 'ca', name)
        : parts[1] === 'group-qr'
          ? codePicture(pictured?.joinWays.has(name), 'gm', name)
          : parts[1] === 'avatar'
            ? avatar(pictured?.customers.get(name))
            : undefined;
    if (picture) return picture;
  } catch (error) {
    if (error instanceof ControlError)
      return page('不能这样做', html`<h1>不能这样做</h1><p>${error.field}: ${error.message}</p><p><a href="/">返回</a></p>`, 400);
    throw error;
  }
  return page('没有此页', html`<h1>没有此页</h1><p><a href="/">返回</a></p>`, 404);
}
