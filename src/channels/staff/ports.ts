import { type Clock, type Log, type Pg, type Problem, problem } from '../../base/index.ts';
import type { Content } from '../../content/index.ts';
import type { Limits } from '../limits/limits.ts';
import { mendOf } from '../mends.ts';
import type { ChannelEvent } from '../platform/events.ts';
import type { Policy } from '../policy.ts';
import type { WecomAccount } from '../wecom/account.ts';
import { WecomError, WecomUnreachable } from '../wecom/errors.ts';

/** What work with staff needs. */
export interface StaffDeps {
  pg: Pg;
  clock: Clock;
  log: Log;
  events: { write(workspaceNo: number, items: ChannelEvent[]): Promise<unknown> };
  content: Pick<Content, 'ready' | 'picture'>;
  limits(workspaceNo: number): Promise<Limits>;
  /** The WeCom account of a workspace, ready to be called; none where it is not set up. */
  open(workspaceNo: number): Promise<WecomAccount | undefined>;
  policy(workspaceNo: number): Promise<Pick<Policy, 'paused' | 'quietHours' | 'remindAfterHours'>>;
  workspaces(): Promise<{ no: number; timezone: string }[]>;
}

export async function accountOf(deps: Pick<StaffDeps, 'open'>, workspaceNo: number): Promise<WecomAccount> {
  const account = await deps.open(workspaceNo);
  if (!account) throw problem(409, 'WeCom is not set up', { detail: 'Enter its settings under Settings, Channels.' });
  return account;
}

export async function mayLeave(deps: Pick<StaffDeps, 'policy'>, workspaceNo: number): Promise<void> {
  if ((await deps.policy(workspaceNo)).paused)
    throw problem(409, 'All sending is paused', { code: 'paused', detail: 'Resume it under Settings, Rules & limits.' });
}

/** What the platform said, in words with the mend. Other errors are ours. */
export function refusal(error: unknown): Problem | undefined {
  if (error instanceof WecomError) {
    const detail = mendOf('wecom', { errcode: error.errcode, endpoint: error.endpoint, hint: error.hint });
    return problem(502, 'WeCom refuses this', { code: `wecom_${error.errcode}`, detail });
  }
  if (error instanceof WecomUnreachable)
    return problem(502, 'WeCom does not answer', { code: 'unreachable', detail: 'Try again in a while.' });
  return undefined;
}
