import type { Access, Actor } from '../access/index.ts';
import type { Audience } from '../audience/index.ts';
import type { Clock, Log, Pg } from '../base/index.ts';
import type { Channels, Wecom } from '../channels/index.ts';
import type { Content } from '../content/index.ts';
import type { Imports } from '../events/imports/index.ts';
import type { Experiments } from '../experiments/index.ts';
import type { Journeys } from '../journeys/index.ts';
import type { Matching } from '../matching/index.ts';
import type { Rewards } from '../rewards/index.ts';
import type { DemoPlatform } from './platform.ts';

export interface DemoDeps {
  pg: Pg;
  clock: Clock;
  log: Log;
  workspaceNo: number;
  imports: Pick<Imports, 'upload' | 'start' | 'get' | 'resume'>;
  audience: Pick<Audience, 'definitions' | 'addAudience'>;
  content: Pick<Content, 'list' | 'create'>;
  journeys: Pick<Journeys, 'list' | 'create' | 'launch'>;
  rewards: { coupons: Pick<Rewards['coupons'], 'list' | 'create'> };
  experiments: Pick<Experiments, 'list' | 'create' | 'launch'>;
  matching: Pick<Matching, 'recompute'>;
  channels: Pick<Channels, 'save' | 'setPolicy' | 'accounts'>;
  wecom?: Pick<Wecom, 'reconcile'>;
  access: { workspaces: Pick<Access['workspaces'], 'change'>; keys: Pick<Access['keys'], 'create' | 'list' | 'revoke'> };
  /** Without one (the operator named another) there is no crowd, and the journey stays a draft. */
  platform: DemoPlatform | undefined;
  /** This server as this machine reaches it, such as http://127.0.0.1:7100. */
  localUrl: string;
  /** Tells whoever started the program how far it is. */
  say(line: string): void;
  sleep?: (ms: number) => Promise<void>;
  /** Friends that the staff have from the first moment; 120 by default. */
  friends?: number;
}

export const actor: Actor = { kind: 'system', id: 'demo', name: 'Demo' };
