import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mean, median, newcombe, proportion, quantile, variance, wilson } from '../index.ts';

describe('intervals', () => {
  it('agree with published figures', () => {
    // Newcombe 1998 (Statistics in Medicine 17, 857–872), table I, method 3 (score without correction).
    const table: [number, number, number, number][] = [
      [81, 263, 0.2553, 0.3662],
      [15, 148, 0.0624, 0.1605],
      [0, 20, 0, 0.1611],
      [1, 29, 0.0061, 0.1718],
    ];
    for (const [part, of, low, high] of table) {
      expect(wilson(part, of).low).toBeCloseTo(low, 4);
      expect(wilson(part, of).high).toBeCloseTo(high, 4);
    }
    // Newcombe 1998 (17, 873–890), table II, method 10.
    const pairs: [number, number, number, number, number, number][] = [
      [56, 70, 48, 80, 0.0524, 0.3339],
      [9, 10, 3, 10, 0.1705, 0.809],
      [5, 56, 0, 29, -0.0381, 0.1926],
      [10, 10, 0, 10, 0.6075, 1],
    ];
    for (const [a, m, b, n, low, high] of pairs) {
      const got = newcombe({ part: a, of: m }, { part: b, of: n });
      expect(got.low).toBeCloseTo(low, 4);
      expect(got.high).toBeCloseTo(high, 4);
    }
  });

  it('agree with R', () => {
    // binom::binom.wilson of R 4, to ten places.
    const table: [number, number, number, number][] = [
      [682, 925, 0.7079959876196, 0.7646358009715],
      [0, 20, 0, 0.1611251580528],
      [3, 41, 0.02519783063391, 0.1942744853772],
      [19, 20, 0.7638688065533, 0.9911185511992],
    ];
    for (const [part, of, low, high] of table) {
      expect(wilson(part, of).low).toBeCloseTo(low, 10);
      expect(wilson(part, of).high).toBeCloseTo(high, 10);
    }
  });

  it('hold the share and stay within 0 and 1', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (of, at) => {
        const part = Math.round(of * at);
        const { low, high } = wilson(part, of);
        return low >= 0 && high <= 1 && low <= part / of && part / of <= high;
      }),
    );
  });

  it('say when there is not enough', () => {
    expect(proportion(3, 29)).toMatchObject({ enough: false });
    expect(proportion(3, 30)).toMatchObject({ enough: true, share: 0.1 });
    expect(proportion(0, 0)).toEqual({ part: 0, of: 0, share: null, low: null, high: null, enough: false });
  });
});

describe('summaries', () => {
  it('are those of R', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(quantile([1, 2, 3, 4, 5], 0.9)).toBeCloseTo(4.6);
    expect(median([])).toBeNull();
    expect(mean([1, 2, 6])).toBe(3);
    expect(variance([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(32 / 7);
    expect(variance([1])).toBeNull();
  });
});
