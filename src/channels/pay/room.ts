import type { ChannelAccount } from '../adapter.ts';
import type { Processed } from '../platform/callback-process.ts';
import type { PayAccount } from './account.ts';
import type { PayIntake } from './door.ts';
import type { Words } from './health.ts';
import type { TransferList, TransferQuery } from './list.ts';
import type { TransferAsk, TransferView } from './schema.ts';

/** Money by WeChat Pay. Nothing is paid twice: a transfer is written down under its key before anything leaves. */
export interface Pay extends PayIntake {
  /** Money to a person, once for each key. Answers when it is written down; `get` and events tell what becomes of it. */
  transfer(workspaceNo: number, ask: TransferAsk): Promise<TransferView>;
  get(workspaceNo: number, key: string): Promise<TransferView | undefined>;
  byId(workspaceNo: number, id: string): Promise<TransferView | undefined>;
  list(workspaceNo: number, query: TransferQuery): Promise<TransferList>;
  /** Takes back what its receiver has not confirmed. */
  cancel(workspaceNo: number, key: string): Promise<TransferView | undefined>;
  /** A merchant for calls of one's own; refuses where none is set up. */
  merchant(workspaceNo: number): Promise<PayAccount>;
  health(account: ChannelAccount): Promise<{ healthy: boolean; health: Words }>;
  /** After settings were saved: what was held up goes on, and whether they fit is found out. */
  mend(account: { id: string }): Promise<void>;
  /** Does what is due: notifications, transfers, telling. */
  work(): Promise<Processed>;
  /** People have merged: their transfers follow. */
  onMerge(workspaceNo: number, moves: readonly { from: number; to: number }[]): Promise<void>;
  onSplit(workspaceNo: number, split: { from: number; to: number; identities: readonly { type: string; value: string }[] }): Promise<void>;
}
