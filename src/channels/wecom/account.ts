import type { ChannelAccount } from '../adapter.ts';
import type { WecomClient } from './client.ts';
import { type WecomConfig, wecomConfig } from './schema.ts';

/** An account with its settings read and its client at hand. */
export interface WecomAccount {
  id: string;
  workspaceNo: number;
  config: WecomConfig;
  client: WecomClient;
}

export type OpenAccount = (id: string) => Promise<WecomAccount | undefined>;

/** Opens accounts; one whose settings cannot be used counts as absent. */
export function accountOpener(clientFor: (config: WecomConfig) => WecomClient) {
  return (account: ChannelAccount | undefined): WecomAccount | undefined => {
    if (account?.kind !== 'wecom') return undefined;
    const parsed = wecomConfig.safeParse(account.config);
    return parsed.success
      ? { id: account.id, workspaceNo: account.workspaceNo, config: parsed.data, client: clientFor(parsed.data) }
      : undefined;
  };
}
