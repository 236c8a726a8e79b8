import { msOf } from './calendar.ts';
import { propertyOf } from './examples.ts';
import type { FindingView } from './findings.ts';
import { binHours, type Cell, type History } from './history.ts';
import { learn } from './pattern.ts';
import { interval } from './statistics.ts';
import { covers, type Dimension, groupsOf, sumOf } from './subjects.ts';

export interface Point {
  at: string;
  observed: number;
  /** Missing where too little is known to expect anything. */
  expected?: number;
  low?: number;
  high?: number;
}

export interface SourceNow {
  subject: string;
  dimension: Dimension;
  /** In the last 24 hours, and on a usual day. */
  events: number;
  usual: number;
  lastHour: string | null;
  /** By hour, the last 48. */
  hours: number[];
}

export interface Overview {
  state: 'empty' | 'learning' | 'broken' | 'doubtful' | 'whole';
  findings: { critical: number; warning: number; info: number; muted: number };
  checkedThrough: string | null;
  daysKnown: number;
  daysNeeded: number;
  hours: Point[];
  sources: SourceNow[];
}

export interface Series {
  unit: string;
  points: Point[];
}

const shown = 24;

/** The last day at a glance: what came by hour beside what was to be expected, each source with how fresh it is, and what is open. */
export function overviewOf(
  history: History,
  open: readonly { severity: string; handling: string; n: number }[],
  checkedThrough: string | null,
): Overview {
  const counted = open.filter((o) => o.handling === 'new' || o.handling === 'acknowledged');
  const findings = { critical: 0, warning: 0, info: 0, muted: 0 };
  for (const o of counted) findings[o.severity as 'critical'] += o.n;
  for (const o of open) if (o.handling === 'muted' || o.handling === 'expected') findings.muted += o.n;
  const outside = history.cells.filter((c) => c.source !== 'yutang');
  const days = Math.max(0, history.end - Math.max(history.begins, history.start)) / 24;
  const sources = groupsOf(history, ['source', 'sdk', 'version', 'carrier']).map(({ subject, dimension, cells }) => {
    const counts = sumOf(history, cells);
    let last = history.end - 1 - history.start;
    while (last >= 0 && counts[last] === 0) last--;
    const sum = (from: number, to: number) =>
      counts.subarray(Math.max(0, from - history.start), Math.max(0, to - history.start)).reduce((a, b) => a + b, 0);
    return {
      subject,
      dimension,
      events: sum(history.end - 24, history.end),
      usual: Math.round(sum(history.end - 8 * 24, history.end - 24) / 7),
      lastHour: last < 0 ? null : new Date(msOf(history.start + last)).toISOString(),
      hours: Array.from(counts.subarray(Math.max(0, counts.length - 48))),
    };
  });
  const state: Overview['state'] =
    outside.length === 0
      ? 'empty'
      : findings.critical > 0
        ? 'broken'
        : findings.warning > 0
          ? 'doubtful'
          : days < 14
            ? 'learning'
            : 'whole';
  return {
    state,
    findings,
    checkedThrough,
    daysKnown: Math.floor(days),
    daysNeeded: 14,
    hours: volumePoints(history, outside, history.end - shown, history.end),
    sources: sources.sort((a, b) => b.events - a.events || b.usual - a.usual).slice(0, 60),
  };
}

/** What came and what was to be expected by hour (or share by piece of six hours) around a finding. */
export function seriesOf(history: History, finding: FindingView): Series {
  const from = Math.max(history.start, Math.floor(Date.parse(finding.firstAt) / 3_600_000) - 72, history.end - 14 * 24);
  const property = propertyOf(finding.subject);
  const { low, high, expected, unit } = finding.evidence;
  if (property) {
    const mine = history.properties.filter((p) => p.type === property.type && p.event === property.event && p.name === property.name);
    const events = history.properties.filter((p) => p.type === property.type && p.event === property.event && p.name === '');
    const usual = finding.detector === 'type_clash' ? (finding.evidence.details?.usual as string) : '';
    const points: Point[] = [];
    for (let bin = Math.ceil(from / binHours); (bin + 1) * binHours <= history.end; bin++) {
      const sum = (list: typeof mine, of: 'count' | 'empty' | 'distinct' | 'distinctOf' = 'count') =>
        list.reduce((total, p) => total + (p[of].get(bin) ?? 0), 0);
      const [k, n] =
        finding.detector === 'type_clash'
          ? [sum(mine.filter((p) => p.kind !== usual)), sum(mine)]
          : finding.detector === 'empty_values'
            ? [sum(mine, 'empty'), sum(mine)]
            : finding.detector === 'values_explode'
              ? [sum(mine, 'distinct'), sum(mine, 'distinctOf')]
              : [sum(mine), sum(events)];
      if (n > 0 && unit === 'share')
        points.push({ at: new Date(msOf(bin * binHours)).toISOString(), observed: k / n, expected, low, high });
      else if (unit !== 'share') points.push({ at: new Date(msOf(bin * binHours)).toISOString(), observed: k });
    }
    return { unit: unit === 'share' ? 'share' : 'events', points };
  }
  const flag = (
    {
      late_events: 'late',
      future_times: 'future',
      shifted_times: 'shifted',
      sent_again: 'duplicates',
      said_twice: 'repeats',
      nobody: 'nobody',
    } as const
  )[finding.detector as 'late_events'] as keyof Cell['flags'] | undefined;
  const cells = history.cells.filter((c) =>
    finding.detector === 'merge_burst' ? c.event === 'Identity Merged' : c.source !== 'yutang' && covers(finding.subject, c),
  );
  if (flag) {
    const points: Point[] = [];
    for (let h = from; h + 3 <= history.end; h += 3) {
      let [k, n] = [0, 0];
      for (let i = h - history.start; i < h + 3 - history.start; i++)
        for (const c of cells) {
          const marked = c.flags[flag]?.[i] ?? 0;
          k += marked;
          n += c.count[i]! + (flag === 'duplicates' ? marked : 0);
        }
      if (n > 0) points.push({ at: new Date(msOf(h)).toISOString(), observed: k / n, expected, low, high });
    }
    return { unit: 'share', points };
  }
  const measured = {
    orders_unled: 'unled',
    refunds_unmatched: 'lost',
    currency_change: 'currency',
    busy_identity: 'busy',
    conflict_burst: 'conflict',
    refused_rise: 'refused',
  }[finding.detector as string];
  if (measured) {
    const list = history.measures.filter((m) => m.measure === measured);
    const subject = finding.subject.slice(finding.subject.indexOf(':') + 1);
    const mine = ['currency', 'busy', 'refused'].includes(measured) ? list.filter((m) => m.subject === subject) : list;
    const points: Point[] = [];
    const plain = ['busy', 'conflict', 'refused'].includes(measured);
    const step = plain ? 1 : 12;
    for (let h = from; h + step <= history.end; h += step) {
      const sum = (of: typeof list, key: 'count' | 'of') =>
        of.reduce((t, m) => t + m[key].subarray(h - history.start, h + step - history.start).reduce((a, b) => a + b, 0), 0);
      const [k, n] = [sum(mine, 'count'), measured === 'currency' ? sum(list, 'count') : sum(list, 'of')];
      if (plain) points.push({ at: new Date(msOf(h)).toISOString(), observed: k });
      else if (n > 0) points.push({ at: new Date(msOf(h)).toISOString(), observed: k / n, expected, low, high });
    }
    return { unit: plain ? 'events' : 'share', points };
  }
  const declared = finding.detector === 'expected_missed' ? finding.evidence.details?.declared : undefined;
  if (typeof declared === 'number') {
    const counts = sumOf(history, cells);
    const points = Array.from({ length: Math.ceil((history.end - from) / 24) }, (_, d): Point => {
      const to = history.end - 24 * d;
      const observed = counts.subarray(Math.max(0, to - 24 - history.start), to - history.start).reduce((a, b) => a + b, 0);
      return { at: new Date(msOf(to - 24)).toISOString(), observed, expected: declared };
    });
    return { unit: 'events', points: points.reverse() };
  }
  return { unit: 'events', points: volumePoints(history, cells, from, history.end, Math.floor(Date.parse(finding.firstAt) / 3_600_000)) };
}

function volumePoints(history: History, cells: readonly Cell[], from: number, to: number, before = to - 24): Point[] {
  const counts = sumOf(history, cells);
  const pattern = learn(history, counts, Math.max(history.start, before));
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => {
    const h = from + i;
    const at = new Date(msOf(h)).toISOString();
    const observed = counts[h - history.start] ?? 0;
    if (!pattern) return { at, observed };
    const expected = pattern.mean(h);
    const [low, high] = interval(expected, pattern.phi(3, expected), 2.5);
    return { at, observed, expected: round(expected), low: round(low), high: round(high) };
  });
}

const round = (v: number): number => Math.round(v * 100) / 100;
