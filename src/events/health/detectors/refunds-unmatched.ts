import type { History } from '../history.ts';
import type { Suspicion } from '../suspicion.ts';
import { strays } from './marked.ts';
import { measureShift } from './measures.ts';

const growth = 0.3;
const least = 6;

/**
 * Refunds of orders that the person never placed, by their `order_id`: a broken join key, and revenue that is never taken back.
 * Method: their share of refunds in 24 and 72 hours against the 14 days before. Threshold: six standard deviations, 0.3, 6 refunds.
 */
export function refundsUnmatched(history: History): Suspicion[] {
  const of = history.measures.filter((m) => m.measure === 'lost');
  const seen = measureShift(
    history,
    of,
    of.map((m) => m.of),
    { lengths: [24, 72], least, side: 'more' },
  );
  if (!seen || seen.marked < least || seen.shift.strays < strays || seen.shift.observed - seen.shift.expected < growth) return [];
  const { observed, expected, low, high, of: n } = seen.shift;
  return [
    {
      ...{
        detector: 'refunds_unmatched',
        subject: 'event:track/Order Refunded',
        severity: 'critical',
        from: history.end - seen.hours,
        to: history.end,
      },
      ...{ observed, expected, low, high, of: n, unit: 'share', certainty: -seen.shift.strays },
    },
  ];
}
