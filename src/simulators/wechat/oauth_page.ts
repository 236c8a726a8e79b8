import type { Context } from './context.ts';
import { document, html } from './html.ts';
import type { Page } from './page.ts';
import type { WechatControl } from './simulator.ts';

export const OAUTH_PATH = '/connect/oauth2/authorize';

/** Where a product sends members to sign in. The client does it without a word; here one says who one is. */
export function oauthPage(ctx: Context, control: WechatControl, url: URL): Page {
  const { appid = '', redirect_uri = '', state = '' } = Object.fromEntries(url.searchParams);
  const corp = ctx.world.corps.get(appid);
  const back = URL.canParse(redirect_uri) ? new URL(redirect_uri) : undefined;
  const refuse = (reason: string): Page => ({ status: 400, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: reason });
  if (!corp) return refuse('appid: no such corp');
  // The platform leads only to the trusted domain of the app.
  if (!back || !ctx.allowedHosts.has(back.hostname.replace(/^\[|\]$/g, ''))) return refuse('redirect_uri: not a trusted domain');
  const to = (who: { userid?: string; external_userid?: string }): string => {
    const there = new URL(back);
    there.searchParams.set('code', control.oauthCode(corp.corpid, who));
    there.searchParams.set('state', state);
    return there.href;
  };
  const members = [...corp.staff.values()].filter((member) => member.active);
  return {
    status: 200,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: document(
      '登录',
      html`<h1>以谁的身份登录？</h1>${members.map((m) => html`<p class="card"><a href="${to({ userid: m.userid })}">${m.name}</a> <span class="muted">${m.userid}</span></p>`)}
        <p class="card"><a href="${to({ external_userid: 'wmoutsider' })}">外部联系人</a></p>`,
    ),
  };
}
