import type { FieldError } from '../base/index.ts';
import { instantMs } from './instant.ts';
import {
  type Comparison,
  type EventRule,
  type Measure,
  type Measured,
  measures,
  type Op,
  ops,
  type Rule,
  type Scalar,
  type Span,
  type Step,
  type Value,
  type Where,
  type Window,
} from './rule.ts';

const LIMITS = { depth: 20, nodes: 500, list: 1000, text: 500, steps: 10, days: 36_500 };
const leaves = ['trait', 'tag', 'stage', 'tier', 'level', 'audience', 'event', 'sequence'] as const;
const heads = ['all', 'any', 'not', ...leaves] as const;
const comparing: Op[] = ['=', '!=', '>', '>=', '<', '<=', 'in', 'not in'];

/** Thrown inside the parser at the first bad place of a branch; gathered so that one answer names every bad field. */
class Bad extends Error {}

type Dict = Record<string, unknown>;

/**
 * Reads anything as a rule. Errors name the place (`rule.all[1].where[0].op`) and the mend.
 * The rule that comes out is in normal form: `all` and `any` flattened, double negation gone, the default measure written out.
 */
export function parseRule(input: unknown, field = 'rule'): { rule: Rule; errors: [] } | { rule: null; errors: FieldError[] } {
  const errors: FieldError[] = [];
  let nodes = 0;

  const bad = (at: string, reason: string): never => {
    errors.push({ field: at, reason });
    throw new Bad();
  };
  /** Runs each reading, so that one bad field does not hide the next; fails if any failed. */
  const each = <T>(readings: (() => T)[]): T[] => {
    const out: T[] = [];
    let failed = false;
    for (const read of readings) {
      try {
        out.push(read());
      } catch (error) {
        if (!(error instanceof Bad)) throw error;
        failed = true;
      }
    }
    if (failed) throw new Bad();
    return out;
  };
  const dict = (v: unknown, at: string, what: string): Dict => {
    if (v === null || typeof v !== 'object' || Array.isArray(v)) return bad(at, `must be ${what}, an object; it is ${kind(v)}`);
    return v as Dict;
  };
  const only = (o: Dict, at: string, allowed: readonly string[]): void => {
    const strange = Object.keys(o).filter((k) => !allowed.includes(k) && o[k] !== undefined);
    for (const k of strange) errors.push({ field: `${at}.${k}`, reason: `is not known here; allowed: ${allowed.join(', ')}` });
    if (strange.length) throw new Bad();
  };
  const text = (v: unknown, at: string, what: string): string => {
    if (typeof v !== 'string') return bad(at, `must be ${what}, a text; it is ${kind(v)}`);
    if (v.trim() === '') return bad(at, `is empty; write ${what}`);
    if (v.length > LIMITS.text) return bad(at, `is longer than ${LIMITS.text} characters`);
    if (v.includes('\u0000')) return bad(at, 'holds a NUL character; take it out');
    return v;
  };
  const path = (v: unknown, at: string, what: string): string => {
    const t = text(v, at, what);
    if (t.split('.').some((p) => p === '')) return bad(at, 'has an empty part; write names joined by single dots, such as address.city');
    return t;
  };
  const list = (v: unknown, at: string, what: string, max: number): unknown[] => {
    if (!Array.isArray(v)) return bad(at, `must be a list of ${what}; it is ${kind(v)}`);
    if (v.length === 0) return bad(at, `is empty; give at least one of ${what}`);
    if (v.length > max) return bad(at, `has ${v.length} entries; at most ${max}`);
    return v;
  };

  const op = (v: unknown, at: string, allowed: readonly Op[] = ops): Op => {
    if (v === undefined) return bad(at, `is missing; one of ${allowed.join(', ')}`);
    if (!allowed.includes(v as Op))
      return bad(at, `${JSON.stringify(v)?.slice(0, 60)} is not an operator here; one of ${allowed.join(', ')}`);
    return v as Op;
  };
  const scalar = (v: unknown, at: string): Scalar => {
    if (typeof v === 'number') return Number.isFinite(v) ? v : bad(at, 'must be a finite number');
    if (typeof v === 'boolean') return v;
    if (typeof v === 'string') {
      if (v.length > LIMITS.text) return bad(at, `is longer than ${LIMITS.text} characters`);
      return v.includes('\u0000') ? bad(at, 'holds a NUL character; take it out') : v;
    }
    return bad(at, `must be a text, a number or true/false; it is ${kind(v)}`);
  };
  const numberValue = (v: unknown, at: string): number =>
    typeof v === 'number' && Number.isFinite(v) ? v : bad(at, `must be a number; it is ${kind(v)}`);

  const value = (o: Dict, o_: Op, at: string, numbersOnly: boolean): { value?: Value } => {
    const v = o.value;
    const here = `${at}.value`;
    if (o_ === 'exists' || o_ === 'not exists') return v === undefined ? {} : bad(here, `leave it out: "${o_}" takes no value`);
    if (v === undefined) return bad(here, `is missing; "${o_}" needs a value`);
    const one = (x: unknown, p: string): Scalar => (numbersOnly ? numberValue(x, p) : scalar(x, p));
    if (o_ === 'in' || o_ === 'not in') {
      const items = each(list(v, here, 'values', LIMITS.list).map((x, i) => () => one(x, `${here}[${i}]`)));
      const first = typeof items[0];
      items.forEach((x, i) => {
        if (typeof x !== first) bad(`${here}[${i}]`, `is a ${name(x)} among ${name(items[0])}s; write all in one type`);
      });
      return { value: [...new Set(items)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)) as Value };
    }
    if (Array.isArray(v)) return bad(here, `must be one value; for a list use "in" or "not in"`);
    if (o_ === 'before' || o_ === 'after') {
      if (typeof v !== 'string' || instantMs(v) === null) return bad(here, 'must be an ISO instant, such as 2026-01-31T16:00:00Z');
      return { value: v };
    }
    if (o_ === 'starts with') return { value: typeof v === 'string' ? scalar(v, here) : bad(here, `must be a text; it is ${kind(v)}`) };
    const s = one(v, here);
    if (typeof s === 'boolean' && ['>', '>=', '<', '<=', 'contains'].includes(o_))
      return bad(here, `true/false has no order; with true/false use "=" or "!="`);
    return { value: s };
  };
  const comparison = (v: unknown, at: string, allowed: readonly Op[], extra: string[] = []): Comparison => {
    const o = dict(v, at, 'a comparison {op, value}');
    only(o, at, ['op', 'value', ...extra]);
    const o_ = op(o.op, `${at}.op`, allowed);
    return { op: o_, ...value(o, o_, at, true) };
  };

  const span = (o: Dict, at: string): Span => {
    const units = ['days', 'hours', 'minutes'].filter((u) => o[u] !== undefined);
    if (units.length !== 1) return bad(at, 'must have exactly one of days, hours, minutes, such as {"days": 30}');
    const unit = units[0] as 'days';
    const n = o[unit];
    if (typeof n !== 'number' || !Number.isFinite(n) || n <= 0) return bad(`${at}.${unit}`, `must be a number above 0; it is ${kind(n)}`);
    if (n * { days: 1, hours: 1 / 24, minutes: 1 / 1440 }[unit] > LIMITS.days) return bad(`${at}.${unit}`, 'is more than 100 years');
    return { [unit]: n } as Span;
  };
  const onlySpan = (v: unknown, at: string): Span => {
    const o = dict(v, at, 'a length of time such as {"days": 7}');
    only(o, at, ['days', 'hours', 'minutes']);
    return span(o, at);
  };
  const window = (v: unknown, at: string): Window => {
    const o = dict(v, at, 'a window such as {"days": 30}, {"from": …, "to": …} or {"olderThan": {"days": 30}}');
    only(o, at, ['days', 'hours', 'minutes', 'from', 'to', 'olderThan']);
    const forms = [
      o.days !== undefined || o.hours !== undefined || o.minutes !== undefined,
      o.from !== undefined || o.to !== undefined,
      o.olderThan !== undefined,
    ].filter(Boolean).length;
    if (forms !== 1) return bad(at, 'must be exactly one of {days|hours|minutes}, {from, to} and {olderThan}');
    if (o.olderThan !== undefined) return { olderThan: onlySpan(o.olderThan, `${at}.olderThan`) };
    if (o.from === undefined && o.to === undefined) return span(o, at);
    const ends = each(
      ['from', 'to'].map((end) => () => {
        if (o[end] === undefined) return undefined;
        const ms = typeof o[end] === 'string' ? instantMs(o[end]) : null;
        return ms === null ? bad(`${at}.${end}`, 'must be an ISO instant, such as 2026-01-31T16:00:00Z') : ms;
      }),
    );
    if (ends[0] !== undefined && ends[1] !== undefined && ends[0] >= ends[1]) return bad(at, '`from` must be before `to`');
    return { ...(o.from === undefined ? {} : { from: o.from as string }), ...(o.to === undefined ? {} : { to: o.to as string }) };
  };

  const where = (v: unknown, at: string): Where => {
    const o = dict(v, at, 'a condition {property, op, value}');
    only(o, at, ['property', 'op', 'value']);
    const [property, o_] = each<string>([() => path(o.property, `${at}.property`, 'the name of a property'), () => op(o.op, `${at}.op`)]);
    return { property: property!, op: o_ as Op, ...value(o, o_ as Op, at, false) };
  };
  const step = (o: Dict, at: string): Step => {
    const wheres = () =>
      o.where === undefined || (Array.isArray(o.where) && o.where.length === 0)
        ? []
        : each(list(o.where, `${at}.where`, 'conditions', 50).map((w, i) => () => where(w, `${at}.where[${i}]`)));
    const [event, ws] = each<unknown>([() => text(o.event, `${at}.event`, 'the name of an event'), wheres]);
    return { event: event as string, ...((ws as Where[]).length ? { where: ws as Where[] } : {}) };
  };

  const eventRule = (o: Dict, at: string): EventRule => {
    only(o, at, ['event', 'where', 'within', ...measures]);
    const asked = measures.filter((m) => o[m] !== undefined);
    if (asked.length > 1) return bad(at, `asks for ${asked.join(' and ')}; write one of them, and join two rules by "all"`);
    const measure: Measure = asked[0] ?? 'count';
    const readMeasure = (): Comparison | Measured | Window => {
      const here = `${at}.${measure}`;
      if (measure === 'first' || measure === 'last') return window(o[measure], here);
      if (measure === 'count') return o.count === undefined ? { op: '>=', value: 1 } : comparison(o.count, here, comparing);
      const m = dict(o[measure], here, 'a measure {property, op, value}');
      const mayMiss = measure === 'avg' || measure === 'min' || measure === 'max';
      const allowed: Op[] = mayMiss ? [...comparing, 'exists', 'not exists'] : comparing;
      const [property, c] = each<unknown>([
        () => path(m.property, `${here}.property`, 'the name of a property'),
        () => comparison(m, here, allowed, ['property']),
      ]);
      return { property: property as string, ...(c as Comparison) };
    };
    const [s, w, m] = each<unknown>([
      () => step(o, at),
      () => (o.within === undefined ? undefined : window(o.within, `${at}.within`)),
      readMeasure,
    ]);
    return { ...(s as Step), ...(w === undefined ? {} : { within: w as Window }), [measure]: m };
  };

  const rule = (v: unknown, at: string, depth: number): Rule => {
    if (depth > LIMITS.depth) return bad(at, `is nested deeper than ${LIMITS.depth}; split it into audiences and refer to them`);
    nodes += 1;
    if (nodes > LIMITS.nodes) return bad(field, `has more than ${LIMITS.nodes} parts; split it into audiences and refer to them`);
    const o = dict(v, at, 'a rule');
    const head = heads.filter((h) => o[h] !== undefined);
    if (head.length === 0) return bad(at, `is not a rule; it needs one of ${heads.join(', ')}`);
    if (head.length > 1) return bad(at, `has ${head.join(' and ')} side by side; join them by "all" or "any"`);
    switch (head[0]!) {
      case 'all':
      case 'any': {
        const h = head[0] as 'all' | 'any';
        only(o, at, [h]);
        // Of no conditions, everyone satisfies all: the builder starts from it.
        if (h === 'all' && Array.isArray(o.all) && o.all.length === 0) return { all: [] };
        const parts = each(list(o[h], `${at}.${h}`, 'rules', LIMITS.nodes).map((r, i) => () => rule(r, `${at}.${h}[${i}]`, depth + 1)));
        const flat = parts.flatMap((r) => (h in r ? ((r as Record<string, Rule[]>)[h] as Rule[]) : [r]));
        const unique = [...new Map(flat.map((r) => [JSON.stringify(r), r])).values()];
        return unique.length === 1 ? unique[0]! : ({ [h]: unique } as Rule);
      }
      case 'not': {
        only(o, at, ['not']);
        const inner = rule(o.not, `${at}.not`, depth + 1);
        return 'not' in inner ? inner.not : { not: inner };
      }
      case 'trait': {
        only(o, at, ['trait', 'op', 'value']);
        const [trait, o_] = each<string>([() => path(o.trait, `${at}.trait`, 'the name of a trait'), () => op(o.op, `${at}.op`)]);
        return { trait: trait!, op: o_ as Op, ...value(o, o_ as Op, at, false) };
      }
      case 'tag': {
        only(o, at, ['tag', 'op', 'value']);
        const tag = text(o.tag, `${at}.tag`, 'the key of a tag');
        const o_ = o.op === undefined ? 'exists' : op(o.op, `${at}.op`);
        return { tag, op: o_, ...value(o, o_, at, false) };
      }
      case 'stage':
      case 'tier':
      case 'level':
      case 'audience': {
        const h = head[0] as 'stage';
        only(o, at, [h]);
        return { [h]: text(o[h], `${at}.${h}`, h === ('audience' as string) ? 'the id of an audience' : `the key of a ${h}`) } as Rule;
      }
      case 'event':
        return eventRule(o, at);
      case 'sequence': {
        only(o, at, ['sequence', 'within', 'during']);
        const [steps, within, during] = each<unknown>([
          () =>
            each(
              list(o.sequence, `${at}.sequence`, 'steps', LIMITS.steps).map((s, i) => () => {
                const p = `${at}.sequence[${i}]`;
                const d = dict(s, p, 'a step {event, where}');
                only(d, p, ['event', 'where']);
                return step(d, p);
              }),
            ),
          () =>
            o.within === undefined
              ? bad(`${at}.within`, 'is missing; say within how long, such as {"days": 7}')
              : onlySpan(o.within, `${at}.within`),
          () => (o.during === undefined ? undefined : window(o.during, `${at}.during`)),
        ]);
        return {
          sequence: steps as Step[],
          within: within as Span,
          ...(during === undefined ? {} : { during: during as Window }),
        };
      }
    }
  };

  try {
    const parsed = rule(input, field, 0);
    if (errors.length === 0) return { rule: parsed, errors: [] };
  } catch (error) {
    if (!(error instanceof Bad)) throw error;
  }
  return { rule: null, errors };
}

function name(v: unknown): string {
  return typeof v === 'string' ? 'text' : typeof v;
}
function kind(v: unknown): string {
  if (v === undefined) return 'missing';
  if (v === null) return 'null';
  if (Array.isArray(v)) return 'a list';
  if (typeof v === 'object') return 'an object';
  return typeof v === 'string' ? 'a text' : `${typeof v} ${String(v)}`;
}
