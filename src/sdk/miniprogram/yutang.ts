import { type Client, createClient } from '../core/client.ts';
import { newId } from '../core/id.ts';
import { decoded, scrubQuery } from '../core/scrub.ts';
import type { CoreOptions, Extra, Touch, Values } from '../core/types.ts';
import { wechat } from './platform.ts';
import { type Hooks, wrapApp, wrapComponent, wrapPage } from './wrap.ts';
import type { Given, Opened, Register, Wx } from './wx.ts';

declare const wx: Wx;
declare let App: Register;
declare let Page: Register;
declare let Component: Register;
declare const getCurrentPages: () => Given[];

export interface MiniProgramOptions extends CoreOptions {
  /** Where Yutang is; to be entered among the request domains of the mini program. */
  host: string;
  /** Openids are scoped by it; asked of the runtime when absent. */
  appId?: string;
  /** false: only what the code says. */
  autocapture?: boolean | { taps?: boolean; pages?: boolean; shares?: boolean };
}

let client: Client | undefined;
let settle: () => void = () => {};
let appId = '';
let mine: string | undefined;
let early: (() => void)[] = [];

const soon = (act: (c: Client) => void): void => {
  if (client) act(client);
  else if (early.length < 200) early.push(() => act(client!));
};
const route = (): string => {
  const pages = typeof getCurrentPages === 'function' ? getCurrentPages() : [];
  return (pages[pages.length - 1]?.route as string | undefined) ?? '';
};

/** To be called at the top of app.js, before App(). */
export function init(options: MiniProgramOptions): void {
  if (client) return;
  try {
    appId = options.appId ?? wx.getAccountInfoSync?.().miniProgram.appId ?? '';
  } catch {
    // Openids handed over are then refused by the door for want of a scope.
  }
  const platform = wechat(wx, options.host.replace(/\/+$/, ''), route, appId);
  const c = createClient(platform, options);
  client = c;
  settle = platform.settle;
  const want =
    typeof options.autocapture === 'object'
      ? options.autocapture
      : options.autocapture === false
        ? { taps: false, pages: false, shares: false }
        : {};
  const hooks = hooksOf(c, want);
  App = wrapApp(App, hooks);
  Page = wrapPage(Page, hooks);
  Component = wrapComponent(Component, hooks);
  for (const act of early.splice(0)) act();
  early = [];
}

function hooksOf(c: Client, want: { taps?: boolean; pages?: boolean; shares?: boolean }): Hooks {
  let away = false;
  let launch: Opened | undefined;
  const opened = (how: Opened, fromBackground: boolean): void => {
    const from = touchOf(how);
    c.arrive(from);
    c.send('track', {
      event: 'Application Opened',
      properties: {
        scene: how.scene,
        path: how.path,
        query: queryText(how.query),
        from_background: fromBackground,
        referring_application: how.referrerInfo?.appId,
        touchpoint: from.touchpoint,
        share_id: from.share,
      },
    });
  };
  return {
    launched: (how) => {
      launch = how;
      opened(how, false);
    },
    // The first showing is the launch.
    shown: (how) => {
      if (!launch || away) opened(how, away);
      launch ??= how;
      away = false;
    },
    hidden: () => {
      away = true;
      c.send('track', { event: 'Application Backgrounded', properties: { path: route() } });
      settle();
      c.queue.retry();
    },
    page: (page, query) => {
      if (want.pages === false) return;
      const from = touchOf({ query });
      if (from.touchpoint || from.share) c.arrive(from);
      const name = (page.route ?? page.__route__ ?? '') as string;
      c.send('screen', { name, properties: { path: name, query: queryText(query), touchpoint: from.touchpoint, share_id: from.share } });
    },
    tapped: (values) => {
      if (want.taps !== false) c.send('track', { event: 'Element Clicked', properties: { ...values, path: route() } });
    },
    share: (path = '', method, from) => {
      const [head = '', query = ''] = path.split('?');
      if (want.shares === false) return { path, query };
      const share = newId().replace(/-/g, '').slice(0, 16);
      const last = c.touch('last');
      const touchpoint = mine ?? last?.touchpoint;
      const rest = query.split('&').filter((pair) => pair && !/^yt_(?:tp|sh)=/.test(pair));
      const marked = [...rest, ...(touchpoint ? [`yt_tp=${encodeURIComponent(touchpoint)}`] : []), `yt_sh=${share}`].join('&');
      // Whoever comes by this path names the act of sharing; who shared stays between us and the door.
      c.send('track', {
        event: 'Content Shared',
        properties: { share_id: share, touchpoint, path: head.replace(/^\//, ''), method, from, shared_after: last?.share },
      });
      return { path: `${head}?${marked}`, query: marked };
    },
  };
}

/** The parameters of a page, or of the code that was scanned: in its scene, as `yt_tp=…`. */
function touchOf(how: Opened): Touch {
  const query = { ...how.query };
  for (const pair of decoded(query.scene ?? '').split('&')) {
    const at = pair.indexOf('=');
    if (at > 0) query[pair.slice(0, at)] ??= pair.slice(at + 1);
  }
  const campaign: Record<string, string> = {};
  for (const key of Object.keys(query))
    if (/^utm_/.test(key) && query[key]) campaign[key === 'utm_campaign' ? 'name' : key.slice(4)] = decoded(query[key]);
  const text = (key: string) => (query[key] ? decoded(query[key]!).slice(0, 200) : undefined);
  return {
    touchpoint: text('yt_tp'),
    share: text('yt_sh'),
    campaign: Object.keys(campaign).length ? campaign : undefined,
    referrer: how.referrerInfo?.appId,
  };
}

function queryText(query: Record<string, string | undefined> = {}): string | undefined {
  return (
    scrubQuery(
      Object.keys(query)
        .map((key) => `${key}=${query[key] ?? ''}`)
        .join('&'),
    ) || undefined
  );
}

export const track = (event: string, properties: Values = {}, extra?: Extra): void =>
  soon((c) => c.send('track', { event, properties }, extra));
export const screen = (name: string, properties: Values = {}, extra?: Extra): void =>
  soon((c) => c.send('screen', { name, properties }, extra));
export const identify = (userId?: string | null, traits?: Values, extra?: Extra): void => soon((c) => c.identify(userId, traits, extra));
export const group = (groupId: string, traits: Values = {}, extra?: Extra): void =>
  soon((c) => c.send('group', { groupId, traits }, extra));
export const alias = (userId: string, previousId?: string, extra?: Extra): void =>
  soon((c) => c.send('alias', { userId, previousId: previousId ?? c.anonymousId() }, extra));
/** What your server was told by WeChat for the code of wx.login: from then on this visitor is that person. */
export const setWechat = ({ openid, unionid }: { openid?: string; unionid?: string }): void =>
  soon((c) => {
    c.remember([
      ...(openid ? [{ type: 'wechat_openid', id: `${appId}:${openid}` }] : []),
      ...(unionid ? [{ type: 'wechat_unionid', id: unionid }] : []),
    ]);
    c.identify(null);
  });
/** The touchpoint that whoever uses the program brings others by: it goes with what they share. */
export const setTouchpoint = (id: string | undefined): void => {
  mine = id;
};
export const reset = (): void => soon((c) => c.reset());
export const consent = (answer: 'granted' | 'denied'): void => soon((c) => c.consent(answer));
export const flush = (): void => soon((c) => c.queue.retry());
export const anonymousId = (): string | undefined => client?.anonymousId();
