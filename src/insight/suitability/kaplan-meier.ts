/** How many waited until a day, and how their wait ended: by the event, or by the end of what was seen. */
export interface DayCount {
  day: number;
  events: number;
  censored: number;
}

/** The share still waiting after a day, with its band. */
export interface Point {
  day: number;
  atRisk: number;
  events: number;
  survival: number;
  low: number;
  high: number;
}

export interface Survival {
  /** One for every day with an event, from the day 0 on. */
  points: Point[];
  spells: number;
  events: number;
}

/** The 97.5 % quantile of the normal distribution. */
const z = 1.959963984540054;

/**
 * Kaplan and Meier's estimate from counts by day. Whoever is censored on a day was at risk on it. The band is Greenwood's
 * on the log-log scale, so it stays within 0 and 1; at 0 and 1 themselves it has no width to tell.
 */
export function kaplanMeier(counts: readonly DayCount[]): Survival {
  const days = [...counts].sort((a, b) => a.day - b.day);
  const spells = days.reduce((n, d) => n + d.events + d.censored, 0);
  let atRisk = spells;
  let survival = 1;
  let greenwood = 0;
  const points: Point[] = [];
  for (const { day, events, censored } of days) {
    if (events > 0) {
      survival = events === atRisk ? 0 : survival * (1 - events / atRisk);
      greenwood += events === atRisk ? Number.POSITIVE_INFINITY : events / (atRisk * (atRisk - events));
      points.push({ day, atRisk, events, survival, ...band(survival, greenwood) });
    }
    atRisk -= events + censored;
  }
  return { points, spells, events: points.reduce((n, p) => n + p.events, 0) };
}

function band(survival: number, greenwood: number): { low: number; high: number } {
  if (survival <= 0 || survival >= 1) return { low: survival, high: survival };
  const log = Math.log(survival);
  const error = (z * Math.sqrt(greenwood)) / Math.abs(log);
  return { low: survival ** Math.exp(error), high: survival ** Math.exp(-error) };
}

/** The first day by which this part has come; with the days at which the band says so. `null`: not within what was seen. */
export function quantileOf({ points }: Survival, part: number): { days: number | null; low: number | null; high: number | null } {
  // 1 less three quarters is a quarter here too, whatever the products of the estimate were rounded to.
  const first = (of: 'survival' | 'low' | 'high') => points.find((p) => p[of] <= 1 - part + 1e-12)?.day ?? null;
  return { days: first('survival'), low: first('low'), high: first('high') };
}
export const medianOf = (survival: Survival) => quantileOf(survival, 0.5);

/** The estimate as of a day: that of the last day with an event up to it. `atRisk`: how many were still watched then. */
export function at(counts: readonly DayCount[], { points, spells }: Survival, day: number) {
  const last = points.findLast((p) => p.day <= day);
  const gone = counts.reduce((n, d) => (d.day < day ? n + d.events + d.censored : n), 0);
  return { survival: last?.survival ?? 1, low: last?.low ?? 1, high: last?.high ?? 1, atRisk: spells - gone };
}
