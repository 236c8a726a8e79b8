import { describe, expect, it } from 'vitest';
import { normalDraw, seeded } from '../random.ts';
import { compare } from './compare.ts';
import { sumsOf } from './lists.ts';
import { peopleForShares, sequentialFactor } from './power.ts';
import { chiSquareTail, normalQuantile, normalTail, tQuantile, tTail } from './special.ts';
import { sampleRatio } from './srm.ts';
import { incremental, stratified } from './stratified.ts';

/** Beside the published cases: against SciPy, against first principles, and against chance itself. */

/** t, degrees of freedom, P(T > t): scipy.stats.t.sf. */
const SCIPY_T: [number, number, number][] = [
  [0.3, 2, 0.3962428304200888],
  [2.1, 7.5, 0.035618535729039044],
  [-1.2, 30, 0.8802348245551688],
  [5, 100, 1.225086706751901e-6],
  [12, 4, 0.0001382142742514865],
  [3, 6087.4, 0.001355364179009603],
  [4.5, 2000000.0, 3.3978641844944604e-6],
];
/** p, degrees of freedom, quantile: scipy.stats.t.ppf. */
const SCIPY_TQ: [number, number, number][] = [
  [0.975, 1.5, 6.016663104427929],
  [0.975, 17.776, 2.102821310380221],
  [0.2, 5, -0.9195437802408267],
  [0.995, 6087.4, 2.576637201706711],
  [0.99999, 12, 6.765169241810456],
  [0.6, 2000000.0, 0.25334713683681803],
  [0.975, 30000000.0, 1.9599640636157647],
];

describe('special functions', () => {
  it('agree with SciPy 1.17 in the middle and far out', () => {
    for (const [t, df, tail] of SCIPY_T) expect(tTail(t, df) / tail).toBeCloseTo(1, 6);
    for (const [p, df, quantile] of SCIPY_TQ) expect(tQuantile(p, df) / quantile).toBeCloseTo(1, 7);
    expect(normalTail(20) / 2.7536241186062337e-89).toBeCloseTo(1, 9);
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 12);
    expect(chiSquareTail(50, 3) / 7.989179244951495e-11).toBeCloseTo(1, 8);
  });
});

describe('CUPED', () => {
  it('is the regression on what was before, and takes its share of the variance off', () => {
    const random = seeded(11);
    const arm = (lift: number) => {
      const before: number[] = [];
      const after: number[] = [];
      for (let i = 0; i < 4_000; i++) {
        const x = 10 + 3 * normalDraw(random);
        before.push(x);
        after.push(0.8 * x + 1.8 * normalDraw(random) + lift);
      }
      const products = before.reduce((s, x, i) => s + x * after[i]!, 0);
      return {
        plain: sumsOf(after),
        cuped: { kind: 'cuped', n: after.length, after: sumsOf(after), before: sumsOf(before), products },
      } as const;
    };
    const [a, b] = [arm(0), arm(0.3)];
    const plain = compare(a.plain, b.plain, { difference: 'absolute' })!;
    const cuped = compare(a.cuped, b.cuped, { difference: 'absolute' })!;
    // Correlation² = 2.4² / (2.4² + 1.8²) = 0.64.
    expect((cuped.se / plain.se) ** 2).toBeCloseTo(1 - 0.64, 1);
    expect(Math.abs(cuped.effect - 0.3)).toBeLessThan(3 * cuped.se);
  });
});

describe('strata', () => {
  it('take out what chance put into one arm', () => {
    // Two strata in which nothing differs, unevenly dealt: the plain difference is all chance.
    const at = (n: number, sum: number) => ({ kind: 'proportion', n, sum }) as const;
    const got = stratified([
      { control: at(600, 300), treatment: at(400, 200) },
      { control: at(400, 40), treatment: at(600, 60) },
    ])!;
    expect(got.effect).toBeCloseTo(0, 12);
    expect(compare(at(1_000, 340), at(1_000, 260), { difference: 'absolute' })!.effect).toBeCloseTo(-0.08, 12);
    // Half of each: √(¼·(¼/600 + ¼/400) + ¼·(0.09/400 + 0.09/600)).
    expect(got.se).toBeCloseTo(Math.sqrt(0.25 * (0.25 / 600 + 0.25 / 400) + 0.25 * (0.09 / 400 + 0.09 / 600)), 12);
    expect(stratified([{ control: at(1, 0), treatment: at(5, 2) }])).toBeNull();
    expect(incremental({ effect: 2, low: 1, high: 3 }, 50)).toEqual({ value: 100, low: 50, high: 150 });
  });
});

describe('sample ratio', () => {
  it('looked at after every hundred people cries wolf seldom, and finds a broken lot', () => {
    const random = seeded(3);
    let cried = 0;
    for (let run = 0; run < 400; run++) {
      const seen = [0, 0];
      for (let n = 1; n <= 5_000; n++) {
        seen[random() < 0.5 ? 0 : 1]! += 1;
        if (n % 100 === 0 && sampleRatio(seen, [1, 1]).alwaysValidP < 0.05) {
          cried += 1;
          break;
        }
      }
    }
    // 20 are the most to be expected; 34 or more come about less than once in a thousand times.
    expect(cried).toBeLessThan(34);
    expect(sampleRatio([5_250, 4_750], [1, 1]).alwaysValidP).toBeLessThan(0.001);
    expect(sampleRatio([10, 0, 5], [1, 0, 1]).p).toBeCloseTo(0.1967056, 6);
    expect(sampleRatio([10, 1, 5], [1, 0, 1]).p).toBe(0);
  });
});

describe('looking twenty times', () => {
  /** More by YUTANG_AA_TESTS. */
  const tests = Number(process.env.YUTANG_AA_TESTS ?? 2_000);
  const looks = 20;
  /** Of so many it is shown how often looking naively says so. */
  const few = 300;

  /** How often a difference is said to be there at any look where there is none, and by whom. */
  const falseAlarms = (draw: (random: () => number) => { sum: number; squares: number }, people: number, kind: 'mean' | 'proportion') => {
    const random = seeded(2026);
    let valid = 0;
    let naive = 0;
    for (let test = 0; test < tests; test++) {
      const arms = [0, 1].map(() => ({ kind, n: 0, sum: 0, squares: 0 }));
      let [said, saidNaively] = [false, false];
      for (let look = 1; look <= looks; look++) {
        for (const arm of arms) {
          const more = draw(random);
          arm.n += people / looks;
          arm.sum += more.sum;
          arm.squares += more.squares;
        }
        const [a, b] = arms as never[] as [never, never];
        said ||= (compare(a, b, { difference: 'absolute', sequential: { tuning: people } })?.p ?? 1) < 0.05;
        if (test < few) saidNaively ||= (compare(a, b, { difference: 'absolute' })?.p ?? 1) < 0.05;
      }
      valid += Number(said);
      naive += Number(saidNaively);
    }
    return { valid: valid / tests, naive: naive / few };
  };
  /** Three standard errors above what is promised. */
  const most = 0.05 + 3 * Math.sqrt((0.05 * 0.95) / tests);

  it('2,000 A/A tests of shares hold 5 %', () => {
    const size = 500;
    const rate = 0.1;
    const { valid, naive } = falseAlarms(
      (random) => {
        // As many as come out of so many draws, by the normal that they add up to.
        const sum = Math.max(0, Math.round(size * rate + Math.sqrt(size * rate * (1 - rate)) * normalDraw(random)));
        return { sum, squares: sum };
      },
      size * looks,
      'proportion',
    );
    expect(valid).toBeLessThan(most);
    expect(naive).toBeGreaterThan(0.15);
  });

  it('2,000 A/A tests of skewed values hold 5 %, person by person', () => {
    const size = 25;
    const { valid, naive } = falseAlarms(
      (random) => {
        let [sum, squares] = [0, 0];
        for (let i = 0; i < size; i++) {
          const value = -Math.log(random());
          sum += value;
          squares += value * value;
        }
        return { sum, squares };
      },
      size * looks,
      'mean',
    );
    expect(valid).toBeLessThan(most);
    expect(naive).toBeGreaterThan(0.15);
  });

  it('still sees what is there, with as many people as the plan says', () => {
    const power = 0.8;
    const planned = peopleForShares(0.1, 0.13, { power }) * sequentialFactor({ power });
    const random = seeded(8);
    const runs = 400;
    let seen = 0;
    for (let run = 0; run < runs; run++) {
      const sums = [0.1, 0.13].map((p) => Math.round(planned * p + Math.sqrt(planned * p * (1 - p)) * normalDraw(random)));
      const [a, b] = sums.map((sum) => ({ kind: 'proportion', n: planned, sum }) as const);
      seen += Number(compare(a!, b!, { difference: 'absolute', sequential: { tuning: 2 * planned } })!.p < 0.05);
    }
    expect(Math.abs(seen / runs - power)).toBeLessThan(0.07);
  });
});
