/** Seconds as a length people say: the largest unit that fits, with one decimal below ten. */
export function sayDuration(
  seconds: number | null,
  locale: string,
  words: (unit: 'days' | 'hours' | 'minutes') => string,
  second: string,
): string {
  if (seconds === null) return '–';
  const units = [
    ['days', 86_400],
    ['hours', 3600],
    ['minutes', 60],
  ] as const;
  for (const [unit, size] of units) {
    if (seconds >= size) {
      const n = seconds / size;
      return `${n.toLocaleString(locale, { maximumFractionDigits: n < 10 ? 1 : 0 })} ${words(unit)}`;
    }
  }
  return `${Math.round(seconds)} ${second}`;
}
