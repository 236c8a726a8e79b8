import type { History } from '../history.ts';
import type { Suspicion } from '../suspicion.ts';
import { strays } from './marked.ts';
import { measureShift } from './measures.ts';

const growth = 0.25;
const least = 10;

/**
 * Orders of people who did nothing before: behaviour and result are no longer of the same person, or behaviour no longer comes.
 * Method: the share of orders whose person has no view, click or cart before it, in 12 and 24 hours, against the 14 days before. Threshold: six standard deviations, 0.25, 10 orders.
 */
export function ordersUnled(history: History): Suspicion[] {
  const of = history.measures.filter((m) => m.measure === 'unled');
  const seen = measureShift(
    history,
    of,
    of.map((m) => m.of),
    { lengths: [12, 24], least, side: 'more' },
  );
  if (!seen || seen.marked < least || seen.shift.strays < strays || seen.shift.observed - seen.shift.expected < growth) return [];
  const { observed, expected, low, high, of: n } = seen.shift;
  return [
    {
      ...{
        detector: 'orders_unled',
        subject: 'event:track/Order Completed',
        severity: 'critical',
        from: history.end - seen.hours,
        to: history.end,
      },
      ...{ observed, expected, low, high, of: n, unit: 'share', certainty: -seen.shift.strays },
    },
  ];
}
