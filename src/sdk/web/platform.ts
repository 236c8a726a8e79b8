import { scrub, scrubQuery, scrubUrl } from '../core/scrub.ts';
import type { Platform, Values } from '../core/types.ts';

const version = '1.0.0';

/** The browser as the core sees it. Storage that is full, forbidden or broken is as good as none: nothing throws. */
export function browser(host: string, writeKey: string): Platform {
  const space = `yt.${writeKey.slice(0, 8)}.`;
  const queued = `${space}q.`;
  const attempt = <T>(act: () => T): T | undefined => {
    try {
      return act();
    } catch {
      return undefined;
    }
  };
  // What stays as it is while the page is open is asked once: a click must cost next to nothing.
  const lasting = {
    library: { name: 'yutang-web', version },
    userAgent: navigator.userAgent,
    locale: navigator.language,
    timezone: attempt(() => Intl.DateTimeFormat().resolvedOptions().timeZone),
    screen: { width: screen.width, height: screen.height, density: devicePixelRatio },
  };
  return {
    now: () => Date.now(),
    get: (key) => attempt(() => localStorage.getItem(space + key)) ?? undefined,
    set: (key, value) => attempt(() => localStorage.setItem(space + key, value)),
    remove: (key) => attempt(() => localStorage.removeItem(space + key)),
    kept: () =>
      attempt(() =>
        Object.keys(localStorage)
          .filter((key) => key.startsWith(queued))
          .map((key): [string, string, string] => {
            const [at = '', text = ''] = split(localStorage.getItem(key) ?? '', '|');
            return [key.slice(queued.length), text, at];
          })
          .filter(([, text]) => /^\{.*\}$/s.test(text))
          .sort((a, b) => Number(a[2]) - Number(b[2]))
          .map(([id, text]): [string, string] => [id, text]),
      ) ?? [],
    keep: (id, text) => attempt(() => localStorage.setItem(queued + id, `${Date.now()}|${text}`)),
    drop: (ids) => {
      for (const id of ids) attempt(() => localStorage.removeItem(queued + id));
    },
    post: (body, leaving, done) => {
      const url = `${host}/v1/batch`;
      // As text/plain the browser asks no leave beforehand, and lets a page that goes away send it.
      const request = attempt(() =>
        fetch(url, {
          method: 'POST',
          body,
          headers: { 'content-type': 'text/plain' },
          credentials: 'omit',
          keepalive: leaving,
        }),
      );
      if (request)
        request.then(
          (answer) => done(answer.status, Number(answer.headers.get('retry-after')) || 0),
          () => done(0),
        );
      else {
        if (leaving) attempt(() => navigator.sendBeacon(url, body));
        // A beacon does not tell; what it carried is sent again, and counts once.
        done(0);
      }
    },
    context: (): Values => ({ ...lasting, page: page() }),
  };
}

let read: { of: string; values: Values } | undefined;

/** The page as it may be told; worked out again when its address or title has changed. */
export function page(): Values {
  const of = `${location.href} ${document.title}`;
  if (read?.of === of) return read.values;
  const values = {
    url: scrubUrl(location.href),
    path: scrub(location.pathname, 500),
    search: location.search ? `?${scrubQuery(location.search.slice(1)).slice(0, 500)}` : '',
    title: scrub(document.title),
    referrer: scrubUrl(document.referrer),
  };
  read = { of, values };
  return values;
}

function split(text: string, at: string): [string, string] {
  const i = text.indexOf(at);
  return [text.slice(0, i), text.slice(i + 1)];
}
