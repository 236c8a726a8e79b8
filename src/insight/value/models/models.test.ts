import { expect, it } from 'vitest';
import { bgnbd, bgnbdProbabilities } from './bgnbd.ts';
import { type Customer, cellsOf } from './cells.ts';
import { fitSpends, fitTransactions } from './fit.ts';
import { gammaGamma } from './gamma-gamma.ts';
import { mbgnbd } from './mbgnbd.ts';
import type { TransactionModel } from './model.ts';
import { nbd } from './nbd.ts';
import { pareto } from './pareto.ts';
import { betaDraw, exponentialDraw, gammaDraw, seeded } from './random.ts';
import { betaLn, gammaLn, hyp2f1, hyp2f1One } from './special.ts';

it('special functions at hard arguments agree with 30 digits of mpmath', () => {
  const cases: [number, number, number, number, number, number][] = [
    [500.3, 502, 500.5, 0.5, 1, 347.82095554946255],
    [0.2, 2.4, 0.05, 0.99, 1, 13.289285139407866],
    [30.2, 32.4, 32.1, 0.999, 1, 210.66804444614692],
    [200, 0.6, 0.3, 0.7, 1, 243.33502604200558],
    [3, 4, 8, 0.95, 1, 2.7903014198981504],
    [0.3, 0.9, -0.4, 0.6, -1, 0.24282446574808536],
    [1.5, 2.5, 3.1, 0.9999, 1, 8.977916119128134],
  ];
  for (const [a, b, c, z, sign, log] of cases) {
    const found = hyp2f1(a, b, c, z);
    expect([a, b, c, z, found.sign]).toEqual([a, b, c, z, sign]);
    expect(Math.abs(found.log - log)).toBeLessThan(1e-10 * Math.max(1, Math.abs(log)));
  }
  const ones: [number, number, number, number][] = [
    [0.55, 2.16, 0.999, 1.8674411996268927],
    [26.5, 28.2, 0.99, 21.3592441585541],
    [500, 501.6, 0.5, 1.993653183114814],
    [500.5, 502.2, 0.95, 18.82919063904172],
    [0.01, 1.02, 0.6, 1.008979115779955],
    [5, 5.001, 0.9, 9.991005414885368],
  ];
  for (const [b, c, z, value] of ones) expect(Math.abs(hyp2f1One(b, c, z) / value - 1)).toBeLessThan(1e-12);
  expect(gammaLn(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 14);
  expect(gammaLn(1e-8)).toBeCloseTo(18.420680738180209, 12);
  expect(gammaLn(1234.5) / 7550.550901077894 - 1).toBeLessThan(1e-12);
  expect(betaLn(0.7, 3e9)).toBeCloseTo(gammaLn(0.7) - 0.7 * Math.log(3e9), 8);
});

const models: TransactionModel[] = [bgnbd, pareto, mbgnbd, nbd];

/** A shop of 100 weeks that follows the model to the letter. */
function shop(model: TransactionModel, parameters: readonly number[], people: number): Customer[] {
  const random = seeded(7);
  return Array.from({ length: people }, () => {
    const [r, alpha, a, b] = parameters as [number, number, number, number];
    const rate = gammaDraw(r, random) / alpha;
    const T = Math.round(40 + 60 * random());
    const chance = model === bgnbd || model === mbgnbd ? betaDraw(a, b, random) : 0;
    let end = model === pareto ? exponentialDraw(gammaDraw(a, random) / b, random) : Number.POSITIVE_INFINITY;
    if (model === mbgnbd && random() < chance) end = 0;
    let x = 0;
    let tx = 0;
    for (let at = exponentialDraw(rate, random); at <= Math.min(T, end); at += exponentialDraw(rate, random)) {
      x += 1;
      tx = at;
      if (random() < chance) end = at;
    }
    return { x, tx: Math.round(tx * 7) / 7, T };
  });
}

it.each(models.map((m) => [m.key, m] as const))('%s: recovers what a shop was simulated from, and foretells it', (_key, model) => {
  const truth = model === nbd ? [0.8, 12] : model === pareto ? [0.8, 9, 0.7, 14] : [0.6, 8, 0.8, 2.5];
  const people = shop(model, truth, 7000);
  const fit = fitTransactions(model, cellsOf(people));
  expect(fit.unsure).toBeNull();
  for (const [i, value] of truth.entries()) expect(Math.abs(fit.parameters[i]! - value) / fit.standardErrors![i]!).toBeLessThan(4.5);
  // What simulate() draws has the mean that conditional() says.
  const random = seeded(3);
  for (const history of [
    { x: 0, tx: 0, T: 60 },
    { x: 4, tx: 50, T: 60 },
    { x: 9, tx: 20, T: 60 },
  ]) {
    const draws = 8000;
    const counts = Array.from({ length: draws }, () => model.simulate(truth, 26, history, random));
    const mean = counts.reduce((sum, v) => sum + v, 0) / draws;
    const spread = Math.sqrt(counts.reduce((sum, v) => sum + (v - mean) ** 2, 0) / draws / draws);
    expect(Math.abs(mean - model.conditional(truth, 26, history))).toBeLessThan(4.5 * spread + 1e-3);
  }
});

it('gamma-gamma recovers what amounts were drawn from, in any unit of money', () => {
  const random = seeded(11);
  const rows = Array.from({ length: 8000 }, (_, i) => {
    const x = 1 + (i % 6);
    const own = gammaDraw(4, random) / 5000;
    return { x, mean: gammaDraw(6 * x, random) / own / x };
  });
  const fit = fitSpends({
    x: Float64Array.from(rows, (r) => r.x),
    mean: Float64Array.from(rows, (r) => r.mean),
    n: new Float64Array(rows.length).fill(1),
  });
  for (const [i, value] of [6, 4, 5000].entries()) expect(Math.abs(fit.parameters[i]! - value) / fit.standardErrors![i]!).toBeLessThan(4.5);
  expect(gammaGamma.expected([6, 0.8, 5000], 0, 0)).toBeUndefined();
});

it('numbers stay numbers, whatever the history and the parameters', () => {
  const random = seeded(5);
  const wide = (low: number, high: number) => Math.exp(Math.log(low) + random() * Math.log(high / low));
  for (let i = 0; i < 600; i++) {
    const parameters = [wide(0.01, 50), wide(0.05, 500), wide(0.02, 60), wide(0.05, 800)];
    const T = wide(0.1, 900);
    const x = random() < 0.2 ? 0 : Math.floor(wide(1, 1500));
    const tx = x === 0 ? 0 : random() < 0.2 ? T : T * random();
    const history = { x, tx, T };
    for (const model of models) {
      const alive = model.alive(parameters, history);
      const t = wide(0.2, 520);
      const expected = model.conditional(parameters, t, history);
      const where = `${model.key} ${JSON.stringify({ parameters, history, t, alive, expected })}`;
      if (!(alive >= 0 && alive <= 1) || !(expected >= 0) || !Number.isFinite(expected)) throw new Error(where);
      // Never more than one would buy who could not leave.
      if (expected > ((parameters[0]! + x) / (parameters[1]! + T)) * t * (1 + 1e-6)) throw new Error(`too many: ${where}`);
      if (model.conditional(parameters, t * 1.5, history) < expected * (1 - 1e-9)) throw new Error(`falls: ${where}`);
      if (!Number.isFinite(model.logLikelihood(cellsOf([history]))(parameters))) throw new Error(`likelihood: ${where}`);
    }
  }
});

it('BG/NBD: smooth where its formula has holes, and its probabilities add up', () => {
  const at = (a: number, b: number, x = 0) => bgnbd.conditional([0.5, 6, a, b], 30, { x, tx: x && 20, T: 40 });
  expect(at(1, 2.5, 3)).toBeCloseTo((at(1.001, 2.5, 3) + at(0.999, 2.5, 3)) / 2, 5);
  expect(at(0.4, 0.6)).toBeCloseTo((at(0.4, 0.601) + at(0.4, 0.599)) / 2, 5);
  const chances = bgnbdProbabilities([0.5, 6, 0.8, 2.4], 30, 400);
  expect(chances.reduce((sum, v) => sum + v, 0)).toBeCloseTo(1, 9);
  expect(chances.reduce((sum, v, n) => sum + v * n, 0)).toBeCloseTo(bgnbd.expected([0.5, 6, 0.8, 2.4], 30), 6);
});
