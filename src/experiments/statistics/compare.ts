import { oneSidedHalfWidth, oneSidedP, tuningRho, twoSidedHalfWidth, twoSidedP } from './sequential.ts';
import { tQuantile, tTail } from './special.ts';
import { cupedSlope, moments, relativeCupedVariance, type Summary } from './summary.ts';

export type Difference = 'relative' | 'absolute';
export type Sides = 'both' | 'greater' | 'lesser';

export interface CompareOptions {
  /** (treatment − control) ÷ control, or without the quotient. */
  difference?: Difference;
  sides?: Sides;
  alpha?: number;
  /** Looks as often as one likes stay valid; `tuning`: at how many people the interval is to be narrowest. */
  sequential?: { tuning: number };
}

export interface Effect {
  effect: number;
  /** Its standard error. */
  se: number;
  /** Welch's degrees of freedom. */
  df: number;
}

export interface Comparison extends Effect {
  p: number;
  low: number;
  high: number;
}

/**
 * The difference of two arms with its standard error; null where nothing can be said (nobody, no spread, nothing to be relative to).
 * The relative one by the delta method; degrees of freedom: B. L. Welch, Biometrika 34 (1947) 28–35.
 */
export function effectOf(control: Summary, treatment: Summary, difference: Difference): Effect | null {
  const slope = control.kind === 'cuped' && treatment.kind === 'cuped' ? cupedSlope(control, treatment) : 0;
  const a = moments(control, slope);
  const b = moments(treatment, slope);
  if (!(a.n > 1 && b.n > 1 && a.variance > 0 && b.variance > 0)) return null;
  const [va, vb] = [a.variance / a.n, b.variance / b.n];
  const df = (va + vb) ** 2 / (va ** 2 / (a.n - 1) + vb ** 2 / (b.n - 1));
  if (difference === 'absolute') return { effect: b.mean - a.mean, se: Math.sqrt(va + vb), df };
  if (a.plain === 0) return null;
  const variance =
    control.kind === 'cuped' && treatment.kind === 'cuped'
      ? relativeCupedVariance(control, treatment, slope)
      : vb / a.mean ** 2 + (va * b.mean ** 2) / a.mean ** 4;
  return { effect: (b.mean - a.mean) / a.plain, se: Math.sqrt(variance), df };
}

/**
 * Treatment against control: Welch's t, or, with `sequential`, an asymptotic confidence sequence that may be looked at whenever one likes.
 */
export function compare(control: Summary, treatment: Summary, options: CompareOptions = {}): Comparison | null {
  const { difference = 'relative', sides = 'both', alpha = 0.05, sequential } = options;
  const found = effectOf(control, treatment, difference);
  if (!found) return null;
  const { effect, se, df } = found;
  if (sequential) {
    const n = control.n + treatment.n;
    if (sides === 'both') {
      const rho = tuningRho(alpha, sequential.tuning);
      const half = twoSidedHalfWidth(se, n, rho, alpha);
      return { ...found, p: twoSidedP(effect, se, n, rho), low: effect - half, high: effect + half };
    }
    const rho = tuningRho(2 * alpha, sequential.tuning);
    const half = oneSidedHalfWidth(se, n, rho, alpha);
    return sides === 'greater'
      ? { ...found, p: oneSidedP(effect, se, n, rho), low: effect - half, high: Number.POSITIVE_INFINITY }
      : { ...found, p: oneSidedP(-effect, se, n, rho), low: Number.NEGATIVE_INFINITY, high: effect + half };
  }
  const t = effect / se;
  const half = se * tQuantile(1 - alpha / (sides === 'both' ? 2 : 1), df);
  if (sides === 'greater') return { ...found, p: tTail(t, df), low: effect - half, high: Number.POSITIVE_INFINITY };
  if (sides === 'lesser') return { ...found, p: tTail(-t, df), low: Number.NEGATIVE_INFINITY, high: effect + half };
  return { ...found, p: Math.min(1, 2 * tTail(Math.abs(t), df)), low: effect - half, high: effect + half };
}
