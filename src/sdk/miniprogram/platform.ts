import type { Platform, Values } from '../core/types.ts';
import type { Device, Wx } from './wx.ts';

const version = '1.0.0';
const space = 'yt.';
const queued = `${space}queue`;

/** The mini program's runtime as the core sees it. Nothing throws. `route` is the page that is open. */
export function wechat(wx: Wx, host: string, route: () => string, appId: string): Platform & { settle(): void } {
  const attempt = <T>(act: () => T): T | undefined => {
    try {
      return act();
    } catch {
      return undefined;
    }
  };
  // One entry for all messages: the storage of a mini program is slow, and nobody else writes to it.
  let held: [string, string][] | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const list = (): [string, string][] => {
    held ??= attempt(() => JSON.parse((wx.getStorageSync(queued) as string) || '[]') as [string, string][]) ?? [];
    return held;
  };
  const settle = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (held) attempt(() => (held?.length ? wx.setStorageSync(queued, JSON.stringify(held)) : wx.removeStorageSync(queued)));
  };
  const soon = (): void => {
    timer ??= setTimeout(settle, 300);
  };
  const device: Device = {
    ...attempt(() => wx.getDeviceInfo?.()),
    ...attempt(() => wx.getWindowInfo?.()),
    ...attempt(() => wx.getAppBaseInfo?.()),
  };
  if (!device.system)
    Object.assign(
      device,
      attempt(() => wx.getSystemInfoSync?.()),
    );
  let network: string | undefined;
  attempt(() => wx.onNetworkStatusChange?.((state) => (network = state.networkType)));
  return {
    now: () => Date.now(),
    get: (key) => attempt(() => wx.getStorageSync(space + key) as string) || undefined,
    set: (key, value) => attempt(() => wx.setStorageSync(space + key, value)),
    remove: (key) => attempt(() => wx.removeStorageSync(space + key)),
    kept: () => list().slice(),
    keep: (id, text) => {
      list().push([id, text]);
      soon();
    },
    drop: (ids) => {
      const gone = new Set(ids);
      const left = list().filter(([id]) => !gone.has(id));
      if (left.length === held?.length) return;
      held = left;
      soon();
    },
    settle,
    post: (body, _leaving, done) => {
      const asked = attempt(() => {
        wx.request({
          url: `${host}/v1/batch`,
          method: 'POST',
          data: body,
          header: { 'content-type': 'application/json' },
          success: ({ statusCode, header }) => done(statusCode, Number(header?.['Retry-After'] ?? header?.['retry-after']) || 0),
          fail: () => done(0),
        });
        return true;
      });
      if (!asked) done(0);
    },
    context: (): Values => ({
      library: { name: 'yutang-miniprogram', version },
      carrier: 'mini_program',
      app: { namespace: appId || undefined },
      page: { path: route() },
      device: { manufacturer: device.brand, model: device.model, type: device.platform },
      os: { name: device.platform, version: device.system },
      wechat: { version: device.version, sdk: device.SDKVersion },
      network: network ? { type: network } : undefined,
      locale: device.language,
      screen: { width: device.screenWidth, height: device.screenHeight, density: device.pixelRatio },
    }),
  };
}
