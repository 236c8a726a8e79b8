import type { Clock, Pg } from '../base/index.ts';
import type { IdentityActs } from './acts.ts';
import type { Privacy } from './privacy/index.ts';
import type { ReadDeps } from './read.ts';
import type { By } from './split.ts';

export interface IdentityRouteDeps {
  read: ReadDeps;
  clock: Clock;
  acts: IdentityActs;
  privacy: Pick<Privacy, 'blind' | 'openAll'>;
  audit(
    entry: { workspaceNo: number; actor: By['actor']; action: string; target?: string; details?: Record<string, unknown> },
    tx: Pg,
  ): Promise<void>;
}
