import type { History } from '../history.ts';
import { interval, logTail, median, spread } from '../statistics.ts';
import type { Known, Suspicion } from '../suspicion.ts';

const steps = ['Checkout Started', 'Checkout Step Completed', 'Payment Info Entered', 'Product Added', 'Cart Viewed'];
const least = 12;
const chance = -6;

/**
 * Behaviour without result: people check out as they did, and orders do not come; payment, or the event of it, is broken.
 * Method: orders per checkout (or cart, where there are no checkouts) by day over 14 days; the orders of the last 12 and 24 hours against what their checkouts would bring,
 * by the tail of a negative binomial with the stray of the days. Threshold: chance 1 in a million, half of the expected. Where orders as such are found silent, that says it.
 */
export function checkoutsWithoutOrders(history: History, known: readonly Known[]): Suspicion[] {
  const { start, end, begins, unlike, expected: announced } = history;
  if (known.some((k) => k.open && k.detector === 'event_silent' && k.subject === 'event:track/Order Completed')) return [];
  // Where there are no checkouts (a till, an outside shop), orders do not come from them.
  const whole = new Set<string>();
  const sum = (events: readonly string[], from: number, to: number): number => {
    let total = 0;
    for (const cell of history.cells) {
      if (cell.type !== 'track' || !events.includes(cell.event) || !(whole.has(cell.source + cell.sdk) || whole.size === 0)) continue;
      for (let i = Math.max(0, from - start); i < to - start; i++) total += cell.count[i]!;
    }
    return total;
  };
  const days = Array.from({ length: 14 }, (_, d) => end - 24 * (d + 2)).filter((from) => from >= begins && !unlike[from + 12 - start]);
  const step = steps.find((name) => days.length >= 7 && days.every((from) => sum([name], from, from + 24) > 0));
  if (!step) return [];
  for (const cell of history.cells) if (cell.event === step) whole.add(cell.source + cell.sdk);
  const rates = days.map((from) => sum(['Order Completed'], from, from + 24) / sum([step], from, from + 24));
  const rate = median(rates);
  const daily = median(days.map((from) => sum(['Order Completed'], from, from + 24)));
  if (rate === 0 || daily === 0) return [];
  const phi = Math.max(0.01, 1.5 * (spread(rates, rate) / rate) ** 2 - 1 / daily);
  for (const hours of [12, 24]) {
    if (announced[end - hours - start]) continue;
    const mean = rate * sum([step], end - hours, end);
    const observed = sum(['Order Completed'], end - hours, end);
    const certainty = logTail(observed, mean, phi, 'lower');
    if (mean < least || observed > mean / 2 || certainty > chance) continue;
    const [low, high] = interval(mean, phi);
    return [
      {
        ...{ detector: 'checkouts_without_orders', subject: `event:track/${step}`, severity: 'critical', from: end - hours, to: end },
        ...{ observed, expected: mean, low, high, unit: 'events', certainty, details: { step } },
      },
    ];
  }
  return [];
}
