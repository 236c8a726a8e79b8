import { describe, expect, it } from 'vitest';
import { type ArmRecord, assign, assignStratified, banditShares, betaDraw, faded, lot, seeded } from './index.ts';
import { bestOf, betaBelief, normalBelief } from './statistics/best-of.ts';
import { chiSquareTail } from './statistics/special.ts';

const GIVEN = [1, 0, 1, 0, 1, 2, 2, 0, 1, 0, 1, 0, 0, 0, 0, 2, 1, 2, 1, 0, 0, 0, 1, 1];
/** By SciPy 1.17: integrate.quad of beta.pdf and beta.cdf. */
const BEST = [
  {
    arms: [
      [12, 88],
      [20, 80],
    ],
    chance: [0.0635001, 0.9364999],
    loss: [0.07987303, 0.001441658],
  },
  {
    arms: [
      [3, 7],
      [400, 600],
      [41, 59],
    ],
    chance: [0.2425441, 0.2956334, 0.4618226],
    loss: [0.114975548, 0.048109281, 0.036544176],
  },
  {
    arms: [
      [5000, 95000],
      [5150, 94850],
    ],
    chance: [0.0632438, 0.9367562],
    loss: [0.001526946, 0.000026976],
  },
  {
    arms: [
      [0, 0],
      [0, 0],
      [0, 0],
    ],
    chance: [1 / 3, 1 / 3, 1 / 3],
    loss: [0.25, 0.25, 0.25],
  },
];

const chiSquare = (seen: readonly number[], expected: readonly number[]): number =>
  chiSquareTail(
    seen.reduce((sum, n, i) => sum + (n - expected[i]!) ** 2 / expected[i]!, 0),
    seen.length - 1,
  );

describe('assignment', () => {
  it('of those who run already stays what it was', () => {
    // As journeys gave them out before there was an assignment for all.
    const given = Array.from({ length: 24 }, (_, i) => assign('journey_1:split_1', i + 1, [50, 30, 20]));
    expect(given).toEqual(GIVEN);
  });

  it('is in the shares of the weights for every seed, and never to weight 0', () => {
    const low = Array.from({ length: 60 }, (_, s) => {
      const seen = [0, 0, 0];
      for (let p = 1; p <= 10_000; p++) seen[assign(`e${s}`, p, [0, 30, 70])]! += 1;
      expect(seen[0]).toBe(0);
      return chiSquare(seen.slice(1), [3_000, 7_000]);
    }).filter((p) => p < 0.05).length;
    // Of 60 seeds 3 are to be expected below 5 %; 11 or more come about once in 5,000 times.
    expect(low).toBeLessThan(11);
  });

  it('is unrelated between seeds, also of seeds that differ in one sign, and of people in a row', () => {
    for (const [a, b] of [
      ['e1', 'e2'],
      ['journey:a', 'journey:b'],
      ['x', 'xx'],
      ['exp_1:1', 'exp_1:2'],
    ] as const) {
      const seen = [0, 0, 0, 0];
      for (let p = 1; p <= 40_000; p++) seen[assign(a, p, [1, 1]) * 2 + assign(b, p, [1, 1])]! += 1;
      expect(chiSquare(seen, [10_000, 10_000, 10_000, 10_000])).toBeGreaterThan(0.0005);
    }
    const pairs = [0, 0, 0, 0];
    for (let p = 1; p <= 40_000; p++) pairs[assign('e1', p, [1, 1]) * 2 + assign('e1', p + 1, [1, 1])]! += 1;
    expect(chiSquare(pairs, [10_000, 10_000, 10_000, 10_000])).toBeGreaterThan(0.0005);
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let p = 1; p <= 40_000; p++) tenths[Math.floor(lot('e1', p) * 10)]! += 1;
    expect(
      chiSquare(
        tenths,
        tenths.map(() => 4_000),
      ),
    ).toBeGreaterThan(0.0005);
  });

  it('within strata is even to one person, with everyone at the chance of the weights', () => {
    const people = Array.from({ length: 1_000 }, (_, i) => ({ personNo: i + 1, stratum: i % 7 === 0 ? 'koc' : 'basic' }));
    const arms = assignStratified('e1', people, [1, 1]);
    for (const stratum of ['koc', 'basic']) {
      const of = people.filter((p) => p.stratum === stratum);
      const first = of.filter((p) => arms.get(p.personNo) === 0).length;
      expect(Math.abs(first - of.length / 2)).toBeLessThan(1);
    }
    expect(assignStratified('e1', people.toReversed(), [1, 1])).toEqual(
      new Map(people.toReversed().map((p) => [p.personNo, arms.get(p.personNo)])),
    );
    // A stratum of one: 10 % of seeds give the small arm.
    let small = 0;
    for (let s = 0; s < 4_000; s++) small += assignStratified(`s${s}`, [{ personNo: 5, stratum: 'a' }], [9, 1]).get(5)!;
    expect(chiSquare([small, 4_000 - small], [400, 3_600])).toBeGreaterThan(0.0005);
  });
});

describe('which is best', () => {
  it('agrees with closed forms and with SciPy', () => {
    // Two normals: Φ(d / √(s² + t²)).
    const two = bestOf([normalBelief(0, 1), normalBelief(0.5, 2)]);
    expect(two.chance[1]).toBeCloseTo(0.5884684, 5);
    // E(max) of two normals: C. E. Clark, Operations Research 9 (1961): the loss of the second is E(max) − 0.5.
    expect(two.loss[1]).toBeCloseTo(0.6642711, 5);
    // scipy.integrate.quad of beta.pdf × beta.cdf.
    for (const { arms, chance, loss } of BEST) {
      const got = bestOf(arms.map(([hits, misses]) => betaBelief(hits!, misses!)));
      for (const [i, c] of chance.entries()) expect(got.chance[i]).toBeCloseTo(c, 5);
      for (const [i, l] of loss.entries()) expect(got.loss[i]).toBeCloseTo(l, 6);
    }
  });
});

describe('a bandit', () => {
  const play = (rates: (at: number) => number[], rounds: number, people: number, seed: number, halfLife = 0) => {
    const random = seeded(seed);
    let arms: ArmRecord[] = rates(0).map(() => ({ hits: 0, misses: 0 }));
    let got = 0;
    const fixed = rates(0).map(() => 0);
    for (let round = 0; round < rounds; round++) {
      const now = rates(round / rounds);
      const shares = banditShares(arms, { floor: 0.02 });
      if (halfLife) arms = arms.map((a) => faded(a, 1, halfLife));
      for (let p = 0; p < people; p++) {
        const arm = assign(`${seed}:${round}`, p, shares);
        const hit = random() < now[arm]!;
        got += now[arm]!;
        arms[arm]![hit ? 'hits' : 'misses'] += 1;
      }
      for (const [k, rate] of now.entries()) fixed[k]! += rate * people;
    }
    return { got, best: Math.max(...fixed), even: fixed.reduce((a, b) => a + b, 0) / fixed.length };
  };

  it('comes close to the best fixed arm, and keeps its floor', () => {
    for (const seed of [1, 2]) {
      const { got, best, even } = play(() => [0.05, 0.08, 0.06, 0.04], 100, 200, seed);
      expect(best - got).toBeLessThan(0.3 * (best - even));
    }
    const shares = banditShares(
      [
        { hits: 900, misses: 100 },
        { hits: 100, misses: 900 },
      ],
      { floor: 0.1 },
    );
    expect(shares[1]).toBeCloseTo(0.1, 6);
    expect(shares[0]! + shares[1]!).toBeCloseTo(1, 12);
  });

  it('follows a drift that turns the arms round, better than any fixed arm and than one that forgets nothing', () => {
    const rates = (at: number) => (at < 0.5 ? [0.3, 0.1] : [0.1, 0.3]);
    for (const seed of [1, 2]) {
      const follows = play(rates, 200, 50, seed, 10);
      const forgetsNothing = play(rates, 200, 50, seed);
      expect(follows.got).toBeGreaterThan(follows.best * 1.2);
      expect(follows.got).toBeGreaterThan(forgetsNothing.got);
    }
  });

  it('draws of beta have its mean and variance', () => {
    const random = seeded(5);
    const draws = Array.from({ length: 20_000 }, () => betaDraw(3, 7, random));
    const mean = draws.reduce((a, b) => a + b, 0) / draws.length;
    expect(mean).toBeCloseTo(0.3, 2);
    expect(draws.reduce((s, d) => s + (d - mean) ** 2, 0) / draws.length).toBeCloseTo(0.21 / 11, 3);
  });
});
