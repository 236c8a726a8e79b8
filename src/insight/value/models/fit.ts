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

/** Gamma-gamma of those with a repeat purchase and a mean above 0. Fitted in units of the typical amount, so that any currency will do. */
export function fitSpends({ x, mean, n }: Spends): Fit {
  let customers = 0;
  let logs = 0;
  for (let i = 0; i < x.length; i++) {
    customers += n[i]!;
    logs += n[i]! * Math.log(mean[i]!);
  }
  const unit = Math.exp(logs / customers) / 25;
  const every = Math.ceil(x.length / roughSize);
  const scaled = { x, mean: mean.map((m) => m / unit), n };
  const pick = (column: Float64Array) => column.filter((_, i) => i % every === 0);
  const some = every === 1 ? scaled : { x: pick(x), mean: pick(scaled.mean), n: pick(n) };
  const fit = search(
    { f: gammaGamma.logLikelihood(some), of: some.n.reduce((a, b) => a + b, 0), starts: gammaGamma.starts },
    every === 1 ? undefined : { f: gammaGamma.logLikelihood(scaled), of: customers },
  );
  const inUnits = (list: readonly number[]) => list.map((v, i) => (i === 2 ? v * unit : v));
  return {
    ...fit,
    parameters: inUnits(fit.parameters),
    standardErrors: fit.standardErrors && inUnits(fit.standardErrors),
    logLikelihood: fit.logLikelihood - customers * Math.log(unit),
  };
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
