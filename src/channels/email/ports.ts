import type { Clock, Log, Pg, Resolve } from '../../base/index.ts';
import type { ChannelAccount } from '../adapter.ts';
import type { PosterPort } from '../posters.ts';
import type { DeadAddresses } from '../sending/dead.ts';
import type { Faults } from '../sending/faults.ts';
import type { Journal } from '../sending/journal.ts';

/** What this channel needs of the others. */
export interface EmailDeps {
  pg: Pg;
  clock: Clock;
  log: Log;
  journal: Journal;
  dead: DeadAddresses;
  faults: Faults;
  publicUrl: string;
  linkKeys: readonly Buffer[];
  /** Mail servers that may be reached although they are internal (YUTANG_SMTP_ALLOW). */
  allow: readonly string[];
  resolve: Resolve;
  posters?: PosterPort | undefined;
  account(id: string): Promise<ChannelAccount | undefined>;
  /** Something has come to be told. */
  told(): void;
}
