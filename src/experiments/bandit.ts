import { bestOf, betaBelief } from './statistics/best-of.ts';

/** What an arm has come to: of those who were given it, how many did what was hoped for. Broken numbers where older ones count less. */
export interface ArmRecord {
  hits: number;
  misses: number;
}

/**
 * What is remembered of a record after some time: all of it halves with every half-life, so that a bandit follows what changes.
 * Source: V. Raj and S. Kalyani, "Taming non-stationary bandits: a Bayesian approach" (2017), discounted Thompson sampling.
 */
export function faded(record: ArmRecord, elapsedMs: number, halfLifeMs: number): ArmRecord {
  const kept = 0.5 ** (Math.max(0, elapsedMs) / halfLifeMs);
  return { hits: record.hits * kept, misses: record.misses * kept };
}

export interface BanditOptions {
  /** Every arm gets at least this share, so that none is given up for good and each can be judged; at most an even share. */
  floor?: number;
  /** What is believed of an arm of which nothing is known; even for all shares where none is given. */
  prior?: { a: number; b: number };
}

/**
 * The shares in which arms are to be given next: Thompson sampling for yes-or-no outcomes, as probabilities in place of draws. Give them to `assign` as
 * weights: each person then has a fixed arm, and the share is the propensity with which it was given.
 * Source: W. R. Thompson, Biometrika 25 (1933) 285–294; S. L. Scott, "A modern Bayesian look at the multi-armed bandit", Applied Stochastic Models 26
 * (2010) 639–658 (randomised probability matching).
 */
export function banditShares(arms: readonly ArmRecord[], { floor = 0.05, prior }: BanditOptions = {}): number[] {
  const { chance } = bestOf(arms.map((arm) => betaBelief(arm.hits, arm.misses, prior)));
  const least = Math.min(floor, 1 / arms.length);
  return chance.map((c) => least + (1 - least * arms.length) * c);
}
