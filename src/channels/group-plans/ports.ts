import type { Clock, Log, Pg } from '../../base/index.ts';
import type { Accounts } from '../accounts.ts';
import type { Approvals } from '../approvals/index.ts';
import { type WecomClient, type WecomConfig, wecomConfig } from '../wecom/index.ts';

/** What the plans of groups need; all of it the room has anyway. */
export interface PlanDeps {
  pg: Pg;
  clock: Clock;
  log: Log;
  accounts: Pick<Accounts, 'one'>;
  client: (config: Pick<WecomConfig, 'corpId' | 'secret'>) => WecomClient;
  workspaces(): Promise<{ no: number; timezone: string }[]>;
  boundary: (name: string) => void | Promise<void>;
  approvals: Pick<Approvals, 'define' | 'pass' | 'need'>;
  /** How long after a call without an answer the platform's list of tasks is believed. */
  settleMs?: number;
}

export interface Platform {
  corpId: string;
  agentId: number | undefined;
  client: WecomClient;
}

/** The workspace's account at WeCom, if its settings can be used. */
export async function platformOf(deps: Pick<PlanDeps, 'accounts' | 'client'>, workspaceNo: number): Promise<Platform | undefined> {
  const config = wecomConfig.safeParse((await deps.accounts.one(workspaceNo, 'wecom'))?.config);
  return config.success ? { corpId: config.data.corpId, agentId: config.data.agentId, client: deps.client(config.data) } : undefined;
}
