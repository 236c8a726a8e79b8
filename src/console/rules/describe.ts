import type { TFunction } from 'i18next';
import type { Op, Rule, Value, Where, Window } from '../api/rule.ts';
import { eventName } from '../i18n/event-name.ts';
import type { Labels } from '../ui/labels.tsx';

export const OP_KEYS: Record<Op, string> = {
  '=': 'eq',
  '!=': 'ne',
  '>': 'gt',
  '>=': 'gte',
  '<': 'lt',
  '<=': 'lte',
  in: 'in',
  'not in': 'nin',
  contains: 'contains',
  'starts with': 'starts',
  exists: 'exists',
  'not exists': 'nexists',
  before: 'before',
  after: 'after',
};

export interface Words {
  t: TFunction;
  label: Labels['label'];
  audience: (id: string) => string;
}

const SYMBOLS: Partial<Record<Op, string>> = { '=': '=', '!=': '≠', '>': '>', '>=': '≥', '<': '<', '<=': '≤' };
const opWord = (t: TFunction, op: Op): string => SYMBOLS[op] ?? t(`rule.op.${OP_KEYS[op]}`);
const valueWord = (value: Value | undefined): string =>
  Array.isArray(value) ? value.join('、') : value === undefined ? '' : String(value);

export function sayWindow(window: Window | undefined, t: TFunction): string {
  if (!window) return t('rule.window.always');
  const older = 'olderThan' in window;
  const span = older ? window.olderThan : window;
  for (const unit of ['days', 'hours', 'minutes'] as const) {
    if (unit in span)
      return t(older ? 'rule.say.older' : 'rule.say.last', { n: (span as Record<string, number>)[unit], unit: t(`common.${unit}`) });
  }
  const { from, to } = window as { from?: string; to?: string };
  return t('rule.say.between', { from: from?.slice(0, 10) ?? t('rule.say.open'), to: to?.slice(0, 10) ?? t('rule.say.open') });
}

export const sayWhere = (where: Where[], t: TFunction): string =>
  where.map((one) => `${one.property} ${opWord(t, one.op)} ${valueWord(one.value)}`.trim()).join(t('rule.say.all'));

function sayEvent(rule: Extract<Rule, { event: string }>, words: Words): string {
  const { t } = words;
  const when = rule.within ? t('rule.say.within', { when: sayWindow(rule.within, t) }) : '';
  const where = rule.where?.length ? t('rule.say.where', { x: sayWhere(rule.where, t) }) : '';
  let text = t('rule.say.did', { event: eventName(t, rule.event), when, where });
  if (rule.count && !(rule.count.op === '>=' && rule.count.value === 1))
    text += t('rule.say.count', { op: opWord(t, rule.count.op), n: rule.count.value });
  for (const kind of ['sum', 'avg', 'min', 'max', 'distinct'] as const) {
    const measured = rule[kind];
    if (measured)
      text += t('rule.say.measured', {
        measure: t(`rule.measure.${kind}`),
        property: measured.property,
        op: opWord(t, measured.op),
        n: measured.value,
      });
  }
  for (const kind of ['first', 'last'] as const) {
    if (rule[kind]) text += t('rule.say.firstLast', { measure: t(`rule.measure.${kind}`), when: sayWindow(rule[kind], t) });
  }
  return text;
}

/** A rule as a sentence, for places where asking the server for one would cost a count. */
export function describeRule(rule: Rule | null | undefined, words: Words, nested = false): string {
  const { t, label } = words;
  if (!rule) return t('rule.say.everyone');
  const join = (rules: Rule[], by: string) => {
    const text = rules.map((one) => describeRule(one, words, rules.length > 1)).join(by);
    return nested && rules.length > 1 ? `（${text}）` : text;
  };
  if ('all' in rule) return rule.all.length ? join(rule.all, t('rule.say.all')) : t('rule.say.everyone');
  if ('any' in rule) return join(rule.any, t('rule.say.any'));
  if ('not' in rule) return t('rule.say.not', { x: describeRule(rule.not, words) });
  if ('trait' in rule) return t('rule.say.trait', { key: rule.trait, op: opWord(t, rule.op), value: valueWord(rule.value) }).trim();
  if ('tag' in rule) {
    if (!rule.op) return t('rule.say.tag', { x: label('tags', rule.tag) });
    return t('rule.say.tagOp', { key: label('tags', rule.tag), op: opWord(t, rule.op), value: valueWord(rule.value) }).trim();
  }
  if ('stage' in rule) return t('rule.say.stage', { x: label('stages', rule.stage) });
  if ('tier' in rule) return t('rule.say.tier', { x: label('tiers', rule.tier) });
  if ('level' in rule) return t('rule.say.level', { x: label('levels', rule.level) });
  if ('audience' in rule) return t('rule.say.audience', { x: words.audience(rule.audience) });
  if ('sequence' in rule) {
    const steps = rule.sequence
      .map((step) => `“${eventName(t, step.event)}”${step.where?.length ? t('rule.say.where', { x: sayWhere(step.where, t) }) : ''}`)
      .join(' → ');
    const span = sayWindow(rule.within, t).replace(/^(近|in the last) ?/, '');
    return t('rule.say.sequence', { span, steps });
  }
  return sayEvent(rule, words);
}
