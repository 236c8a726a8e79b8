import type { ChannelAccount } from '../adapter.ts';
import type { WechatClient } from './client.ts';
import { miniConfig, officialConfig, type WechatConfig } from './schema.ts';

/** An official account or mini program with its settings read and its client at hand. */
export interface WechatAccount {
  id: string;
  workspaceNo: number;
  kind: 'official_account' | 'mini_program';
  appId: string;
  config: WechatConfig;
  client: WechatClient;
}

export type OpenWechatAccount = (id: string) => Promise<WechatAccount | undefined>;

/** One whose settings cannot be used counts as absent. */
export function wechatOpener(clientFor: (config: { appId: string; secret: string }) => WechatClient) {
  return (account: ChannelAccount | undefined): WechatAccount | undefined => {
    if (account?.kind !== 'official_account' && account?.kind !== 'mini_program') return undefined;
    const parsed = (account.kind === 'official_account' ? officialConfig : miniConfig).safeParse(account.config);
    if (!parsed.success) return undefined;
    const config = parsed.data as WechatConfig;
    const { id, workspaceNo, kind } = account;
    return { id, workspaceNo, kind, appId: config.appId, config, client: clientFor(config) };
  };
}
