import type { History } from '../history.ts';
import type { Suspicion } from '../suspicion.ts';
import { strays } from './marked.ts';
import { measureShift } from './measures.ts';

const growth = 0.15;
const least = 8;

/**
 * Orders in a currency that they were hardly ever in: a default that changed, and sums that add unlike things.
 * Method: the share of each currency among orders of 12 and 24 hours against the 14 days before. Threshold: six standard deviations, 0.15, 8 orders.
 */
export function currencyChange(history: History): Suspicion[] {
  const currencies = history.measures.filter((m) => m.measure === 'currency');
  const all = currencies.map((m) => m.count);
  return currencies.flatMap((currency): Suspicion[] => {
    const seen = measureShift(history, [currency], all, { lengths: [12, 24], least: 10, side: 'more' });
    if (!seen || seen.marked < least || seen.shift.strays < strays || seen.shift.observed - seen.shift.expected < growth) return [];
    const { observed, expected, low, high, of } = seen.shift;
    return [
      {
        ...{
          detector: 'currency_change',
          subject: `currency:${currency.subject}`,
          severity: 'critical',
          from: history.end - seen.hours,
          to: history.end,
        },
        ...{ observed, expected, low, high, of, unit: 'share', certainty: -seen.shift.strays },
      },
    ];
  });
}
