import type { OutboundMessage, SubmitOutcome } from '../adapter.ts';
import { type Journal, outcomeOf, type Send } from './journal.ts';

/** Messages as the journal knows them: how they came out, those never called, and those whose call may have gone out. */
export async function sortKnown(
  journal: Journal,
  workspaceNo: number,
  messages: readonly OutboundMessage[],
): Promise<{ known: SubmitOutcome[]; fresh: OutboundMessage[]; doubtful: { message: OutboundMessage; send: Send }[] }> {
  const sends = await journal.read(
    workspaceNo,
    messages.map((m) => m.outboxId),
  );
  const known: SubmitOutcome[] = [];
  const fresh: OutboundMessage[] = [];
  const doubtful: { message: OutboundMessage; send: Send }[] = [];
  for (const message of messages) {
    const send = sends.get(message.outboxId);
    const outcome = send && outcomeOf(send);
    if (outcome) known.push(outcome);
    else if (send) doubtful.push({ message, send });
    else fresh.push(message);
  }
  return { known, fresh, doubtful };
}

export const everyOne = (messages: readonly OutboundMessage[], state: 'failed' | 'retry', reason: string): SubmitOutcome[] =>
  messages.map(({ outboxId }) => ({ outboxId, state, reason }));
