import { type Clock, derivedKeys, type Log, type Pg } from './base/index.ts';
import type { Channels, Wechat } from './channels/index.ts';
import { createShares, type Shares } from './content/index.ts';

/** Pages that are shared as cards inside WeChat: signed with the workspace's official account. */
export async function openShares(parts: {
  pg: Pg;
  clock: Clock;
  log: Log;
  masters: Parameters<typeof derivedKeys>[1];
  publicUrl: string;
  channels: Channels;
  wechat: Wechat;
}): Promise<Shares> {
  const { pg, clock, log, masters, publicUrl, channels, wechat } = parts;
  const account = (ws: number) => channels.accounts.one(ws, 'official_account');
  return createShares({
    ...{ clock, publicUrl, keys: [...(await derivedKeys(pg, masters, 'yutang shared pages')).values()] },
    connected: async (ws) => (await account(ws)) !== undefined,
    sign: async (ws, url) => {
      const given = await account(ws);
      return (
        given &&
        (await wechat.signPage(given, url).catch((error: unknown) => {
          log.warn({ account: given.id, err: error }, 'a page could not be signed for WeChat');
          return undefined;
        }))
      );
    },
  });
}
