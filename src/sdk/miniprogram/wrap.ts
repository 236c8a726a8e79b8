import { scrub } from '../core/scrub.ts';
import type { Values } from '../core/types.ts';
import type { Given, Opened, Register } from './wx.ts';

export interface Hooks {
  launched(how: Opened): void;
  shown(how: Opened): void;
  hidden(): void;
  page(page: Given, query: Record<string, string | undefined>): void;
  tapped(values: Values): void;
  /** The path to share in place of the one given. */
  share(path: string | undefined, method: 'friend' | 'timeline' | 'favourite', from: string | undefined): { path: string; query: string };
}

const lifeCycle = new Set(
  'onLaunch onShow onHide onError onPageNotFound onUnhandledRejection onThemeChange onLoad onReady onUnload onRouteDone onPullDownRefresh onReachBottom onPageScroll onResize onTabItemTap onSaveExitState onShareAppMessage onShareTimeline onAddToFavorites created attached ready moved detached error'.split(
    ' ',
  ),
);
const taps = /^(?:tap|longpress|longtap)$/;

/** Runs something of ours beside something of the program's: whatever fails in ours stays ours. */
export function quietly(act: () => void): void {
  try {
    act();
  } catch {
    // This one is not told.
  }
}

/** Puts `act` before a method, which keeps its receiver, arguments and result; makes the method where there is none. */
function before(given: Given, name: string, act: (self: Given, args: unknown[]) => void): void {
  const own = given[name] as ((...args: unknown[]) => unknown) | undefined;
  if (own !== undefined && typeof own !== 'function') return;
  given[name] = function (this: Given, ...args: unknown[]) {
    quietly(() => act(this, args));
    return own?.apply(this, args);
  };
}

/** The methods that the markup can name as handlers. A tap that bubbles is told once, by the innermost that handles it. */
function watchTaps(methods: Given | undefined, hooks: Hooks): void {
  for (const name of Object.keys(methods ?? {})) {
    if (lifeCycle.has(name) || typeof methods![name] !== 'function') continue;
    before(methods!, name, (_self, [event]) => {
      const e = event as Given | undefined;
      if (!e || typeof e !== 'object' || !taps.test(e.type) || !e.currentTarget || told(e)) return;
      const { id = '', dataset = {} } = e.currentTarget as Given;
      if ('ytIgnore' in dataset) return;
      hooks.tapped({
        element_id: scrub(`${id}`, 100) || undefined,
        element_text: scrub(`${dataset.content ?? dataset.text ?? dataset.name ?? ''}`) || undefined,
        element_type: dataset.type ? scrub(`${dataset.type}`, 100) : undefined,
        element_name: name,
        gesture: e.type,
      });
    });
  }
}

let last = '';
/** One touch carries one time stamp and one place, through all that it bubbles to. */
function told(e: Given): boolean {
  const touch = e.touches?.[0] ?? e.changedTouches?.[0] ?? e.detail ?? {};
  const mark = `${e.timeStamp}|${touch.pageX ?? touch.x}|${touch.pageY ?? touch.y}|${e.target?.id}`;
  const same = e.timeStamp !== undefined && mark === last;
  last = mark;
  return same;
}

function watchShares(given: Given, hooks: Hooks): void {
  const wrap = (
    name: string,
    method: 'friend' | 'timeline' | 'favourite',
    make: (made: Given, self: Given, args: unknown[]) => void,
  ): void => {
    const own = given[name];
    if (typeof own !== 'function') return;
    given[name] = function (this: Given, ...args: unknown[]) {
      const made = (own.apply(this, args) ?? {}) as Given;
      quietly(() => {
        make(made, this, args);
        // A path that comes later is marked when it comes.
        if (method === 'friend' && typeof made.promise?.then === 'function')
          made.promise = made.promise.then((later: Given) => {
            const whole = later ?? {};
            quietly(() => make(whole, this, args));
            return whole;
          });
      });
      return made;
    };
  };
  wrap('onShareAppMessage', 'friend', (made, self, [from]) => {
    made.path = hooks.share(made.path ?? pathOf(self), 'friend', (from as Given | undefined)?.from).path;
  });
  wrap('onShareTimeline', 'timeline', (made, self) => {
    made.query = hooks.share(`${pathOf(self).split('?')[0]}?${made.query ?? pathOf(self).split('?')[1] ?? ''}`, 'timeline', 'menu').query;
  });
  wrap('onAddToFavorites', 'favourite', (made, self) => {
    made.query = hooks.share(`${pathOf(self).split('?')[0]}?${made.query ?? ''}`, 'favourite', 'menu').query;
  });
}

function pathOf(page: Given): string {
  const query = Object.entries((page.options ?? {}) as Record<string, string>).map(([key, value]) => `${key}=${value}`);
  return `/${page.route ?? page.__route__ ?? ''}${query.length ? `?${query.join('&')}` : ''}`;
}

export const wrapApp = (register: Register, hooks: Hooks): Register =>
  function (this: unknown, given) {
    quietly(() => {
      before(given, 'onLaunch', (_self, [how]) => hooks.launched((how ?? {}) as Opened));
      before(given, 'onShow', (_self, [how]) => hooks.shown((how ?? {}) as Opened));
      before(given, 'onHide', () => hooks.hidden());
    });
    return register.call(this, given);
  };

const queries = new WeakMap<object, Record<string, string>>();

function watchPage(given: Given, hooks: Hooks): void {
  before(given, 'onLoad', (self, [query]) => queries.set(self, (query ?? {}) as Record<string, string>));
  before(given, 'onShow', (self) => hooks.page(self, queries.get(self) ?? {}));
  before(given, 'onTabItemTap', (_self, [item]) => {
    const { text, pagePath } = (item ?? {}) as Given;
    hooks.tapped({ element_text: text, element_href: pagePath, element_type: 'tab' });
  });
}

export const wrapPage = (register: Register, hooks: Hooks): Register =>
  function (this: unknown, given) {
    quietly(() => {
      watchTaps(given, hooks);
      watchShares(given, hooks);
      watchPage(given, hooks);
    });
    return register.call(this, given);
  };

/** A component may be a page: then its methods hold what a page's would. */
export const wrapComponent = (register: Register, hooks: Hooks): Register =>
  function (this: unknown, given) {
    quietly(() => {
      if (!given.methods) return;
      watchTaps(given.methods, hooks);
      if (['onLoad', 'onShow', 'onShareAppMessage', 'onShareTimeline'].some((name) => name in given.methods)) {
        watchShares(given.methods, hooks);
        watchPage(given.methods, hooks);
      }
    });
    return register.call(this, given);
  };
