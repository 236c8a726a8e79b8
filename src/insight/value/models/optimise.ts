/** Maximum likelihood in a few positive parameters. They are sought as logarithms: no bounds are needed and steep scales become even. */

export interface Optimum {
  /** Logarithms of the parameters. */
  at: number[];
  value: number;
  iterations: number;
  converged: boolean;
}

export type Objective = (at: readonly number[]) => number;

const step = 1e-4;
/** e^±10: beyond this the data do not say where a parameter lies. */
export const limit = 10;

function inside(at: readonly number[]): boolean {
  return at.every((v) => Math.abs(v) <= limit);
}

function gradient(f: Objective, at: readonly number[]): number[] {
  return at.map((v, i) => {
    const moved = [...at];
    moved[i] = v + step;
    const up = f(moved);
    moved[i] = v - step;
    return (up - f(moved)) / (2 * step);
  });
}

/** The matrix of second derivatives, by central differences. `quick`: of second order, with half as many looks at the function. */
export function hessian(f: Objective, at: readonly number[], { h = 1e-3, quick = false } = {}): number[][] {
  const centre = f(at);
  const point = (...moves: [number, number][]) => {
    const moved = [...at];
    for (const [i, by] of moves) moved[i]! += by;
    return f(moved);
  };
  const n = at.length;
  const out = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  for (let i = 0; i < n; i++) {
    if (quick) {
      out[i]![i] = (point([i, h]) - 2 * centre + point([i, -h])) / (h * h);
      for (let j = 0; j < i; j++)
        out[i]![j] = out[j]![i] =
          (point([i, h], [j, h]) - point([i, h], [j, -h]) - point([i, -h], [j, h]) + point([i, -h], [j, -h])) / (4 * h * h);
      continue;
    }
    // Fourth order, so that standard errors agree to five digits.
    const [m2, m1, p1, p2] = [-2, -1, 1, 2].map((k) => point([i, k * h])) as [number, number, number, number];
    out[i]![i] = (-p2 + 16 * p1 - 30 * centre + 16 * m1 - m2) / (12 * h * h);
    for (let j = 0; j < i; j++) {
      const mixed = (k: number) =>
        (point([i, k], [j, k]) - point([i, k], [j, -k]) - point([i, -k], [j, k]) + point([i, -k], [j, -k])) / (4 * k * k);
      out[i]![j] = out[j]![i] = (4 * mixed(h) - mixed(2 * h)) / 3;
    }
  }
  return out;
}

/** The inverse of a symmetric matrix, or undefined when it is not positive definite. By Cholesky's decomposition. */
export function invertPositive(matrix: readonly (readonly number[])[]): number[][] | undefined {
  const n = matrix.length;
  const lower = choleskyOf(matrix);
  if (!lower) return undefined;
  const columns = Array.from({ length: n }, (_, k) => {
    const y = new Array<number>(n).fill(0);
    for (let i = 0; i < n; i++) {
      let sum = i === k ? 1 : 0;
      for (let j = 0; j < i; j++) sum -= lower[i]![j]! * y[j]!;
      y[i] = sum / lower[i]![i]!;
    }
    for (let i = n - 1; i >= 0; i--) {
      let sum = y[i]!;
      for (let j = i + 1; j < n; j++) sum -= lower[j]![i]! * y[j]!;
      y[i] = sum / lower[i]![i]!;
    }
    return y;
  });
  return columns;
}

/** L with L·Lᵀ = matrix; undefined when it is not positive definite. */
export function choleskyOf(matrix: readonly (readonly number[])[]): number[][] | undefined {
  const n = matrix.length;
  const lower = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i]![j]!;
      for (let k = 0; k < j; k++) sum -= lower[i]![k]! * lower[j]![k]!;
      if (i === j) {
        if (!(sum > 0)) return undefined;
        lower[i]![i] = Math.sqrt(sum);
      } else lower[i]![j] = sum / lower[j]![j]!;
    }
  }
  return lower;
}

/** Least value near a start, where `bend` may say what the inverse of the second derivatives is about: BFGS with a backtracking line search (Nocedal & Wright 2006, chapter 6). */
export function minimise(
  f: Objective,
  start: readonly number[],
  { iterations = 120, tolerance = 1e-9, bend }: { iterations?: number; tolerance?: number; bend?: number[][] | undefined } = {},
): Optimum {
  const n = start.length;
  const guarded: Objective = (at) => {
    if (!inside(at)) return Number.POSITIVE_INFINITY;
    const value = f(at);
    return Number.isFinite(value) ? value : Number.POSITIVE_INFINITY;
  };
  let at = [...start];
  let value = guarded(at);
  let slope = gradient(f, at);
  const unit = () => Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)));
  let inverse = bend ?? unit();
  let fresh = !bend;
  for (let k = 1; k <= iterations; k++) {
    let direction = inverse.map((row) => -row.reduce((sum, v, j) => sum + v * slope[j]!, 0));
    let downhill = direction.reduce((sum, v, i) => sum + v * slope[i]!, 0);
    if (!(downhill < 0)) {
      inverse = unit();
      fresh = true;
      direction = slope.map((v) => -v);
      downhill = -slope.reduce((sum, v) => sum + v * v, 0);
    }
    // A step of more than a factor of e^1.5 in any parameter is a guess too far.
    const longest = Math.max(...direction.map(Math.abs), 1e-300);
    let length = Math.min(1, 1.5 / longest);
    let next = at;
    let reached = Number.POSITIVE_INFINITY;
    for (let tries = 0; tries < 30; tries++) {
      next = at.map((v, i) => v + length * direction[i]!);
      reached = guarded(next);
      if (reached <= value + 1e-4 * length * downhill) break;
      length /= 2;
      reached = Number.POSITIVE_INFINITY;
    }
    const flat = Math.max(...slope.map(Math.abs)) < tolerance;
    if (!Number.isFinite(reached)) {
      if (fresh || flat) return { at, value, iterations: k, converged: flat || Math.max(...slope.map(Math.abs)) < 1e-4 };
      inverse = unit();
      fresh = true;
      continue;
    }
    const slopeThere = gradient(f, next);
    const moved = next.map((v, i) => v - at[i]!);
    const bent = slopeThere.map((v, i) => v - slope[i]!);
    const curve = moved.reduce((sum, v, i) => sum + v * bent[i]!, 0);
    const gain = value - reached;
    at = next;
    value = reached;
    slope = slopeThere;
    if (Math.max(...slope.map(Math.abs)) < tolerance || (gain < 1e-14 * Math.abs(value) && k > 3))
      return { at, value, iterations: k, converged: true };
    if (curve > 1e-16) {
      if (fresh) {
        const size = curve / bent.reduce((sum, v) => sum + v * v, 0);
        inverse = inverse.map((row) => row.map((v) => v * size));
      }
      inverse = updated(inverse, moved, bent, curve);
      fresh = false;
    }
  }
  return { at, value, iterations, converged: false };
}

function updated(inverse: number[][], moved: number[], bent: number[], curve: number): number[][] {
  const along = inverse.map((row) => row.reduce((sum, v, j) => sum + v * bent[j]!, 0));
  const weight = 1 + bent.reduce((sum, v, i) => sum + v * along[i]!, 0) / curve;
  return inverse.map((row, i) =>
    row.map((v, j) => v + (weight * moved[i]! * moved[j]!) / curve - (along[i]! * moved[j]! + moved[i]! * along[j]!) / curve),
  );
}

/** Newton's steps to the last digits, where BFGS with differences has come near. */
export function polish(f: Objective, start: Optimum, steps = 3): Optimum {
  let best = start;
  for (let k = 0; k < steps; k++) {
    const inverse = invertPositive(hessian(f, best.at));
    if (!inverse) return best;
    const slope = gradient(f, best.at);
    const next = best.at.map((v, i) => v - inverse[i]!.reduce((sum, w, j) => sum + w * slope[j]!, 0));
    if (!inside(next)) return best;
    const value = f(next);
    const moved = Math.max(...next.map((v, i) => Math.abs(v - best.at[i]!)));
    if (!(value <= best.value + 1e-12 * Math.abs(best.value)) || moved > 0.5) return best;
    best = { ...best, at: next, value, converged: true };
    if (moved < 1e-8) return best;
  }
  return best;
}
