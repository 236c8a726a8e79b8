import type { Clock } from '../../base/index.ts';
import type { SubmitOutcome } from '../adapter.ts';
import { WecomError, WecomUnreachable } from './errors.ts';

/** How a message ends whose call was refused, so that it certainly has not left. */
export function notSent(clock: Clock, error: unknown): Omit<SubmitOutcome, 'outboxId'> {
  if (error instanceof WecomError) {
    if (error.class === 'D') return { state: 'failed', reason: error.errcode === 84061 ? 'not_a_friend' : `wecom_${error.errcode}` };
    return { state: 'retry', reason: `wecom_${error.errcode}`, retryAt: error.retryAt ?? new Date(clock.ms() + 30_000) };
  }
  if (error instanceof WecomUnreachable) return { state: 'retry', reason: 'unreachable', retryAt: new Date(clock.ms() + 10_000) };
  throw error;
}
