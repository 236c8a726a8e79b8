import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { benjaminiHochberg, benjaminiYekutieli, bonferroni, holm } from './adjust.ts';
import { bayesian } from './bayes.ts';
import { compare, type Sides } from './compare.ts';
import { mannWhitney, pairedT, sumsOf } from './lists.ts';
import { peopleForMeans, peopleForShares, stillNeeded } from './power.ts';
import { sampleRatio } from './srm.ts';
import type { Summary, Sums } from './summary.ts';
import { clopperPearson, fisher, sameShares } from './tables.ts';
import { wilson } from './wilson.ts';

// biome-ignore lint/suspicious/noExplicitAny: published files, read field by field
type Json = any;
const read = (name: string): Json => JSON.parse(readFileSync(new URL(`../test-data/${name}`, import.meta.url), 'utf8'));
const growthbook = read('cases.json');
const r = read('r_reference.json');

const sums = (s: Json): Sums =>
  s.type === 'mean' ? { kind: 'mean', sum: s.sum, squares: s.sum_squares } : { kind: 'proportion', sum: s.sum };
const summary = (s: Json): Summary => {
  if (s.type === 'ratio') return { kind: 'ratio', n: s.n, top: sums(s.m), bottom: sums(s.d), products: s.m_d_sum_of_products };
  if (s.type === 'cuped') return { kind: 'cuped', n: s.n, after: sums(s.post), before: sums(s.pre), products: s.post_pre_sum_of_products };
  return { ...sums(s), n: s.n } as Summary;
};
/** The places of the published number that are sure; infinite ends and what is not published are not looked at. */
const agrees = (got: number | undefined, published: number | string | null | undefined): void => {
  if (published === undefined || published === null) return;
  if (published === 'inf' || published === '-inf')
    expect(got).toBe(published === 'inf' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY);
  else expect(Math.abs(got! - (published as number))).toBeLessThan(1e-5);
};

describe('GrowthBook’s published cases, to 1e-5', () => {
  for (const { id, control, treatment, config, published, gbstats_full_precision: full } of growthbook.cases) {
    it(id, () => {
      const difference = config.difference_type ?? 'relative';
      const expected = { ...published, ...full };
      if (config.engine === 'bayesian') {
        const got = bayesian(summary(control), summary(treatment), { difference, ...(config.prior ? { prior: config.prior } : {}) })!;
        agrees(got.effect, expected.expected);
        agrees(got.se, expected.se);
        agrees(got.chance, expected.chance_to_win);
        agrees(got.low, expected.ci?.[0]);
        agrees(got.high, expected.ci?.[1]);
        agrees(got.risk[0], expected.risk?.[0]);
        agrees(got.risk[1], expected.risk?.[1]);
        return;
      }
      const sides: Sides = config.engine.includes('greater') ? 'greater' : config.engine.includes('lesser') ? 'lesser' : 'both';
      const sequential = config.engine.startsWith('sequential') ? { sequential: { tuning: config.tuning ?? 5_000 } } : {};
      const got = compare(summary(control), summary(treatment), { difference, sides, ...sequential })!;
      agrees(got.effect, expected.expected);
      agrees(got.se, expected.se);
      agrees(got.p, expected.p);
      agrees(got.low, expected.ci?.[0]);
      agrees(got.high, expected.ci?.[1]);
    });
  }

  it('sample ratios', () => {
    for (const { users, weights, p } of growthbook.srm) agrees(sampleRatio(users, weights).p, p);
    for (const { obs, p } of r.chisq_srm)
      agrees(
        sampleRatio(
          obs,
          obs.map(() => 1),
        ).p,
        p,
      );
  });

  it('how many more are needed', () => {
    const [a, b] = [
      { kind: 'mean', n: 500, sum: 500, squares: 1_500 },
      { kind: 'mean', n: 500, sum: 525, squares: 1_551.25 },
    ] as const;
    const { frequentist, sequential_5000, bayesian_prior_05_001 } = growthbook.power.expected;
    agrees(stillNeeded(a, b, { effect: 0.05 })!, frequentist);
    agrees(stillNeeded(a, b, { effect: 0.05, sequential: { tuning: 5_000 } })!, sequential_5000);
    agrees(stillNeeded(a, b, { effect: 0.05, prior: { mean: 0.05, variance: 0.001 } })!, bayesian_prior_05_001);
  });
});

describe('R’s published figures', () => {
  it('power', () => {
    for (const { p1, p2, power, alpha, n } of r.power_prop) expect(peopleForShares(p1, p2, { power, alpha }) / n).toBeCloseTo(1, 6);
    for (const { delta, sd, power, n } of r.power_t) expect(peopleForMeans(delta, sd, { power }) / n).toBeCloseTo(1, 6);
  });

  it('shares', () => {
    for (const { x, n, correct, chisq, p, ci } of r.prop_test) {
      const got = sameShares(
        x.map((part: number, i: number) => ({ part, of: n[i] })),
        { corrected: correct },
      );
      agrees(got.chiSquare, chisq);
      agrees(got.p, p);
      agrees(got.interval?.low, ci[0]);
      agrees(got.interval?.high, ci[1]);
    }
    for (const { x, n, wilson: score, clopper_pearson: exact } of r.binom_ci) {
      agrees(wilson(x, n).low, score[0]);
      agrees(wilson(x, n).high, score[1]);
      agrees(clopperPearson(x, n).low, exact[0]);
      agrees(clopperPearson(x, n).high, exact[1]);
    }
    const got = fisher(r.fisher.table);
    agrees(got.p, r.fisher.p);
    // R stops looking at five places.
    expect(got.odds / r.fisher.odds).toBeCloseTo(1, 5);
  });

  it('means and ranks (Student’s sleep data)', () => {
    const { group1, group2, welch, paired, mann_whitney } = r.sleep;
    const got = compare(sumsOf(group2), sumsOf(group1), { difference: 'absolute' })!;
    agrees(got.effect / got.se, welch.t);
    agrees(got.df, welch.df);
    agrees(got.p, welch.p);
    agrees(got.low, welch.ci[0]);
    agrees(got.high, welch.ci[1]);
    agrees(pairedT(group1, group2)!.t, paired.t);
    agrees(pairedT(group1, group2)!.p, paired.p);
    agrees(mannWhitney(group1, group2).u, mann_whitney.W);
    agrees(mannWhitney(group1, group2).p, mann_whitney.p);
  });

  it('many questions', () => {
    const { p, BH, holm: h, bonferroni: b, BY } = r.p_adjust;
    for (const [adjust, expected] of [
      [benjaminiHochberg, BH],
      [holm, h],
      [bonferroni, b],
      [benjaminiYekutieli, BY],
    ] as const) {
      adjust(p).forEach((got, i) => {
        agrees(got!, expected[i]);
      });
      // In whatever order they are asked, and past those without an answer.
      const turned = adjust([null, ...p.toReversed()]);
      expect(turned[0]).toBeNull();
      turned
        .slice(1)
        .toReversed()
        .forEach((got, i) => {
          agrees(got!, expected[i]);
        });
    }
  });
});
