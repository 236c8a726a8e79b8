/// <reference path="./cephes.d.ts" />
import { compiled, erfc, igamc, incbet, incbi, lbeta, lgam, ndtr, ndtri } from 'cephes';

/** Special functions: S. L. Moshier's Cephes library, the one under SciPy, by name here as statistics call them. */
await compiled;

export const normalCdf = (z: number): number => ndtr(z);
/** P(Z > z), exact far out. */
export const normalTail = (z: number): number => 0.5 * erfc(z / Math.SQRT2);
export const normalQuantile = (p: number): number => (p <= 0 ? Number.NEGATIVE_INFINITY : p >= 1 ? Number.POSITIVE_INFINITY : ndtri(p));
export const normalDensity = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);

/** P(T > t) of Student's t, also with a broken number of degrees of freedom; Abramowitz & Stegun 26.7.1. */
export function tTail(t: number, df: number): number {
  if (!Number.isFinite(df)) return normalTail(t);
  const both = incbet(df / 2, 0.5, df / (df + t * t));
  return t >= 0 ? both / 2 : 1 - both / 2;
}

export function tQuantile(p: number, df: number): number {
  if (p === 0.5) return 0;
  if (!Number.isFinite(df)) return normalQuantile(p);
  const tail = Math.min(p, 1 - p);
  if (tail <= 0) return p < 0.5 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  // From the inverse beta function a few steps of Newton's, since it loses digits where its argument is close to 1.
  const x = incbi(df / 2, 0.5, 2 * tail);
  let t = x >= 1 || x <= 0 ? -normalQuantile(tail) : Math.sqrt((df * (1 - x)) / x);
  for (let i = 0; i < 4; i++) {
    const step = (tTail(t, df) - tail) / tDensity(t, df);
    t += step;
    if (Math.abs(step) < 1e-14 * Math.abs(t)) break;
  }
  return p < 0.5 ? -t : t;
}

function tDensity(t: number, df: number): number {
  return Math.exp(-((df + 1) / 2) * Math.log1p((t * t) / df) - lbeta(df / 2, 0.5)) / Math.sqrt(df);
}

/** P(X > x) of chi-squared. */
export const chiSquareTail = (x: number, df: number): number => (x <= 0 ? 1 : igamc(df / 2, x / 2));

export const betaCdf = (x: number, a: number, b: number): number => (x <= 0 ? 0 : x >= 1 ? 1 : incbet(a, b, x));
export const betaQuantile = (p: number, a: number, b: number): number => (p <= 0 ? 0 : p >= 1 ? 1 : incbi(a, b, p));
export const lnGamma = (x: number): number => lgam(x);
export const lnBeta = (a: number, b: number): number => lbeta(a, b);
