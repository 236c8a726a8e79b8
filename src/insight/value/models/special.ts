/** Special functions in the ranges that the models need: positive parameters, arguments in [0, 1), results as logarithms where they would overflow. */

const halfLogTau = 0.9189385332046728;

/** ln Γ(x) for x > 0: Stirling's series beyond 10, below it by the recurrence Γ(x + 1) = x Γ(x). Abramowitz & Stegun 6.1.40–41. */
export function gammaLn(x: number): number {
  let shift = 1;
  let y = x;
  while (y < 10) {
    shift *= y;
    y += 1;
  }
  const inverse = 1 / (y * y);
  const series =
    (((((((-3617 / 122400) * inverse + 1 / 156) * inverse - 691 / 360360) * inverse + 1 / 1188) * inverse - 1 / 1680) * inverse +
      1 / 1260) *
      inverse -
      1 / 360) *
      inverse +
    1 / 12;
  return (y - 0.5) * Math.log(y) - y + halfLogTau + series / y - Math.log(shift);
}

export function betaLn(a: number, b: number): number {
  // Where the one is far larger, the difference of two large logarithms would lose the digits of the small one.
  if (Math.max(a, b) > 1e6 * Math.max(1, Math.min(a, b))) {
    const small = Math.min(a, b);
    const large = Math.max(a, b);
    return gammaLn(small) - small * Math.log(large) - (small * (small - 1)) / (2 * large);
  }
  return gammaLn(a) + gammaLn(b) - gammaLn(a + b);
}

/** ln(e^a + e^b). */
export function logAdd(a: number, b: number): number {
  const top = Math.max(a, b);
  return top === Number.NEGATIVE_INFINITY ? top : top + Math.log1p(Math.exp(-Math.abs(a - b)));
}

/** ln(1 + e^v). */
export function softplus(v: number): number {
  return v > 0 ? v + Math.log1p(Math.exp(-v)) : Math.log1p(Math.exp(v));
}

/** A number as sign · e^log, for what may be beyond the range of a double. */
export interface Scaled {
  sign: number;
  log: number;
}

const tooMany = 2_000_000;
const scale = 1e200;

/** Gauss' series of ₂F₁(a, b; c; z), z in [0, 1), c not a negative integer: summed with the exponent kept apart. */
function series(a: number, b: number, c: number, z: number): Scaled {
  let term = 1;
  let sum = 1;
  let exponent = 0;
  for (let n = 0; n < tooMany; n++) {
    const ratio = (((a + n) * (b + n)) / ((c + n) * (n + 1))) * z;
    term *= ratio;
    sum += term;
    if (term === 0) break;
    if (Math.abs(sum) > scale) {
      sum /= scale;
      term /= scale;
      exponent += Math.log(scale);
    }
    // Once the terms fall, all that are left are less than this one's share of a geometric series.
    const rest = Math.abs(ratio) < 1 ? Math.abs(term) / (1 - Math.min(Math.max(Math.abs(ratio), z), 1 - 1e-9)) : Number.POSITIVE_INFINITY;
    if (n > -c && rest < 1e-17 * Math.abs(sum)) break;
  }
  return { sign: Math.sign(sum), log: Math.log(Math.abs(sum)) + exponent };
}

/**
 * ₂F₁(a, b; c; z) for a, b > 0 and z in [0, 1) as sign · e^log.
 * By Euler's transformation where that has no large terms of changing sign (NIST DLMF 15.8.1), otherwise as it stands, where every term is positive.
 */
export function hyp2f1(a: number, b: number, c: number, z: number): Scaled {
  const small = Math.min(c - a, c - b);
  if (small >= 0 || (small > -4 && c > 0.5) || c < 0) {
    const { sign, log } = series(c - a, c - b, c, z);
    return { sign, log: log + (c - a - b) * Math.log1p(-z) };
  }
  return series(a, b, c, z);
}

/**
 * ₂F₁(1, b; c; z) for 0 < b < c and z in [0, 1): the series while z is small, else Gauss' continued fraction (NIST DLMF 15.7.1),
 * which needs about 9 / √(1 − z) terms where the series needs 36 / (1 − z).
 */
export function hyp2f1One(b: number, c: number, z: number): number {
  if (z < 0.6) {
    let term = 1;
    let sum = 1;
    for (let n = 0; n < 400; n++) {
      term *= ((b + n) / (c + n)) * z;
      sum += term;
      if (term < 1e-17 * sum) break;
    }
    return sum;
  }
  // F(b, 1; d + 1; z) = d / (d − u₁z / (d + 1 − u₂z / (d + 2 − …))), by Lentz' method.
  const d = c - 1;
  const tiny = 1e-300;
  let f = d || tiny;
  let up = f;
  let down = 0;
  for (let n = 1; n < 200_000; n++) {
    const k = n >> 1;
    const u = n % 2 === 1 ? (b + k) * (d + k) : k * (d - b + k);
    const numerator = -u * z;
    const t = d + n;
    down = t + numerator * down;
    down = 1 / (down === 0 ? tiny : down);
    up = t + numerator / up;
    if (up === 0) up = tiny;
    const factor = up * down;
    f *= factor;
    if (Math.abs(factor - 1) < 1e-16) break;
  }
  return d / f;
}
