import { z } from 'zod';
import type { ChannelAccount, SubmitOutcome } from '../adapter.ts';

/** What a message costs: in fen, to a tenth of one; kept in thousandths of the currency (厘). */
export const priceFen = z
  .number({ error: 'must be a number of fen, such as 4.5' })
  .min(0, { error: 'must be 0 or more' })
  .max(10_000, { error: 'must be 10,000 or less' })
  .refine((fen) => Math.abs(fen * 10 - Math.round(fen * 10)) < 1e-9, { error: 'is counted to a tenth of a fen, such as 4.5' });

export const fenOf = (cost: number): number => cost / 10;

/** Outcomes with what each cost, where the account has a price and the message left. */
export function priced(account: ChannelAccount, outcomes: readonly SubmitOutcome[]): (SubmitOutcome & { cost?: number })[] {
  const price = Math.round(Number(account.config.priceFen ?? 0) * 10);
  if (!(price > 0)) return [...outcomes];
  return outcomes.map((o) => (o.state === 'sent' || o.state === 'submitted' ? { ...o, cost: price * (o.units ?? 1) } : o));
}
