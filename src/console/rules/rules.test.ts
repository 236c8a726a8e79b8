import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Rule } from '../api/rule.ts';
import { fromRule, toRule } from './convert.ts';
import { type EventState, emptyGroup, emptyLeaf, type GroupState, unfinished } from './state.ts';

const examples: [string, Rule][] = [
  [
    'event with everything',
    {
      event: 'Order Completed',
      where: [{ property: 'revenue', op: '>', value: 100 }],
      within: { days: 30 },
      sum: { property: 'revenue_fen', op: '>=', value: 50000 },
    },
  ],
  ['event with no measure', { event: 'Order Completed' }],
  ['last more than 90 days ago', { event: 'Order Completed', last: { olderThan: { days: 90 } } }],
  ['between dates', { event: 'Page', within: { from: '2026-01-01T00:00:00Z' }, count: { op: '=', value: 0 } }],
  [
    'sequence',
    {
      sequence: [{ event: 'Product Viewed' }, { event: 'Order Completed', where: [{ property: 'coupon', op: 'exists' }] }],
      within: { hours: 48 },
      during: { days: 90 },
    },
  ],
  ['trait in', { trait: 'city', op: 'in', value: ['杭州', '上海'] }],
  ['trait exists', { trait: 'phone', op: 'exists' }],
  ['tag with value', { tag: 'favourite', op: '=', value: 'tea' }],
  ['plain tag', { tag: 'big_spender' }],
  ['not of a group', { not: { any: [{ stage: 'churned' }, { tier: 'lost' }] } }],
  ['nested', { all: [{ level: 'buyer' }, { any: [{ audience: 'a1' }, { not: { stage: 'new' } }] }] }],
];

describe('rule builder', () => {
  test.each(examples)('%s opens and saves as it was', (_name, rule) => {
    expect(toRule(fromRule(rule))).toEqual(rule);
  });

  test('unfinished conditions are left out and counted', () => {
    const done: EventState = { ...(emptyLeaf('event') as EventState), event: 'Signed Up' };
    const root = emptyGroup('any', [done, emptyLeaf('trait'), emptyGroup('all', [emptyLeaf('sequence')])]);
    expect(toRule(root)).toEqual({ any: [{ event: 'Signed Up', within: { days: 30 }, count: { op: '>=', value: 1 } }] });
    expect(unfinished(root)).toBe(2);
  });

  test('nothing chosen is no rule', () => {
    expect(toRule(emptyGroup())).toBeUndefined();
    expect(toRule(emptyGroup('all', [emptyLeaf('stage')]))).toBeUndefined();
    expect(toRule(fromRule(null))).toBeUndefined();
  });

  test('zero and false are values', () => {
    const rule: Rule = {
      all: [
        { trait: 'balance', op: '=', value: 0 },
        { trait: 'vip', op: '=', value: false },
      ],
    };
    expect(toRule(fromRule(rule))).toEqual(rule);
  });

  const key = fc.stringMatching(/^[a-z]{1,6}$/);
  const leaf: fc.Arbitrary<Rule> = fc.oneof(
    fc.record({ stage: key }),
    fc.record({ level: key }),
    fc.record({ trait: key, op: fc.constantFrom('=', '!=', 'contains'), value: key }) as fc.Arbitrary<Rule>,
    fc.record({ event: key, count: fc.record({ op: fc.constantFrom('>=', '<'), value: fc.nat() }) }) as fc.Arbitrary<Rule>,
  );
  const { rule } = fc.letrec<{ rule: Rule }>((tie) => ({
    rule: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.record({ all: fc.array(tie('rule'), { minLength: 2, maxLength: 3 }) }) as fc.Arbitrary<Rule>,
      fc.record({ any: fc.array(tie('rule'), { minLength: 2, maxLength: 3 }) }) as fc.Arbitrary<Rule>,
      fc.record({ not: tie('rule') }) as fc.Arbitrary<Rule>,
    ),
  }));

  /** Who satisfies it, for a meaning that needs no engine: leaves are true or false by their text. */
  const holds = (one: Rule): boolean => {
    if ('all' in one) return one.all.every(holds);
    if ('any' in one) return one.any.some(holds);
    if ('not' in one) return !holds(one.not);
    return JSON.stringify(one).length % 2 === 0;
  };

  test('any rule keeps its meaning, and a second round changes nothing', () => {
    fc.assert(
      fc.property(rule, (one) => {
        const once = toRule(fromRule(one)) as Rule;
        expect(holds(once)).toBe(holds(one));
        expect(toRule(fromRule(once))).toEqual(once);
      }),
    );
  });

  test('opening gives every part its own id', () => {
    fc.assert(
      fc.property(rule, (one) => {
        const ids: string[] = [];
        const walk = (node: GroupState['children'][number]) => {
          ids.push(node.id);
          if (node.kind === 'group') node.children.forEach(walk);
        };
        walk(fromRule(one));
        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });
});
