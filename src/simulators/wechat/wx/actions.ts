import { randomBytes } from 'node:crypto';
import type { Context } from '../context.ts';
import { ControlError, must } from '../context.ts';
import { newId } from '../state.ts';
import type { XmlValue } from '../xml.ts';
import { type Allowance, grantKey, openidOf, type WxAccount, type WxCallback, type WxCode, type WxTemplate, type WxUser } from './state.ts';

const H48 = 48 * 3_600_000;
const MINUTE = 60_000;

export interface NewWxAccount {
  appid?: string;
  secret?: string;
  kind: WxAccount['kind'];
  name?: string;
  owner?: string;
  trustedIps?: string[];
  pages?: string[];
}

/** What people do towards official accounts and mini programs. */
export function createWxActions(ctx: Context) {
  const { world, clock } = ctx;

  const mustAccount = (appid: string): WxAccount => must(world.wx.accounts.get(appid), 'appid', 'no such account');

  function userOf(appid: string, person: string): { account: WxAccount; user: WxUser } {
    const account = mustAccount(appid);
    const openid = openidOf(appid, person);
    let user = account.users.get(openid);
    if (!user) {
      user = { openid, person, subscribed: false, subscribedAt: 0, subscribe_scene: '', qr_scene_str: '' };
      account.users.set(openid, user);
    }
    return { account, user };
  }

  const allow = (ms: number, left: number): Allowance => ({ until: clock.ms() + ms, left });
  const tell = (account: WxAccount, user: WxUser, fields: Record<string, XmlValue>) => ctx.wxCallbacks.emit(account, user, fields);

  return {
    createWxAccount(input: NewWxAccount): WxAccount {
      const appid = input.appid ?? newId(world, 'wx', 16).toLowerCase();
      if (world.wx.accounts.has(appid)) throw new ControlError('appid', 'exists already');
      const account: WxAccount = {
        ...{ appid, kind: input.kind, name: input.name ?? appid, secret: input.secret ?? newId(world, '', 32) },
        ...{ original: `gh_${randomBytes(6).toString('hex')}`, owner: input.owner ?? 'owner', pages: input.pages ?? ['pages/index/index'] },
        ...(input.trustedIps ? { trustedIps: input.trustedIps } : {}),
        ...{ users: new Map(), scenes: new Map(), templates: new Map(), grants: new Map(), codes: new Map(), links: new Map() },
        ...{ sent: [], media: new Map(), rids: new Map(), forcedAt: [], clearedAt: [] },
      };
      world.wx.accounts.set(appid, account);
      return account;
    },

    async setWxCallback(appid: string, config: WxCallback & { verify?: boolean }): Promise<{ ok: boolean; reason?: string }> {
      const account = mustAccount(appid);
      const { verify, ...kept } = config;
      const checked = verify === false ? { ok: true } : await ctx.wxCallbacks.verify(account, kept);
      if (checked.ok) account.callback = kept;
      return checked;
    },

    addTemplate(appid: string, template: WxTemplate): WxTemplate {
      mustAccount(appid).templates.set(template.template_id, template);
      return template;
    },

    killWxTokens(appid: string): void {
      for (const token of world.wx.tokens.values()) if (token.appid === appid) token.killed = true;
    },

    wxUser: (appid: string, person: string): WxUser => userOf(appid, person).user,
    /** What an uploaded picture shows. */
    wxPicture: (appid: string, mediaId: string): Buffer => Buffer.from(mustAccount(appid).media.get(mediaId)?.base64 ?? '', 'base64'),
    wxSent: (appid: string, openid?: string) => mustAccount(appid).sent.filter((one) => openid === undefined || one.openid === openid),

    /** Somebody begins to follow, perhaps by scanning a code with a scene. */
    subscribe(appid: string, person: string, scene = '', ticket = ''): WxUser {
      const { account, user } = userOf(appid, person);
      if (user.subscribed) return user;
      const how = { subscribe_scene: scene ? 'ADD_SCENE_QR_CODE' : 'ADD_SCENE_SEARCH', qr_scene_str: scene };
      Object.assign(user, { subscribed: true, subscribedAt: clock.ms(), touch: allow(MINUTE, 3), ...how });
      const from = scene ? { EventKey: `qrscene_${scene}`, Ticket: ticket } : { EventKey: '' };
      tell(account, user, { MsgType: 'event', Event: 'subscribe', ...from });
      return user;
    },

    unsubscribe(appid: string, person: string): void {
      const { account, user } = userOf(appid, person);
      user.subscribed = false;
      tell(account, user, { MsgType: 'event', Event: 'unsubscribe', EventKey: '' });
    },

    /** Somebody scans a code of the account: who follows already is told as SCAN, without a prefix. */
    scanScene(appid: string, person: string, ticket: string): WxUser {
      const scene = must(mustAccount(appid).scenes.get(ticket), 'ticket', 'no such code');
      if (scene.expiresAt <= clock.ms()) throw new ControlError('ticket', 'this code has expired');
      const { account, user } = userOf(appid, person);
      if (!user.subscribed) return this.subscribe(appid, person, scene.scene, ticket);
      user.touch = allow(MINUTE, 3);
      tell(account, user, { MsgType: 'event', Event: 'SCAN', EventKey: scene.scene, Ticket: ticket });
      return user;
    },

    writeToAccount(appid: string, person: string, text: string): void {
      const { account, user } = userOf(appid, person);
      user.talk = allow(H48, 5);
      tell(account, user, { MsgType: 'text', Content: text, MsgId: `6${String(clock.ms())}${world.counter++ % 1000}` });
    },

    clickMenu(appid: string, person: string, key: string): void {
      const { account, user } = userOf(appid, person);
      user.touch = allow(MINUTE, 3);
      tell(account, user, { MsgType: 'event', Event: 'CLICK', EventKey: key });
    },

    payTo(appid: string, person: string): void {
      userOf(appid, person).user.paidUntil = clock.ms() + H48;
    },

    refuse(appid: string, person: string, refuses = true): void {
      userOf(appid, person).user.refuses = refuses;
    },

    /** The dialog in which somebody agrees to one message of a template, or does not. */
    grant(appid: string, person: string, templateId: string, accept = true): WxUser {
      const { account, user } = userOf(appid, person);
      const key = grantKey(user.openid, templateId);
      if (accept) account.grants.set(key, (account.grants.get(key) ?? 0) + 1);
      const list = { TemplateId: templateId, SubscribeStatusString: accept ? 'accept' : 'reject', PopupScene: 1 };
      ctx.wxCallbacks.emit(account, user, { MsgType: 'event', Event: 'subscribe_msg_popup_event', SubscribeMsgPopupEvent: { List: list } });
      return user;
    },

    /** Taken back in the settings: all that was granted is gone. */
    revoke(appid: string, person: string, templateId: string): void {
      const { account, user } = userOf(appid, person);
      account.grants.delete(grantKey(user.openid, templateId));
      const list = { TemplateId: templateId, SubscribeStatusString: 'reject' };
      ctx.wxCallbacks.emit(account, user, {
        MsgType: 'event',
        Event: 'subscribe_msg_change_event',
        SubscribeMsgChangeEvent: { List: list },
      });
    },

    /** A code as the client hands it out: of a mini program's login, of a web page, or for the phone number. */
    wxCode(appid: string, person: string, use: WxCode['use'], more: { scope?: string; snapshot?: boolean } = {}): string {
      const { account, user } = userOf(appid, person);
      const text = newId(world, '0', 31);
      const scope = more.scope ?? 'snsapi_base';
      const snapshot = more.snapshot ? { snapshot: true } : {};
      account.codes.set(text, { openid: user.openid, use, scope, expiresAt: clock.ms() + 5 * MINUTE, used: false, ...snapshot });
      return text;
    },
    wxAccounts: () => [...world.wx.accounts.values()],
    wxDeliveries: () => ctx.wxCallbacks.deliveries(),
    redeliverWx: (appid: string, id: number) => ctx.wxCallbacks.redeliver(mustAccount(appid), id),
  };
}
