import type { Definitions } from '../expand.ts';
import { instantMs } from '../instant.ts';
import {
  type Comparison,
  type EventRule,
  type Measured,
  type Op,
  passiveEvents,
  type Rule,
  type Span,
  type Step,
  type Value,
  type Where,
  type Window,
} from '../rule.ts';

/** The meaning of the rule language, written as plainly as possible and with no thought for speed. The compiled SQL must agree with it. */
export interface Row {
  personNo: number;
  /** Milliseconds. */
  time: number;
  key: bigint;
  type: string;
  event: string;
  source: string;
  properties: Record<string, unknown>;
}

const minute = 60_000;
const ms = (s: Span): number => ('days' in s ? s.days * 1440 * minute : 'hours' in s ? s.hours * 60 * minute : s.minutes * minute);

export function slow(rule: Rule, history: Row[], asOf: number, defs: Definitions): boolean {
  const rows = history.filter((r) => r.time < asOf).sort((a, b) => a.time - b.time || (a.key < b.key ? -1 : 1));
  const holds = (r: Rule): boolean => {
    if ('all' in r) return r.all.every(holds);
    if ('any' in r) return r.any.some(holds);
    if ('not' in r) return !holds(r.not);
    if ('trait' in r) return satisfies(newestTrait(rows, r.trait), r.op, r.value);
    if ('stage' in r) return deepest(defs.stages, holds) === r.stage;
    if ('tier' in r) return deepest(defs.tiers, holds) === r.tier;
    if ('level' in r) return deepest(defs.levels, holds) === r.level;
    if ('audience' in r) return holds(defs.audiences.find((a) => a.id === r.audience)!.rule);
    if ('tag' in r) return tagHolds(r.tag, r.op ?? 'exists', r.value);
    if ('sequence' in r)
      return hasChain(
        rows.filter((x) => inWindow(x.time, r.during, asOf)),
        r.sequence,
        ms(r.within),
      );
    return eventHolds(r, rows, asOf);
  };
  const tagHolds = (key: string, op: Op, value: Value | undefined): boolean => {
    const def = defs.tags.find((t) => t.key === key)!;
    if (def.rule) {
      // Of a group: what was given goes first, then the rules in their order.
      const mates = def.about?.group ? defs.tags.filter((t) => t.about?.group === def.about!.group) : [];
      const ahead = mates.filter((t, i) => t.rule === null || i < mates.indexOf(def));
      const has = holds(def.rule) && !ahead.some((t) => tagHolds(t.key, 'exists', undefined));
      if (op === 'exists') return has;
      return op === 'not exists' ? !has : op === '!=' || op === 'not in';
    }
    const about = rows.filter(
      (r) =>
        (r.event === 'Tag Added' || r.event === 'Tag Removed') &&
        r.properties.key === key &&
        satisfies(get(r.properties, 'by'), '!=', 'rule'),
    );
    if (def.about?.values === 'many') {
      const held = new Map<string, unknown>();
      for (const r of about) {
        const v = get(r.properties, 'value');
        const id = JSON.stringify(v) ?? '';
        if (r.event === 'Tag Added') held.set(id, v);
        else if (v === undefined) held.clear();
        else held.delete(id);
      }
      const some = (o: Op) => [...held.values()].some((v) => satisfies(v, o, value));
      if (op === 'not exists') return held.size === 0;
      if (op === 'exists') return held.size > 0;
      return op === '!=' ? !some('=') : op === 'not in' ? !some('in') : some(op);
    }
    const has = about.at(-1)?.event === 'Tag Added';
    if (op === 'exists') return has;
    if (op === 'not exists') return !has;
    return satisfies(has ? get(about.at(-1)!.properties, 'value') : undefined, op, value);
  };
  return holds(rule);
}

function deepest(list: { key: string; rule: Rule }[], holds: (r: Rule) => boolean): string | null {
  for (const d of [...list].reverse()) if (holds(d.rule)) return d.key;
  return null;
}

/** A value at a path; undefined if missing. Null, and an object, count as missing. */
export function get(properties: Record<string, unknown>, path: string): unknown {
  let at: unknown = properties;
  for (const part of path.split('.')) {
    if (at === null || typeof at !== 'object' || Array.isArray(at)) return undefined;
    at = (at as Record<string, unknown>)[part];
  }
  if (at === null || (typeof at === 'object' && !Array.isArray(at))) return undefined;
  return at;
}

function newestTrait(rows: Row[], key: string): unknown {
  return rows
    .filter((r) => r.type === 'identify')
    .map((r) => get(r.properties, key))
    .filter((v) => v !== undefined)
    .at(-1);
}

export function satisfies(x: unknown, op: Op, value: Value | undefined): boolean {
  if (x === undefined) return op === 'not exists' || op === '!=' || op === 'not in';
  switch (op) {
    case 'exists':
      return true;
    case 'not exists':
      return false;
    case '=':
      return x === value;
    case '!=':
      return typeof x === typeof value && x !== value;
    case 'in':
      return (value as unknown[]).includes(x);
    case 'not in':
      return typeof x === typeof (value as unknown[])[0] && !(value as unknown[]).includes(x);
    case 'contains':
      if (Array.isArray(x)) return homogenous(x) && x.includes(value);
      return typeof x === 'string' && typeof value === 'string' && x.includes(value);
    case 'starts with':
      return typeof x === 'string' && x.startsWith(value as string);
    case 'before':
    case 'after': {
      const t = typeof x === 'string' ? instantMs(x) : null;
      const limit = instantMs(value as string)!;
      return t !== null && (op === 'before' ? t < limit : t > limit);
    }
    default: {
      if (typeof x !== typeof value || (typeof x !== 'number' && typeof x !== 'string')) return false;
      const c = typeof x === 'string' ? Buffer.compare(Buffer.from(x), Buffer.from(value as string)) : x - (value as number);
      return op === '>' ? c > 0 : op === '>=' ? c >= 0 : op === '<' ? c < 0 : c <= 0;
    }
  }
}
const homogenous = (list: unknown[]): boolean => list.every((v) => typeof v === typeof list[0]);

function inWindow(time: number, w: Window | undefined, asOf: number): boolean {
  if (!w) return true;
  if ('olderThan' in w) return time < asOf - ms(w.olderThan);
  if ('days' in w || 'hours' in w || 'minutes' in w) return time >= asOf - ms(w);
  return (w.from === undefined || time >= instantMs(w.from)!) && (w.to === undefined || time < instantMs(w.to)!);
}

function matches(row: Row, step: Step): boolean {
  const named =
    step.event === '*'
      ? ['track', 'page', 'screen'].includes(row.type) && !(passiveEvents as readonly string[]).includes(row.event)
      : row.event === step.event;
  return named && (step.where ?? []).every((w: Where) => satisfies(get(row.properties, w.property), w.op, w.value));
}

function eventHolds(r: EventRule, rows: Row[], asOf: number): boolean {
  const hits = rows.filter((x) => matches(x, r) && inWindow(x.time, r.within, asOf));
  if (r.first) return hits.length > 0 && inWindow(hits[0]!.time, r.first, asOf);
  if (r.last) return hits.length > 0 && inWindow(hits.at(-1)!.time, r.last, asOf);
  const values = (m: Measured) => hits.map((x) => get(x.properties, m.property));
  const numbers = (m: Measured) => values(m).filter((v) => typeof v === 'number');
  const sum = (list: number[]) => list.reduce((a, b) => a + b, 0);
  const check = (x: number | undefined, c: Comparison) => satisfies(x, c.op, c.value);
  if (r.sum) return check(sum(numbers(r.sum)), r.sum);
  if (r.avg) return check(numbers(r.avg).length ? sum(numbers(r.avg)) / numbers(r.avg).length : undefined, r.avg);
  if (r.min) return check(numbers(r.min).length ? Math.min(...numbers(r.min)) : undefined, r.min);
  if (r.max) return check(numbers(r.max).length ? Math.max(...numbers(r.max)) : undefined, r.max);
  if (r.distinct)
    return check(
      new Set(
        values(r.distinct)
          .filter((v) => v !== undefined)
          .map((v) => JSON.stringify(v)),
      ).size,
      r.distinct,
    );
  return check(hits.length, r.count!);
}

/** Is there, from any start, a chain of later and later rows that ends within the span? Tries them all. */
function hasChain(rows: Row[], steps: Step[], span: number): boolean {
  const go = (from: number, step: number, start: number): boolean => {
    if (step === steps.length) return true;
    for (let i = from; i < rows.length; i++) {
      if (!matches(rows[i]!, steps[step]!)) continue;
      const began = step === 0 ? rows[i]!.time : start;
      if (rows[i]!.time - began <= span && go(i + 1, step + 1, began)) return true;
    }
    return false;
  };
  return go(0, 0, 0);
}
