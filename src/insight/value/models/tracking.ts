import type { TransactionModel } from './model.ts';

/** Repeat purchases that a model expects of all by the end of each week, of customers whose first purchase was so many days after the first of all. */
export function trackingOf(
  model: TransactionModel,
  parameters: readonly number[],
  starts: ReadonlyMap<number, number>,
  weeks: number,
): number[] {
  const byAge = new Map<number, number>();
  // The age at the end of a week's last day; many customers share it in many weeks.
  const expected = (days: number): number => {
    let value = byAge.get(days);
    if (value === undefined) {
      value = model.expected(parameters, days / 7);
      byAge.set(days, value);
    }
    return value;
  };
  return Array.from({ length: weeks }, (_, k) => {
    let sum = 0;
    for (const [day, n] of starts) if (7 * (k + 1) > day) sum += n * expected(7 * (k + 1) - day);
    return sum;
  });
}
