import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Incoming, readMessage } from './message.ts';
import { Rows } from './rows.ts';
import { spansOf } from './sent.ts';

/** The stored line of each message of a body, and how many of its bags were taken as they were sent. */
function lines(body: string): { line: Record<string, unknown>; asSent: number }[] {
  const bytes = Buffer.from(body);
  const parsed = JSON.parse(body) as { batch: Record<string, unknown>[]; context?: unknown };
  const spans = spansOf(bytes, false)!;
  return parsed.batch.map((m, i) => {
    const own = spans.messages[i];
    const item = readMessage(m, m.type, 1, 'http', own && { bytes, spans: own }) as Incoming;
    expect(item).not.toHaveProperty('reason');
    const rows = new Rows(0);
    rows.add(1, 2, 3, 4, 5, 6, item);
    const asSent = [item.sent?.properties, item.sent?.context].filter((s) => s !== undefined).length;
    return { line: JSON.parse(rows.slice(0, 1).toString()) as Record<string, unknown>, asSent };
  });
}

const bag = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<unknown>, { maxKeys: 6 });
const message = (properties: string, more = '') =>
  `{"batch":[{"type":"track","event":"E","userId":"u","properties":${properties}${more}}]}`;

describe('texts as they were sent', () => {
  it('stores the same values whatever the message, however it is spaced', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ properties: bag, context: bag, traits: bag }, { requiredKeys: [] }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 0, max: 3 }),
        (list, space) => {
          const batch = list.map((m, i) => ({
            ...m,
            context: { ...m.context, externalIds: undefined },
            type: 'track',
            event: `E${i}`,
            userId: 'u',
          }));
          const body = JSON.stringify({ sentAt: 'x', batch }, null, space);
          const expected = (JSON.parse(body) as { batch: Record<string, unknown>[] }).batch;
          lines(body).forEach(({ line }, i) => {
            const { revenue_fen: _, ...properties } = line.properties as Record<string, unknown>;
            const { revenue_fen: __, ...given } = (expected[i]!.properties ?? {}) as Record<string, unknown>;
            expect(properties).toEqual(given);
            expect(line.context).toEqual(expected[i]!.context);
            expect(line.event).toBe(`E${i}`);
          });
        },
      ),
      { numRuns: 300 },
    );
  });

  it('takes text as it is where it reads like its value', () => {
    expect(lines(message('{"a":"商品\\u4e2d","b":[1,{"c":null}],"d":12.5}', ',"context":{"ip":"::1"}'))[0]).toMatchObject({ asSent: 2 });
    const stamped = lines(message('{"revenue":12.5 }'))[0]!;
    expect(stamped).toMatchObject({ asSent: 1, line: { properties: { revenue: 12.5, revenue_fen: 1250 } } });
  });

  it.each([
    ['a whole number with a fraction', '{"a":1.0}', { a: 1 }],
    ['many digits', '{"a":12345678901234567890}', { a: 12345678901234567000 }],
    ['an exponent', '{"a":1e5}', { a: 100000 }],
    ['a repeated key', '{"a":1,"a":2}', { a: 2 }],
    ['a repeated key inside', '{"a":{"b":1,"b":2}}', { a: { b: 2 } }],
  ])('makes the text anew for %s', (_, text, value) => {
    expect(lines(message(text))[0]).toMatchObject({ asSent: 0, line: { properties: value } });
  });

  it('is not misled by repeated, escaped or other names', () => {
    expect(lines(message('{"a":1}', ',"properties":{"b":2}'))[0]!.line.properties).toEqual({ b: 2 });
    expect(lines(message('{"a":1}', ',"prop\\u0065rties":{"b":2}'))[0]!.line.properties).toEqual({ b: 2 });
    expect(lines(message('{"a":1.0}', ',"traits":{"b":2}'))[0]!.line.properties).toEqual({ a: 1 });
    const two =
      '{"batch":[{"type":"track","event":"E","userId":"u","properties":{"a":1}}],"b\\u0061tch":[{"type":"track","event":"E","userId":"u","properties":{"b":2}}]}';
    expect(lines(two)[0]!.line.properties).toEqual({ b: 2 });
    expect(spansOf(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), true)).toBeUndefined();
  });

  it('makes the text anew when somebody has put another bag in its place', () => {
    const bytes = Buffer.from('{"type":"track","event":"E","userId":"u","properties":{"phone":"1"}}');
    const read = readMessage(JSON.parse(bytes.toString()), 'track', 1, 'http', { bytes, spans: spansOf(bytes, true)!.messages[0]! });
    const rows = new Rows(0);
    rows.add(1, 2, 3, 4, 5, 6, { ...(read as Incoming), properties: { phone: 'hidden' } });
    expect(rows.slice(0, 1).toString()).toContain('"properties":{"phone":"hidden"}');
  });
});
