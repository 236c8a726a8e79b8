import fc from 'fast-check';
import type { Rule, Window } from '../rule.ts';
import type { Row } from './slow.ts';

/** Random histories and rules, made so that they meet often: few names, few values, instants on the edges of the windows. */
export const NOW = Date.parse('2026-03-01T00:00:00Z');
const hour = 3_600_000;

const events = ['A', 'B', "C 'quoted'", 'Tag Added', 'Tag Removed'];
const properties = ['n', 's', 'mixed', 'deep.x', 'when', 'list', 'gone', 'odd`\\key'];
const texts = ['a', 'b', 'ab', 'B', '', "it's", '鱼塘', '5', '😀', '\uffee'];
const numbers = [0, 1, 2, 5, -3, 2.25, 1e6, 9007199254740991];
const instants = [
  '2026-02-01',
  '2026-02-01T08:00:00+08:00',
  '2026-02-31',
  '2026-02-15T10:00:00.250Z',
  '2026-02-15 10:00',
  '1999-12-31T23:59:59Z',
  '12',
  '2026-2-1',
];
const realInstants = ['2026-02-01', '2026-02-01T08:00:00+08:00', '2026-02-15T10:00:00.250Z', '2026-02-15T10:00:00Z'];

const scalar = fc.oneof(fc.constantFrom(...texts), fc.constantFrom(...numbers), fc.boolean());
const anything = fc.oneof(
  { weight: 6, arbitrary: scalar },
  fc.constantFrom(...instants),
  fc.constant(null),
  fc.array(fc.constantFrom(...texts), { maxLength: 3 }),
  fc.array(fc.constantFrom(1, 2, 5), { maxLength: 3 }),
  fc.array(fc.constantFrom(1, 2.25, 5), { maxLength: 3 }),
  fc.constant({ x: 1 }),
);

/** Times on a coarse grid, often exactly a window's length ago or a millisecond beside it, some in the future. */
export const time = fc
  .tuple(fc.constantFrom(0, 1, 2, 3, 6, 12, 24, 48, 72, 168, 720, -1), fc.constantFrom(0, 0, 1, -1, 1000))
  .map(([hours, off]) => NOW - hours * hour + off);

export const row = fc
  .record({
    time,
    key: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    type: fc.constantFrom('track', 'track', 'track', 'page', 'identify', 'identify'),
    event: fc.constantFrom(...events),
    source: fc.constantFrom('http', 'http', 'yutang'),
    n: fc.option(fc.constantFrom(...numbers), { nil: undefined }),
    s: fc.option(fc.constantFrom(...texts), { nil: undefined }),
    mixed: anything,
    deep: fc.option(fc.record({ x: anything, y: scalar }), { nil: undefined }),
    when: fc.constantFrom(...instants),
    list: fc.oneof(fc.array(fc.constantFrom(...texts), { maxLength: 3 }), fc.array(fc.constantFrom(1, 2, 5), { maxLength: 3 })),
    odd: fc.option(scalar, { nil: undefined }),
    tagKey: fc.constantFrom('hand', 'many', 'many', 'other'),
    by: fc.constantFrom('hand', 'import', 'rule', undefined),
    value: fc.option(scalar, { nil: undefined }),
  })
  .map((r): Omit<Row, 'personNo'> => {
    const tag = r.event.startsWith('Tag') && r.type !== 'identify';
    const props: Record<string, unknown> = tag
      ? { key: r.tagKey, by: r.by, value: r.value }
      : { n: r.n, s: r.s, mixed: r.mixed, deep: r.deep, when: r.when, list: r.list, 'odd`\\key': r.odd };
    for (const k of Object.keys(props)) if (props[k] === undefined) delete props[k];
    return { time: r.time, key: r.key, type: r.type, event: r.type === 'identify' ? '' : r.event, source: r.source, properties: props };
  });

const span = fc.constantFrom({ hours: 1 }, { hours: 2 }, { hours: 3 }, { days: 1 }, { days: 3 }, { minutes: 90 }, { days: 30 });
const window: fc.Arbitrary<Window> = fc.oneof(
  span,
  span.map((s) => ({ olderThan: s })),
  fc.constantFrom<Window>(
    { from: '2026-02-26T00:00:00Z', to: '2026-02-28T00:00:00Z' },
    { from: '2026-02-27' },
    { to: '2026-02-28T23:00:00Z' },
    { from: '2026-02-28T00:00:00Z', to: '2027-01-01' },
  ),
);
const condition = fc.oneof(
  fc.record({ op: fc.constantFrom('=', '!=', 'exists', 'not exists'), value: scalar }),
  fc.record({ op: fc.constantFrom('>', '>=', '<', '<='), value: fc.oneof(fc.constantFrom(...texts), fc.constantFrom(...numbers)) }),
  fc.record({
    op: fc.constantFrom('in', 'not in'),
    value: fc.oneof(
      fc.array(fc.constantFrom(...texts), { minLength: 1, maxLength: 3 }),
      fc.array(fc.constantFrom(...numbers), { minLength: 1, maxLength: 3 }),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 2 }),
    ),
  }),
  fc.record({ op: fc.constant('contains'), value: fc.oneof(fc.constantFrom(...texts), fc.constantFrom(1, 2, 2.25, 5)) }),
  fc.record({ op: fc.constant('starts with'), value: fc.constantFrom(...texts) }),
  fc.record({ op: fc.constantFrom('before', 'after'), value: fc.constantFrom(...realInstants) }),
);
const shaped = (c: { op: string; value?: unknown }) => (c.op.endsWith('exists') ? { op: c.op } : c);
const where = fc.tuple(fc.constantFrom(...properties), condition).map(([property, c]) => ({ property, ...shaped(c) }));
const step = fc
  .tuple(
    fc.constantFrom(...events.slice(0, 3), '*'),
    fc.option(fc.array(where, { minLength: 1, maxLength: 2 }), { nil: undefined, freq: 2 }),
  )
  .map(([event, w]) => ({ event, ...(w ? { where: w } : {}) }));
const counted = fc.oneof(
  fc.record({ op: fc.constantFrom('=', '!=', '>', '>=', '<', '<='), value: fc.constantFrom(0, 1, 2, 3) }),
  fc.record({ op: fc.constantFrom('in', 'not in'), value: fc.constantFrom([0, 2], [1], [2, 3, 2.5]) }),
);
const amount = fc
  .record({ op: fc.constantFrom('=', '!=', '>', '>=', '<', '<=', 'exists', 'not exists'), value: fc.constantFrom(...numbers) })
  .map(shaped);
const measured = fc
  .tuple(fc.constantFrom('n', 'mixed', 'deep.x', 'gone'), fc.constantFrom('avg', 'min', 'max'))
  .chain(([property, m]) => amount.map((c) => ({ [m]: { property, ...c } })));
const measure = fc.oneof(
  fc.constant({}),
  counted.map((count) => ({ count })),
  fc.tuple(fc.constantFrom('n', 'mixed', 'gone'), counted).map(([property, c]) => ({ sum: { property, ...c } })),
  fc.tuple(fc.constantFrom('n', 'mixed', 's', 'list'), counted).map(([property, c]) => ({ distinct: { property, ...c } })),
  measured,
  window.map((first) => ({ first })),
  window.map((last) => ({ last })),
);
const eventRule = fc
  .tuple(step, fc.option(window, { nil: undefined }), measure)
  .map(([s, w, m]) => ({ ...s, ...(w ? { within: w } : {}), ...m }));
const sequence = fc
  .tuple(fc.array(step, { minLength: 1, maxLength: 4 }), span, fc.option(window, { nil: undefined }))
  .map(([s, within, during]) => ({ sequence: s, within, ...(during ? { during } : {}) }));
const trait = fc.tuple(fc.constantFrom(...properties), condition).map(([t, c]) => ({ trait: t, ...shaped(c) }));
const tag = fc
  .tuple(fc.constantFrom('hand', 'ruled'), fc.oneof(fc.constant({}), condition.map(shaped)))
  .map(([t, c]) => ({ tag: t, ...c }));
const reference = fc.constantFrom(
  { stage: 's1' },
  { stage: 's2' },
  { tier: 't1' },
  { level: 'l1' },
  { level: 'l2' },
  { audience: 'aud_1' },
);

/** As it would be typed; to be parsed. */
export const rule = fc.letrec<{ rule: Rule }>((tie) => ({
  rule: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 6, arbitrary: eventRule },
    { weight: 3, arbitrary: sequence },
    { weight: 3, arbitrary: trait },
    { weight: 2, arbitrary: tag },
    { weight: 1, arbitrary: reference },
    { weight: 2, arbitrary: fc.array(tie('rule'), { minLength: 1, maxLength: 3 }).map((all) => ({ all })) },
    { weight: 2, arbitrary: fc.array(tie('rule'), { minLength: 1, maxLength: 3 }).map((any) => ({ any })) },
    { weight: 1, arbitrary: tie('rule').map((not) => ({ not })) },
  ) as fc.Arbitrary<Rule>,
})).rule;
