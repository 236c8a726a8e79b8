import { createHash } from 'node:crypto';
import type { Clock, Log, Pg } from '../../base/index.ts';
import type { ChannelAccount } from '../adapter.ts';
import { sleepFor } from '../platform/client.ts';
import { createPacer } from '../platform/pacing.ts';
import { createPayClient, type PayClient } from './client.ts';
import { createKeyRing, type KeyRing } from './keys.ts';
import { type PayConfig, payConfig } from './schema.ts';

/** A merchant with its settings read and its client at hand. */
export interface PayAccount {
  id: string;
  workspaceNo: number;
  config: PayConfig;
  client: PayClient;
  keys: KeyRing;
}
export type OpenPayAccount = (account: ChannelAccount | undefined) => PayAccount | undefined;

/** One whose settings cannot be used counts as absent. */
export function payOpener(deps: {
  pg: Pg;
  clock: Clock;
  log: Log;
  baseUrl: string;
  fetch?: typeof fetch;
  sleep?: (ms: number) => Promise<void>;
}): OpenPayAccount {
  const pacer = createPacer(deps.clock, deps.sleep ?? sleepFor);
  const opened = new Map<string, { mark: string; account: PayAccount }>();
  return (account) => {
    if (account?.kind !== 'wechat_pay') return undefined;
    const parsed = payConfig.safeParse(account.config);
    if (!parsed.success) return undefined;
    const mark = createHash('sha256').update(JSON.stringify(parsed.data)).digest('hex');
    const known = opened.get(account.id);
    if (known?.mark === mark) return known.account;
    const { id, workspaceNo } = account;
    const keys = createKeyRing({ ...deps, workspaceNo, accountId: id, config: parsed.data });
    const made = { id, workspaceNo, config: parsed.data, keys, client: createPayClient({ ...deps, config: parsed.data, keys, pacer }) };
    opened.set(id, { mark, account: made });
    return made;
  };
}
