import type { Rule } from '../api/rule.ts';

/** Rules that most pools begin with. Money is in fen. */
export const TEMPLATES: { key: 'second' | 'silent' | 'big' | 'viewed'; rule: Rule }[] = [
  {
    key: 'second',
    rule: {
      all: [
        { event: 'Order Completed', count: { op: '=', value: 1 } },
        { event: 'Order Completed', last: { olderThan: { days: 30 } } },
      ],
    },
  },
  { key: 'silent', rule: { not: { event: '*', within: { days: 30 } } } },
  { key: 'big', rule: { event: 'Order Completed', within: { days: 90 }, sum: { property: 'revenue_fen', op: '>=', value: 50_000 } } },
  {
    key: 'viewed',
    rule: { all: [{ event: 'Product Viewed', within: { days: 7 } }, { not: { event: 'Order Completed', within: { days: 7 } } }] },
  },
];
