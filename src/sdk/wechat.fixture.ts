import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';

// biome-ignore lint/suspicious/noExplicitAny: what a mini program is made of is its own
type Any = any;

export interface Phone {
  /** What the platform keeps for the mini program; outlives its processes. */
  storage: Map<string, unknown>;
  online: boolean;
  /** Bodies that were sent, whether or not they arrived. */
  sent: string[];
  requests: Promise<unknown>[];
}

export const phone = (): Phone => ({ storage: new Map(), online: true, sent: [], requests: [] });

/**
 * One process of a mini program, as far as an SDK can tell: App, Page and Component register, the runtime calls their hooks, taps bubble, pages
 * stack, storage is per program, and requests fail without a network. `code` is the program's app.js with its pages; `require` gives the SDK's file.
 */
export function miniProgram(of: Phone, sdkFile: string, code: string, opened: Any = { scene: 1001, path: 'pages/home', query: {} }) {
  const apps: Any[] = [];
  const pages: Any[] = [];
  const components: Any[] = [];
  const stack: Any[] = [];
  const wx = {
    getStorageSync: (key: string) => of.storage.get(key) ?? '',
    setStorageSync: (key: string, value: unknown) => void of.storage.set(key, value),
    removeStorageSync: (key: string) => void of.storage.delete(key),
    getAccountInfoSync: () => ({ miniProgram: { appId: 'wx1234567890abcdef', version: '2.0.1' } }),
    getDeviceInfo: () => ({ brand: 'Xiaomi', model: 'M1', platform: 'android', system: 'Android 14' }),
    getWindowInfo: () => ({ screenWidth: 390, screenHeight: 844, pixelRatio: 3 }),
    getAppBaseInfo: () => ({ version: '8.0.50', SDKVersion: '3.6.0', language: 'zh_CN' }),
    onNetworkStatusChange: () => {},
    request: (given: Any) => {
      of.sent.push(given.data);
      const answer = of.online
        ? fetch(given.url, { method: given.method, body: given.data, headers: given.header }).then(
            (a) => given.success({ statusCode: a.status, header: {} }),
            () => given.fail({ errMsg: 'request:fail' }),
          )
        : new Promise<void>((resolve) => setImmediate(() => resolve(given.fail({ errMsg: 'request:fail' }))));
      of.requests.push(answer);
    },
  };
  const module = { exports: {} as Any };
  const context = createContext({
    wx,
    ...Object.fromEntries([
      ['App', (given: Any) => void apps.push(given)],
      ['Page', (given: Any) => void pages.push(given)],
      ['Component', (given: Any) => void components.push(given)],
    ]),
    getCurrentPages: () => stack,
    setTimeout,
    clearTimeout,
    module,
    console,
  });
  runInContext(`(function (exports) { ${readFileSync(sdkFile, 'utf8')} })(module.exports)`, context);
  context.yutang = module.exports;
  runInContext(code, context);
  const app = apps[0];
  app.onLaunch?.(opened);
  app.onShow?.(opened);
  return {
    yutang: module.exports as Any,
    app,
    components,
    open(route: string, options: Any = {}): Any {
      const page = Object.create(pages.find((p) => p.name === route));
      Object.assign(page, { route, options });
      stack.push(page);
      page.onLoad?.(options);
      page.onShow?.();
      return page;
    },
    back(): void {
      stack.pop();
      stack.at(-1)?.onShow?.();
    },
    hide: () => app.onHide?.(),
    show: (how: Any = opened) => app.onShow?.(how),
    /** A tap on an element whose handler has a name, and on what holds it. */
    tap(page: Any, target: Any, ...handlers: [name: string, current: Any][]): unknown[] {
      const timeStamp = performance.now();
      return handlers.map(([name, currentTarget]) =>
        page[name]({ type: 'tap', timeStamp, target, currentTarget, touches: [{ pageX: 10, pageY: 20 }] }),
      );
    },
    settled: async (): Promise<void> => {
      await Promise.all(of.requests);
    },
  };
}
