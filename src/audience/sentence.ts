import type { Definitions, Names } from './expand.ts';
import type { Comparison, EventRule, Measured, Op, Rule, Span, Step, Value, Window } from './rule.ts';

/** A rule in words, in Chinese and in English. */
export function sentenceOf(rule: Rule, defs: Definitions): Names {
  return { zh: say(rule, defs, zh, false), en: capital(say(rule, defs, en, false)) };
}

interface Words {
  lang: 'zh' | 'en';
  ops: Record<Op, string>;
  join: (parts: string[], all: boolean) => string;
  not: (s: string) => string;
  span: (s: Span) => string;
  window: (w: Window) => string;
  quote: (s: string) => string;
  everyone: string;
  anyEvent: string;
  event: (e: EventRule, did: string, within: string) => string;
  sequence: (steps: string[], span: string, during: string) => string;
  where: (parts: string[]) => string;
  trait: (name: string, rest: string) => string;
  is: Record<'stage' | 'tier' | 'level' | 'tag' | 'audience', (name: string) => string>;
  tagValue: (name: string, rest: string) => string;
}

const units = { days: ['天', 'day'], hours: ['小时', 'hour'], minutes: ['分钟', 'minute'] } as const;
const unitOf = (s: Span): [number, readonly [string, string]] =>
  'days' in s ? [s.days, units.days] : 'hours' in s ? [s.hours, units.hours] : [s.minutes, units.minutes];

const zh: Words = {
  lang: 'zh',
  ops: {
    '=': '等于',
    '!=': '不等于',
    '>': '大于',
    '>=': '不少于',
    '<': '小于',
    '<=': '不超过',
    in: '属于',
    'not in': '不属于',
    contains: '包含',
    'starts with': '开头是',
    exists: '有值',
    'not exists': '没有值',
    before: '早于',
    after: '晚于',
  },
  join: (parts, all) => parts.join(all ? '，并且' : '，或者'),
  not: (s) => `不是（${s}）`,
  span: (s) => `${unitOf(s)[0]} ${unitOf(s)[1][0]}`,
  window: (w) => {
    if ('olderThan' in w) return `${zh.span(w.olderThan)}以前`;
    if ('days' in w || 'hours' in w || 'minutes' in w) return `最近 ${zh.span(w)}内`;
    return `${w.from ? `从 ${w.from} ` : ''}${w.to ? `到 ${w.to} 之前` : '起'}`;
  },
  quote: (s) => `「${s}」`,
  everyone: '所有人',
  anyEvent: '任意行为',
  event: (e, did, within) => {
    const when = within ? `${within}` : '';
    if (e.first) return `${when}首次${did}在${zh.window(e.first)}`;
    if (e.last) return `${when}最近一次${did}在${zh.window(e.last)}`;
    if (e.count) {
      if (e.count.op === '>=' && e.count.value === 1) return `${when}做过${did}`;
      if ((e.count.op === '=' && e.count.value === 0) || (e.count.op === '<' && e.count.value === 1)) return `${when}没有做过${did}`;
      return `${when}${did}的次数${zh.ops[e.count.op]} ${value(e.count.value, zh)}`;
    }
    const [fn, m] = measureOf(e);
    const name = { sum: '合计', avg: '平均', min: '最小', max: '最大', distinct: '不同值个数' }[fn];
    return `${when}${did}的 ${m.property} ${name}${compare(m, zh)}`;
  },
  sequence: (steps, span, during) => `${during}在 ${span}内依次${steps.join('，然后')}`,
  where: (parts) => `（${parts.join('，')}）`,
  trait: (name, rest) => `属性 ${name} ${rest}`,
  is: {
    stage: (n) => `处于「${n}」阶段`,
    tier: (n) => `是「${n}」`,
    level: (n) => `关系层级是「${n}」`,
    tag: (n) => `有标签「${n}」`,
    audience: (n) => `在人群「${n}」里`,
  },
  tagValue: (n, rest) => `标签「${n}」的值 ${rest}`,
};

const en: Words = {
  lang: 'en',
  ops: {
    '=': 'is',
    '!=': 'is not',
    '>': 'is more than',
    '>=': 'is at least',
    '<': 'is less than',
    '<=': 'is at most',
    in: 'is one of',
    'not in': 'is none of',
    contains: 'contains',
    'starts with': 'starts with',
    exists: 'has a value',
    'not exists': 'has no value',
    before: 'is before',
    after: 'is after',
  },
  join: (parts, all) => parts.join(all ? ' and ' : ' or '),
  not: (s) => `not (${s})`,
  span: (s) => `${unitOf(s)[0]} ${unitOf(s)[1][1]}${unitOf(s)[0] === 1 ? '' : 's'}`,
  window: (w) => {
    if ('olderThan' in w) return `more than ${en.span(w.olderThan)} ago`;
    if ('days' in w || 'hours' in w || 'minutes' in w) return `in the last ${en.span(w)}`;
    return [w.from ? `from ${w.from}` : '', w.to ? `until ${w.to}` : ''].filter(Boolean).join(' ');
  },
  quote: (s) => `"${s}"`,
  everyone: 'everyone',
  anyEvent: 'anything',
  event: (e, did, within) => {
    const when = within ? ` ${within}` : '';
    if (e.first) return `first did ${did}${when}: ${en.window(e.first)}`;
    if (e.last) return `last did ${did}${when}: ${en.window(e.last)}`;
    if (e.count) {
      if (e.count.op === '>=' && e.count.value === 1) return `did ${did}${when}`;
      if ((e.count.op === '=' && e.count.value === 0) || (e.count.op === '<' && e.count.value === 1)) return `did not do ${did}${when}`;
      return `the number of ${did}${when} ${en.ops[e.count.op]} ${value(e.count.value, en)}`;
    }
    const [fn, m] = measureOf(e);
    const name = { sum: 'sum', avg: 'average', min: 'least', max: 'greatest', distinct: 'number of different values' }[fn];
    return `the ${name} of ${m.property} of ${did}${when} ${compare(m, en)}`;
  },
  sequence: (steps, span, during) => `did ${steps.join(', then ')} within ${span}${during ? ` ${during}` : ''}`,
  where: (parts) => ` (${parts.join(', ')})`,
  trait: (name, rest) => `trait ${name} ${rest}`,
  is: {
    stage: (n) => `is in stage "${n}"`,
    tier: (n) => `is of tier "${n}"`,
    level: (n) => `is at level "${n}"`,
    tag: (n) => `has the tag "${n}"`,
    audience: (n) => `is in the audience "${n}"`,
  },
  tagValue: (n, rest) => `tag "${n}" ${rest}`,
};

function say(rule: Rule, defs: Definitions, w: Words, inner: boolean): string {
  const bracket = (s: string) => (inner ? (w.lang === 'zh' ? `（${s}）` : `(${s})`) : s);
  if ('all' in rule) {
    if (rule.all.length === 0) return w.everyone;
    return bracket(
      w.join(
        rule.all.map((r) => say(r, defs, w, true)),
        true,
      ),
    );
  }
  if ('any' in rule)
    return bracket(
      w.join(
        rule.any.map((r) => say(r, defs, w, true)),
        false,
      ),
    );
  if ('not' in rule) return w.not(say(rule.not, defs, w, false));
  const named = (list: { key: string; name: Names }[], key: string) => list.find((d) => d.key === key)?.name[w.lang] ?? key;
  if ('trait' in rule) return w.trait(rule.trait, compare(rule, w));
  if ('tag' in rule) {
    const name = named(defs.tags, rule.tag);
    if (!rule.op || rule.op === 'exists') return w.is.tag(name);
    return rule.op === 'not exists' ? w.not(w.is.tag(name)) : w.tagValue(name, compare(rule as Comparison, w));
  }
  if ('stage' in rule) return w.is.stage(named(defs.stages, rule.stage));
  if ('tier' in rule) return w.is.tier(named(defs.tiers, rule.tier));
  if ('level' in rule) return w.is.level(named(defs.levels, rule.level));
  if ('audience' in rule) return w.is.audience(defs.audiences.find((a) => a.id === rule.audience)?.name ?? rule.audience);
  if ('sequence' in rule)
    return w.sequence(
      rule.sequence.map((s) => step(s, w)),
      w.span(rule.within),
      rule.during ? w.window(rule.during) : '',
    );
  return w.event(rule, step(rule, w), rule.within ? w.window(rule.within) : '');
}

function step(s: Step, w: Words): string {
  const name = s.event === '*' ? w.anyEvent : w.quote(s.event);
  return s.where?.length ? `${name}${w.where(s.where.map((c) => `${c.property} ${compare(c, w)}`))}` : name;
}
function compare(c: Comparison, w: Words): string {
  return c.value === undefined ? w.ops[c.op] : `${w.ops[c.op]} ${value(c.value, w)}`;
}
function value(v: Value | undefined, w: Words): string {
  if (Array.isArray(v)) return v.map((x) => value(x, w)).join(w.lang === 'zh' ? '、' : ', ');
  return typeof v === 'string' ? w.quote(v) : String(v);
}
function measureOf(e: EventRule): ['sum' | 'avg' | 'min' | 'max' | 'distinct', Measured] {
  for (const m of ['sum', 'avg', 'min', 'max', 'distinct'] as const) if (e[m]) return [m, e[m]];
  throw new Error('an event rule has a measure');
}
function capital(s: string): string {
  return s.charAt(0).toUpperCase() + s.slice(1);
}
