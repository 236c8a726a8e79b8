import type { History } from './history.ts';
import { median, spread } from './statistics.ts';

const week = 168;
const weeks = 4;
const leastDays = 14;
/** How far totals stray from the pattern at least, however calm the past was: 7 %. */
const calmest = 0.005;

export interface Pattern {
  /** Events to be expected in an hour. */
  mean(hour: number): number;
  /** How much more than a Poisson count a sum of this mean over so many hours strays: variance = mean + phi × mean². */
  phi(hours: number, mean: number): number;
}

/**
 * The hour-of-week pattern of a series of counts, learned from the four weeks before `before`. Each hour of the week has the mean of its weeks
 * (after the growth between weeks is taken out, single outliers capped, drawn a little towards the same hour of like days); the level is the median of the last seven days.
 * Hours that are unlike others are no part of it. Nothing is learned from less than 14 days.
 */
export function learn(history: History, counts: Float64Array, before: number, unlike = history.unlike): Pattern | undefined {
  const { calendar, begins } = history;
  const first = Math.max(history.start, begins, before - weeks * week);
  const hours: number[] = [];
  for (let h = first; h < before; h++) if (!unlike[h - history.start]) hours.push(h);
  if (hours.length < leastDays * 24 * 0.9) return undefined;
  const at = (h: number) => counts[h - history.start]!;
  const weekOf = (h: number) => Math.floor((before - 1 - h) / week);
  const slots = hours.map((h) => calendar.slot(h));

  const rough = profile(slots, hours.map(at));
  const [seen, planned] = [new Float64Array(weeks + 1), new Float64Array(weeks + 1)];
  hours.forEach((h, i) => {
    seen[weekOf(h)]! += at(h);
    planned[weekOf(h)]! += rough[slots[i]!]!;
  });
  const growth = (h: number) => (planned[weekOf(h)]! > 0 && seen[weekOf(h)]! > 0 ? seen[weekOf(h)]! / planned[weekOf(h)]! : 1);
  const shape = profile(
    slots,
    hours.map((h) => at(h) / growth(h)),
  );

  const days = new Map<number, { k: number; n: number; hours: number }>();
  hours.forEach((h, i) => {
    const day = Math.floor((before - 1 - h) / 24);
    const d = days.get(day) ?? { k: 0, n: 0, hours: 0 };
    d.k += at(h);
    d.n += shape[slots[i]!]!;
    d.hours += 1;
    days.set(day, d);
  });
  const latest = [...days]
    .sort(([a], [b]) => a - b)
    .flatMap(([, d]) => (d.hours >= 12 && d.n > 0 ? [d.k / d.n] : []))
    .slice(0, 7);
  const level = median(latest);
  if (level === 0) return undefined;

  // Events come in bunches (visits), so that few hours of few events stray far more than single events would.
  let strayed = 0;
  hours.forEach((h, i) => {
    const e = shape[slots[i]!]! * growth(h);
    strayed += Math.min(40, (at(h) - e) ** 2 / Math.max(e, 0.25));
  });
  const bunch = Math.max(1.5, (1.3 * strayed) / hours.length);
  const phis = new Map<number, number>();
  const drift = (length: number): number => {
    const known = phis.get(length);
    if (known !== undefined) return known;
    const ratios: number[] = [];
    let means = 0;
    for (let end = before; end - length >= first; end -= length) {
      let [k, n, usable] = [0, 0, true];
      for (let h = end - length; h < end && usable; h++) {
        usable = !unlike[h - history.start];
        k += at(h);
        n += shape[calendar.slot(h)]! * growth(h);
      }
      if (!usable || n < 4) continue;
      ratios.push(k / n);
      means += n;
    }
    // The pattern was fitted to these very hours, so they stray less from it than the next will.
    const stray = ratios.length < 10 ? 0.1 : Math.max(calmest, 1.5 * spread(ratios, 1) ** 2 - ratios.length / means);
    phis.set(length, stray);
    return stray;
  };
  // What was learned from few events is itself uncertain: the level, a median of seven days (as good as two thirds of their events), and the hours' shares,
  // from as many events as so many weeks of such hours had.
  const latestEvents = Math.max(1, latest.length * level * (shape.reduce((a, b) => a + b, 0) / 7));
  const weeksKnown = Math.max(1, hours.length / week);
  return {
    mean: (h) => level * shape[calendar.slot(h)]!,
    phi: (length, mean) => {
      const few = Math.max(mean, 0.5);
      return drift(length) + (bunch - 1) / few + bunch * (1 / (0.64 * latestEvents) + 1 / (weeksKnown * few));
    },
  };
}

function profile(slots: readonly number[], values: readonly number[]): Float64Array {
  const bySlot = Array.from({ length: week }, (): number[] => []);
  slots.forEach((slot, i) => {
    bySlot[slot]!.push(values[i]!);
  });
  const day = (slot: number) => Math.floor(slot / 24);
  const weekend = (slot: number) => day(slot) === 0 || day(slot) === 6;
  const means = bySlot.map((list) => {
    const middle = median(list);
    const cap = 2 * middle + 3 * Math.sqrt(middle) + 3;
    return list.length === 0 ? undefined : list.reduce((sum, v) => sum + Math.min(v, cap), 0) / list.length;
  });
  return Float64Array.from({ length: week }, (_, slot) => {
    const like: number[] = [];
    for (let s = slot % 24; s < week; s += 24) if (weekend(s) === weekend(slot) && means[s] !== undefined) like.push(means[s]!);
    const usual = like.length > 0 ? like.reduce((a, b) => a + b, 0) / like.length : 0;
    const n = bySlot[slot]!.length;
    return n === 0 ? usual : (n * means[slot]! + usual) / (n + 1);
  });
}
