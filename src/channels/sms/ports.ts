import type { Clock, Log } from '../../base/index.ts';
import type { ChannelAccount } from '../adapter.ts';
import type { Limits } from '../limits/limits.ts';
import type { DeadAddresses } from '../sending/dead.ts';
import type { Faults } from '../sending/faults.ts';
import type { Journal } from '../sending/journal.ts';
import type { SmsProvider } from './provider.ts';

/** What this channel needs of the others. */
export interface SmsDeps {
  clock: Clock;
  log: Log;
  journal: Journal;
  dead: DeadAddresses;
  faults: Faults;
  linkKeys: readonly Buffer[];
  providers: Record<'aliyun' | 'tencent', SmsProvider>;
  limits(workspaceNo: number): Promise<Limits>;
  account(id: string): Promise<ChannelAccount | undefined>;
  /** An address as it is kept, in clear; null: it was erased. */
  openAddress(workspaceNo: number, address: string): Promise<string | null>;
  /** Whoever has this number wants no more text messages. */
  refuse(workspaceNo: number, phone: string, source: 'sms_reply' | 'sms_provider'): Promise<void>;
}
