import { bgbb, type Chances } from './bgbb.ts';
import { type Cells, someOf } from './cells.ts';
import { gammaGamma, type Spends } from './gamma-gamma.ts';
import type { TransactionModel } from './model.ts';
import { hessian, invertPositive, limit, minimise, type Objective, type Optimum, polish } from './optimise.ts';

/** Parameters by maximum likelihood. */
export interface Fit {
  parameters: number[];
  logLikelihood: number;
  /** Standard errors; null where the likelihood is flat in some direction, so that the data do not say. */
  standardErrors: number[] | null;
  /** Of the logarithms of the parameters, in which the likelihood is nearer to a normal. */
  covariance: number[][] | null;
  /** Why the numbers should not be used; null when nothing speaks against it. */
  unsure: null | 'not_converged' | 'at_the_edge' | 'flat';
  iterations: number;
}

/** Customers of the first, rough search; the whole is only polished. */
const roughSize = 4000;

function search(
  rough: { f: Objective; of: number; starts: readonly (readonly number[])[] },
  fine: { f: Objective; of: number } | undefined,
): Fit {
  const least =
    (f: Objective, of: number): Objective =>
    (at) =>
      -f(at.map(Math.exp)) / of;
  const found = rough.starts
    .map((start) =>
      minimise(
        least(rough.f, rough.of),
        start.map((v) => Math.log(v)),
      ),
    )
    .reduce((best, one) => (one.value < best.value ? one : best));
  const last = fine ?? rough;
  const objective = least(last.f, last.of);
  const best: Optimum = fine ? nearby(objective, least(rough.f, rough.of), found) : polish(objective, found);
  const bent = hessian(objective, best.at, { quick: fine !== undefined });
  const inverse = invertPositive(bent);
  const covariance = inverse?.map((row) => row.map((v) => v / last.of));
  const parameters = best.at.map(Math.exp);
  const edge = best.at.some((v) => Math.abs(v) > limit - 2);
  // A logarithm known to ± 2 at best is a parameter known to a factor of seven: as good as unknown.
  const flat = !covariance || covariance.some((row, i) => Math.sqrt(row[i]!) > 2);
  return {
    parameters,
    logLikelihood: -best.value * last.of,
    standardErrors: covariance ? covariance.map((row, i) => Math.sqrt(row[i]!) * parameters[i]!) : null,
    covariance: covariance ?? null,
    unsure: edge ? 'at_the_edge' : flat ? 'flat' : best.converged ? null : 'not_converged',
    iterations: best.iterations,
  };
}

/** From the optimum of some to that of all: they lie close by, and the likelihoods of both bend alike. */
function nearby(all: Objective, some: Objective, found: Optimum): Optimum {
  return minimise(all, found.at, { tolerance: 1e-7, bend: invertPositive(hessian(some, found.at)) });
}

/** The model's parameters by maximum likelihood: several starts on some of the customers, then all of them from the best. Standard errors by the delta method. */
export function fitTransactions(model: TransactionModel, cells: Cells): Fit {
  const some = someOf(cells, roughSize);
  return search(
    { f: model.logLikelihood(some), of: some.customers, starts: model.starts },
    some === cells ? undefined : { f: model.logLikelihood(cells), of: cells.customers },
  );
}

/** Gamma-gamma of those with a repeat purchase and a mean above 0. Starts move with the scale of the amounts. */
export function fitSpends(spends: Spends): Fit {
  const size = spends.x.length;
  let customers = 0;
  let sum = 0;
  for (let i = 0; i < size; i++) {
    customers += spends.n[i]!;
    sum += spends.n[i]! * Math.log(spends.mean[i]!);
  }
  const typical = Math.exp(sum / customers);
  const starts = gammaGamma.starts.map(([p, q, v]) => [p!, q!, (v! * typical) / 25]);
  const every = Math.ceil(size / roughSize);
  if (every === 1) return search({ f: gammaGamma.logLikelihood(spends), of: customers, starts }, undefined);
  const pick = (column: Float64Array) => column.filter((_, i) => i % every === 0);
  const some = { x: pick(spends.x), mean: pick(spends.mean), n: pick(spends.n) };
  return search(
    { f: gammaGamma.logLikelihood(some), of: some.n.reduce((a, b) => a + b, 0), starts },
    { f: gammaGamma.logLikelihood(spends), of: customers },
  );
}

/** BG/BB by maximum likelihood. */
export function fitChances(rows: readonly Chances[]): Fit {
  return search(
    {
      f: bgbb.logLikelihood(rows),
      of: rows.reduce((sum, row) => sum + row.count, 0),
      starts: [
        [1, 1, 0.5, 3],
        [0.5, 0.5, 1, 10],
      ],
    },
    undefined,
  );
}
