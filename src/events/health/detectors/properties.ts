import { type Bins, binHours, type History, type PropertySeries } from '../history.ts';
import type { Stratum } from '../shares.ts';

const windows = [1, 4];
const none: Bins = new Map();
const perDay = 24 / binHours;

export interface Window {
  /** How many bins, and from which hour to which. */
  bins: number;
  from: number;
  to: number;
  /** Sums of a series over the window, and over each of the 14 days before. */
  now(series: Bins): number;
  days(series: Bins): number[];
}

const windowsKept = new WeakMap<History, Window[]>();

/** The last 6 and 24 whole hours of bins, each with the 14 days before the longer. Several detectors sum the same series over them. */
export function windowsOf(history: History): Window[] {
  const kept = windowsKept.get(history) ?? makeWindows(history);
  windowsKept.set(history, kept);
  return kept;
}

function makeWindows(history: History): Window[] {
  const end = Math.floor(history.end / binHours);
  const first = Math.ceil(history.begins / binHours);
  const sum = (series: Bins, from: number, to: number): number => {
    let total = 0;
    for (let b = from; b < to; b++) total += series.get(b) ?? 0;
    return total;
  };
  const days = Array.from({ length: 14 }, (_, d) => end - perDay * (d + 2)).filter(
    (from) => from >= first && !history.unlike[(from + 2) * binHours - history.start],
  );
  const ofDays = kept((series) => days.map((from) => sum(series, from, from + perDay)));
  return windows.map((bins) => ({
    bins,
    from: (end - bins) * binHours,
    to: end * binHours,
    now: kept((series) => sum(series, end - bins, end)),
    days: ofDays,
  }));
}

function kept<T>(of: (series: Bins) => T): (series: Bins) => T {
  const known = new Map<Bins, T>();
  return (series) => {
    const found = known.get(series) ?? of(series);
    known.set(series, found);
    return found;
  };
}

export interface Property {
  type: string;
  event: string;
  name: string;
  /** By SDK: all series of the property, and those that count the events looked at. */
  sdks: Map<string, { kinds: PropertySeries[]; events: PropertySeries[] }>;
}

const cache = new WeakMap<PropertySeries[], Property[]>();

export function propertiesOf(history: History): Property[] {
  const known = cache.get(history.properties);
  if (known) return known;
  const looked = Map.groupBy(
    history.properties.filter((p) => p.name === ''),
    (p) => `${p.type}/${p.event}`,
  );
  const all = [
    ...Map.groupBy(
      history.properties.filter((p) => p.name !== ''),
      (p) => JSON.stringify([p.type, p.event, p.name]),
    ).values(),
  ].map((list): Property => {
    const { type, event, name } = list[0]!;
    const events = looked.get(`${type}/${event}`) ?? [];
    const sdks = new Map(
      [...new Set(events.map((e) => e.sdk))].map((sdk) => [
        sdk,
        { kinds: list.filter((p) => p.sdk === sdk), events: events.filter((e) => e.sdk === sdk) },
      ]),
    );
    return { type, event, name, sdks };
  });
  cache.set(history.properties, all);
  return all;
}

export const subjectOfProperty = (p: Property): string => `property:${p.type}/${p.event}.${p.name}`;

/** One stratum of shares: what of a series is marked, of all. */
export function stratum(key: string, window: Window, k: readonly Bins[], n: readonly Bins[]): Stratum {
  const total = (list: readonly Bins[]) => list.reduce((sum, one) => sum + window.now(one), 0);
  const days = window.days(none).map(() => ({ k: 0, n: 0 }));
  const add = (list: readonly Bins[], which: 'k' | 'n') => {
    for (const one of list) {
      const sums = window.days(one);
      for (let d = 0; d < sums.length; d++) days[d]![which] += sums[d]!;
    }
  };
  add(k, 'k');
  add(n, 'n');
  return { key, k: total(k), n: total(n), days };
}

/** Versions of an SDK in which something is so, as evidence. */
export const versionsOf = (series: readonly PropertySeries[], window: Window): string[] =>
  [
    ...new Set(series.filter((s) => window.now(s.count) > 0 && s.sdk !== '').map((s) => (s.version ? `${s.sdk}@${s.version}` : s.sdk))),
  ].slice(0, 5);
