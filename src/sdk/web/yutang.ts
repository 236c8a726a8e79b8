import { type Client, createClient } from '../core/client.ts';
import type { CoreOptions, Extra, Values } from '../core/types.ts';
import { type CaptureRules, captureElements } from './capture.ts';
import { touchOf, watchPages } from './pages.ts';
import { browser, page as pageValues } from './platform.ts';

export interface WebOptions extends CoreOptions {
  /** Where Yutang is; the origin that this script came from when absent. */
  host?: string;
  /** false: only what the code says. */
  autocapture?: boolean | CaptureRules;
}

const started = document.currentScript as HTMLScriptElement | null;
let client: Client | undefined;
let early: (() => void)[] = [];

/** What is called before init waits for it. */
const soon = (act: (c: Client) => void): void => {
  if (client) act(client);
  else if (early.length < 200) early.push(() => act(client!));
};

export function init(options: WebOptions): void {
  if (client) return;
  const host = (options.host ?? (started ? new URL(started.src).origin : location.origin)).replace(/\/+$/, '');
  const c = createClient(browser(host, options.writeKey), options);
  client = c;
  // Whoever names elements is no visitor.
  const picking = pick(host);
  const none = { clicks: false, submits: false, changes: false, pages: false };
  const rules: CaptureRules =
    picking || options.autocapture === false ? none : typeof options.autocapture === 'object' ? options.autocapture : {};
  const arrive = (referrer: string) => c.arrive(touchOf(location.search, referrer, location.host));
  captureElements(rules, (event, properties) => c.send('track', { event, properties: { ...properties, path: pageValues().path } }));
  if (rules.pages === false) arrive(document.referrer);
  else
    watchPages((first) => {
      arrive(first ? document.referrer : '');
      page();
    });
  addEventListener('online', () => c.queue.retry());
  addEventListener('pagehide', () => c.queue.send(true));
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') c.queue.send(true);
  });
  for (const act of early.splice(0)) act();
  early = [];
}

export const track = (event: string, properties: Values = {}, extra?: Extra): void =>
  soon((c) => c.send('track', { event, properties }, extra));
export const page = (name?: string, properties: Values = {}, extra?: Extra): void =>
  soon((c) => {
    const last = c.touch('last');
    const campaign = Object.entries(last?.campaign ?? {}).map(([key, value]) => [`utm_${key === 'name' ? 'campaign' : key}`, value]);
    const from = { ...Object.fromEntries(campaign), touchpoint: last?.touchpoint, share_id: last?.share };
    c.send('page', { name, properties: { ...pageValues(), ...from, ...properties } }, extra);
  });
export const identify = (userId?: string | null, traits?: Values, extra?: Extra): void => soon((c) => c.identify(userId, traits, extra));
export const group = (groupId: string, traits: Values = {}, extra?: Extra): void =>
  soon((c) => c.send('group', { groupId, traits }, extra));
export const alias = (userId: string, previousId?: string, extra?: Extra): void =>
  soon((c) => c.send('alias', { userId, previousId: previousId ?? c.anonymousId() }, extra));
export const reset = (): void => soon((c) => c.reset());
export const consent = (answer: 'granted' | 'denied'): void => soon((c) => c.consent(answer));
export const flush = (): void => soon((c) => c.queue.retry());
export const anonymousId = (): string | undefined => client?.anonymousId();

/** The console opened this page to have its elements named: it brings its own script, which speaks with the console alone. */
function pick(host: string): boolean {
  const token = /[#&]yt-pick=([\w-]{16,80})/.exec(location.hash)?.[1];
  if (!token || !window.opener) return false;
  const script = document.createElement('script');
  script.src = `${host}/sdk/picker.js`;
  script.dataset.token = token;
  document.head.append(script);
  return true;
}

/** `<script src=".../sdk/web.js" data-write-key="…" data-consent="required">` begins by itself. */
export function begin(): void {
  const { writeKey, consent: asked, autocapture } = started?.dataset ?? {};
  if (writeKey) init({ writeKey, ...(asked === 'required' ? { consent: asked } : {}), autocapture: autocapture !== 'false' });
}
