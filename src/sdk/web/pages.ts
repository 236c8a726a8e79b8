import { decoded, scrub } from '../core/scrub.ts';
import type { Touch } from '../core/types.ts';

/** Calls back at every page of a site: at once, when the address changes in a single-page application, and when a page comes back from the cache. */
export function watchPages(seen: (first: boolean) => void): void {
  // What follows ? or #/ is an address; a fragment that only scrolls is none.
  const address = () => location.pathname + location.search + (/^#!?\//.test(location.hash) ? location.hash : '');
  let at = address();
  const look = (): void => {
    if (address() === at) return;
    at = address();
    // Its title is set by what the page does next.
    setTimeout(() => seen(false), 0);
  };
  for (const name of ['pushState', 'replaceState'] as const) {
    const original = history[name];
    try {
      history[name] = function (this: History, ...args: Parameters<History['pushState']>) {
        original.apply(this, args);
        look();
      };
    } catch {
      // A page that forbids it is looked at when its address changes otherwise.
    }
  }
  addEventListener('popstate', look);
  addEventListener('hashchange', look);
  addEventListener('pageshow', (event) => {
    if (event.persisted) seen(false);
  });
  seen(true);
}

/** Where this address says that its visitor comes from. */
export function touchOf(search: string, referrer: string, ownHost: string): Touch {
  const found: Record<string, string> = {};
  for (const pair of search.replace(/^\?/, '').split('&')) {
    const [name = '', value = ''] = pair.split('=');
    if (/^(?:utm_\w+|yt_tp|yt_sh)$/.test(name) && value) found[name] = scrub(decoded(value), 200);
  }
  const campaign: Record<string, string> = {};
  for (const [name, value] of Object.entries(found)) {
    if (name.startsWith('utm_')) campaign[name === 'utm_campaign' ? 'name' : name.slice(4)] = value;
  }
  const from = /^https?:\/\/([^/]+)/.exec(referrer)?.[1];
  return {
    touchpoint: found.yt_tp,
    share: found.yt_sh,
    campaign: Object.keys(campaign).length ? campaign : undefined,
    referrer: from && from !== ownHost ? from : undefined,
  };
}
