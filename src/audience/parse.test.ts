import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createExpander, noDefinitions } from './expand.ts';
import { instantMs } from './instant.ts';
import { parseRule } from './parse.ts';
import type { Rule } from './rule.ts';
import { sentenceOf } from './sentence.ts';
import { rule } from './test/random.ts';
import { warningsOf } from './warnings.ts';

/** What is wrong, the field that is named, a part of the reason. */
const bad: [unknown, string, RegExp][] = [
  [null, 'rule', /must be a rule, an object; it is null/],
  ['x', 'rule', /it is a text/],
  [[], 'rule', /it is a list/],
  [{}, 'rule', /needs one of all, any, not/],
  [{ foo: 1 }, 'rule', /needs one of/],
  [{ all: [], any: [] }, 'rule', /side by side/],
  [{ all: 'x' }, 'rule.all', /must be a list/],
  [{ any: [] }, 'rule.any', /is empty/],
  [{ all: [{ event: 'A' }, 3] }, 'rule.all[1]', /it is number 3/],
  [{ not: [] }, 'rule.not', /it is a list/],
  [{ all: [{ event: 'A' }], op: '=' }, 'rule.op', /is not known here/],
  [{ event: '' }, 'rule.event', /is empty/],
  [{ event: 5 }, 'rule.event', /must be the name of an event/],
  [{ event: 'A\u0000' }, 'rule.event', /NUL/],
  [{ event: 'x'.repeat(501) }, 'rule.event', /longer than 500/],
  [{ event: 'A', wihtin: { days: 1 } }, 'rule.wihtin', /allowed: event, where, within/],
  [{ event: 'A', where: {} }, 'rule.where', /must be a list/],
  [{ event: 'A', where: [{ op: '=' }] }, 'rule.where[0].property', /must be the name of a property/],
  [{ event: 'A', where: [{ property: 'a..b', op: '=', value: 1 }] }, 'rule.where[0].property', /empty part/],
  [{ event: 'A', where: [{ property: 'a', op: '==', value: 1 }] }, 'rule.where[0].op', /"==" is not an operator/],
  [{ event: 'A', where: [{ property: 'a', value: 1 }] }, 'rule.where[0].op', /is missing/],
  [{ event: 'A', where: [{ property: 'a', op: '=' }] }, 'rule.where[0].value', /needs a value/],
  [{ event: 'A', where: [{ property: 'a', op: '=', value: null }] }, 'rule.where[0].value', /it is null/],
  [{ event: 'A', where: [{ property: 'a', op: '=', value: [1] }] }, 'rule.where[0].value', /for a list use "in"/],
  [{ event: 'A', where: [{ property: 'a', op: 'in', value: 1 }] }, 'rule.where[0].value', /must be a list/],
  [{ event: 'A', where: [{ property: 'a', op: 'in', value: [1, 'x'] }] }, 'rule.where[0].value[1]', /a text among numbers/],
  [{ event: 'A', where: [{ property: 'a', op: 'exists', value: 1 }] }, 'rule.where[0].value', /leave it out/],
  [{ event: 'A', where: [{ property: 'a', op: 'before', value: 'yesterday' }] }, 'rule.where[0].value', /ISO instant/],
  [{ event: 'A', where: [{ property: 'a', op: 'after', value: '2026-02-30' }] }, 'rule.where[0].value', /ISO instant/],
  [{ event: 'A', where: [{ property: 'a', op: 'starts with', value: 1 }] }, 'rule.where[0].value', /must be a text/],
  [{ event: 'A', where: [{ property: 'a', op: '>', value: true }] }, 'rule.where[0].value', /has no order/],
  [{ event: 'A', within: { days: 0 } }, 'rule.within.days', /above 0/],
  [{ event: 'A', within: { days: '7' } }, 'rule.within.days', /above 0; it is a text/],
  [{ event: 'A', within: { days: 1e9 } }, 'rule.within.days', /100 years/],
  [{ event: 'A', within: { days: 1, hours: 1 } }, 'rule.within', /exactly one of days, hours, minutes/],
  [{ event: 'A', within: {} }, 'rule.within', /exactly one of/],
  [{ event: 'A', within: { days: 1, from: '2026-01-01' } }, 'rule.within', /exactly one of/],
  [{ event: 'A', within: { from: 'x' } }, 'rule.within.from', /ISO instant/],
  [{ event: 'A', within: { from: '2026-02-01', to: '2026-01-01' } }, 'rule.within', /must be before/],
  [{ event: 'A', within: { olderThan: { weeks: 1 } } }, 'rule.within.olderThan.weeks', /allowed: days, hours, minutes/],
  [{ event: 'A', count: { op: '>=', value: 1 }, last: { days: 1 } }, 'rule', /count and last/],
  [{ event: 'A', count: { op: 'contains', value: 1 } }, 'rule.count.op', /not an operator here/],
  [{ event: 'A', count: { op: '>=', value: '1' } }, 'rule.count.value', /must be a number/],
  [{ event: 'A', count: { op: '>=', value: Number.NaN } }, 'rule.count.value', /must be a number/],
  [{ event: 'A', sum: { op: '>', value: 1 } }, 'rule.sum.property', /must be the name/],
  [{ event: 'A', sum: { property: 'p', op: 'exists' } }, 'rule.sum.op', /not an operator here/],
  [{ event: 'A', first: 3 }, 'rule.first', /must be a window/],
  [{ trait: 'city' }, 'rule.op', /is missing/],
  [{ trait: '', op: 'exists' }, 'rule.trait', /is empty/],
  [{ tag: 'x', op: '=' }, 'rule.value', /needs a value/],
  [{ stage: 1 }, 'rule.stage', /the key of a stage/],
  [{ audience: '' }, 'rule.audience', /the id of an audience/],
  [{ sequence: [], within: { days: 1 } }, 'rule.sequence', /is empty/],
  [{ sequence: [{ event: 'A' }] }, 'rule.within', /is missing/],
  [{ sequence: [{ event: 'A' }, {}], within: { days: 1 } }, 'rule.sequence[1].event', /must be the name of an event/],
  [{ sequence: [{ event: 'A', within: { days: 1 } }], within: { days: 1 } }, 'rule.sequence[0].within', /allowed: event, where/],
  [{ sequence: [{ event: 'A' }], within: { from: '2026-01-01' } }, 'rule.within.from', /allowed: days, hours, minutes/],
  [nest(25), `rule${'.not'.repeat(21)}`, /deeper than 20/],
  [{ any: Array.from({ length: 600 }, () => ({ event: 'A' })) }, 'rule.any', /at most 500/],
];

test.each(bad)('%j is refused at %s', (input, field, reason) => {
  const { rule: parsed, errors } = parseRule(input);
  expect(parsed).toBeNull();
  expect(errors.find((e) => e.field === field)?.reason, JSON.stringify(errors)).toMatch(reason);
});

test('one answer names every bad field', () => {
  const { errors } = parseRule({ all: [{ event: '' }, { trait: 'a', op: '?' }, { sequence: [{}], within: { days: -1 } }] });
  expect(errors.map((e) => e.field)).toEqual([
    'rule.all[0].event',
    'rule.all[1].op',
    'rule.all[2].sequence[0].event',
    'rule.all[2].within.days',
  ]);
});

test('the normal form: flat, without double negation and repeats, the measure written out, a fixed point', () => {
  const form = (r: unknown) => parseRule(r).rule;
  expect(form({ all: [{ all: [{ event: 'A' }, { event: 'A' }] }, { not: { not: { stage: 's' } } }] })).toEqual({
    all: [{ event: 'A', count: { op: '>=', value: 1 } }, { stage: 's' }],
  });
  expect(form({ any: [{ event: 'A', where: [] }] })).toEqual({ event: 'A', count: { op: '>=', value: 1 } });
  fc.assert(
    fc.property(rule, (r) => {
      const once = form(r);
      expect(form(once)).toEqual(once);
      // Any rule has words, and warnings do not throw.
      expect(sentenceOf(once as Rule, noDefinitions).zh.length).toBeGreaterThan(0);
      warningsOf(once as Rule, { events: [{ event: 'A', properties: [{ name: 'n', types: ['text'] }] }], traits: [] });
    }),
    { numRuns: 200 },
  );
});

test('anything at all is read without a throw', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.anything(), fc.jsonValue(), fc.dictionary(fc.constantFrom('all', 'any', 'event', 'where', 'within'), fc.jsonValue())),
      (input) => {
        const { rule: parsed, errors } = parseRule(input);
        expect((parsed === null) === errors.length > 0).toBe(true);
      },
    ),
    { numRuns: 500 },
  );
});

test('references to what is not there name the field and what there is', () => {
  const expander = createExpander({
    ...noDefinitions,
    stages: [{ id: '1', key: 'new', name: { zh: '新', en: 'New' }, rule: { all: [] } }],
  });
  expander.expand({ all: [{ stage: 'old' }, { not: { tag: 'x' } }, { audience: 'aud_9' }] });
  expect(expander.errors).toEqual([
    { field: 'rule.all[0].stage', reason: 'there is no stage "old"; there are: new' },
    { field: 'rule.all[1].not.tag', reason: 'there is no tag "x"; create it first, or choose one that is there' },
    { field: 'rule.all[2].audience', reason: 'there is no audience "aud_9"' },
  ]);
});

test('a comparison with a type that the values do not have is warned of', () => {
  const catalogue = {
    events: [{ event: 'Paid', properties: [{ name: 'city', types: ['text'] }] }],
    traits: [{ name: 'age', types: ['number'] }],
  };
  const warn = (r: unknown) => warningsOf(parseRule(r).rule!, catalogue).map((w) => `${w.path}: ${w.message}`);
  expect(warn({ trait: 'age', op: '=', value: '18' })).toEqual([
    'rule: trait "age" is number, but "=" here compares it as text: this is never true',
  ]);
  expect(warn({ event: 'Paid', where: [{ property: 'city', op: '>', value: 1 }] })).toEqual([
    'rule.where[0]: property "city" of "Paid" is text, but ">" here compares it as number: this is never true',
  ]);
  expect(warn({ event: 'Payed' })).toEqual(['rule.event: no event "Payed" has come in so far']);
  expect(warn({ event: 'Paid', where: [{ property: 'city', op: 'contains', value: 'a' }] })).toEqual([]);
});

test('instants', () => {
  expect(instantMs('2026-01-31')).toBe(Date.UTC(2026, 0, 31));
  expect(instantMs('2026-01-31T08:00:00+08:00')).toBe(Date.UTC(2026, 0, 31));
  expect(instantMs('2026-01-31 08:00')).toBe(Date.UTC(2026, 0, 31, 8));
  for (const no of ['', '2026', '2026-02-29', '2026-13-01', '31.01.2026', '2026-01-31T25:00', '1776-07-04'])
    expect(instantMs(no), no).toBeNull();
});

test('words', () => {
  const words = sentenceOf(
    parseRule({
      all: [
        { event: 'Order Completed', within: { days: 30 }, count: { op: '>=', value: 2 } },
        { not: { event: '*', within: { days: 7 } } },
      ],
    }).rule!,
    noDefinitions,
  );
  expect(words).toEqual({
    zh: '最近 30 天内「Order Completed」的次数不少于 2，并且不是（最近 7 天内做过任意行为）',
    en: 'The number of "Order Completed" in the last 30 days is at least 2 and not (did anything in the last 7 days)',
  });
});

function nest(depth: number): unknown {
  let r: unknown = { event: 'A' };
  for (let i = 0; i < depth; i++) r = { not: r };
  return r;
}
