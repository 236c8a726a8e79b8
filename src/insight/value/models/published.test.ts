import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bgbb } from './bgbb.ts';
import { bgnbd, bgnbdProbabilities } from './bgnbd.ts';
import { type Customer, cellsOf } from './cells.ts';
import { fitChances, fitSpends, fitTransactions } from './fit.ts';
import { gammaGamma } from './gamma-gamma.ts';
import { mbgnbd } from './mbgnbd.ts';
import { discounted } from './model.ts';
import { pareto } from './pareto.ts';
import { trackingOf } from './tracking.ts';

/** The tables that were published for these data, to the digits that were printed. */
const folder = '../shared/fixtures/clv_cdnow/';
const here = existsSync(`${folder}expected.json`);
const rowsOf = (name: string): Record<string, number>[] => {
  const [head, ...lines] = readFileSync(`${folder}${name}`, 'utf8').trim().split('\n');
  return lines.map((line) => Object.fromEntries(line.split(',').map((v, i) => [head!.trim().split(',')[i], Number(v)])));
};
interface Case {
  id: string;
  expected: Record<string, number> & number[] & number;
}

describe.skipIf(!here)(`published tables (${here ? folder : `skipped: ${folder} is not here`})`, () => {
  const all = here ? (JSON.parse(readFileSync(`${folder}expected.json`, 'utf8')) as { cases: Case[] }).cases : [];
  const expected = (id: string) => all.find((c) => c.id === id)!.expected;
  const customers: Customer[] = here
    ? rowsOf('cdnow_customers_summary.csv').map((r) => ({ x: r.frequency!, tx: r.recency!, T: r.T! }))
    : [];
  const cells = cellsOf(customers);
  /** Same-day purchases are one; weeks since the first; to the end of September. */
  const fromLog = (): { found: Customer[]; starts: Map<number, number> } => {
    const days = new Map<string, Set<number>>();
    for (const line of readFileSync(`${folder}CDNOW_sample.txt`, 'utf8').trim().split('\n')) {
      const [who, , date] = line.trim().split(/\s+/) as [string, string, string];
      const day = Date.UTC(Number(date.slice(0, 4)), Number(date.slice(4, 6)) - 1, Number(date.slice(6))) / 86_400_000;
      days.set(who, (days.get(who) ?? new Set()).add(day));
    }
    const end = Date.UTC(1997, 8, 30) / 86_400_000;
    const starts = new Map<number, number>();
    const origin = Date.UTC(1997, 0, 1) / 86_400_000;
    const found = [...days.values()].map((set) => {
      const sorted = [...set].sort((a, b) => a - b);
      const first = sorted[0]!;
      starts.set(first - origin, (starts.get(first - origin) ?? 0) + 1);
      const until = sorted.filter((day) => day <= end);
      return { x: until.length - 1, tx: (until.at(-1)! - first) / 7, T: (end - first) / 7 };
    });
    return { found, starts };
  };
  const { found, starts } = here ? fromLog() : { found: [], starts: new Map<number, number>() };
  const exact = cellsOf(found);
  /** Rounded as printed. */
  const like = (value: number, printed: number) => {
    const digits = (String(printed).split('.')[1] ?? '').length;
    expect(Math.abs(value - printed)).toBeLessThanOrEqual(0.5 * 10 ** -digits * 1.0001);
  };

  it.each([
    ['bgnbd', bgnbd, exact, 1e-4],
    ['pnbd', pareto, exact, 2e-4],
    ['mbgnbd', mbgnbd, cells, 0],
  ] as const)('%s: parameters, log-likelihood, standard errors', (key, model, of, tolerance) => {
    const fit = fitTransactions(model, of);
    expect(fit.unsure).toBeNull();
    const printed = expected(`${key}-mle`);
    for (const [i, name] of model.names.entries()) like(fit.parameters[i]!, printed[name]!);
    if (printed.LL) like(fit.logLikelihood, printed.LL);
    if (tolerance === 0) return;
    const errors = expected(`${key}-se`);
    for (const [i, name] of model.names.entries()) expect(Math.abs(fit.standardErrors![i]! / errors[name]! - 1)).toBeLessThan(tolerance);
  });

  it('gamma-gamma', () => {
    const rows = rowsOf('cdnow_customers_summary_with_transactions.csv').filter((r) => r.x! > 0);
    const column = (of: (r: Record<string, number>) => number) => Float64Array.from(rows, of);
    const fit = fitSpends({ x: column((r) => r.x!), mean: column((r) => r.zbar!), n: column(() => 1) });
    const printed = expected('gg-mle');
    like(fit.parameters[0]!, printed.p!);
    expect(fit.parameters[1]).toBeCloseTo(printed.q!, 2);
    expect(fit.parameters[2]).toBeCloseTo(printed.v!, 1);
    expect(fit.logLikelihood).toBeCloseTo(-4055.9232435, 5);
    const first = rowsOf('cdnow_customers_summary_with_transactions.csv').slice(0, 10);
    const spend = first.map((r) => gammaGamma.expected(fit.parameters, r.x!, r.zbar!)!);
    for (const [i, value] of spend.entries()) expect(Math.abs(value - expected('gg-expected-spend-first10')[i]!)).toBeLessThan(0.1);
  });

  it('BG/BB', () => {
    const rows = rowsOf('donations.csv').map((r) => ({ x: r.frequency!, tx: r.recency!, n: r.periods!, count: r.weights! }));
    const fit = fitChances(rows);
    const printed = expected('bgbb-mle');
    for (const [i, name] of bgbb.names.entries()) like(fit.parameters[i]!, printed[name]!);
    like(fit.logLikelihood, printed.LL!);
    for (const [what, value] of Object.entries(expected('bgbb-palive-2002'))) {
      const [x, tx] = what.match(/\d+/g)!.map(Number) as [number, number];
      like(bgbb.alive(fit.parameters, { x, tx, n: 6 }), value);
    }
    expect(rows.reduce((sum, row) => sum + row.count * bgbb.conditional(fit.parameters, 5, row), 0)).toBeCloseTo(
      expected('bgbb-cond-exp-sum-5-periods'),
      0,
    );
  });

  it('golden customers: alive, expected purchases, spend and discounted value', () => {
    const bg = [0.243, 4.414, 0.793, 2.426];
    const pn = [0.553, 10.578, 0.606, 11.669];
    const gg = [6.25, 3.74, 15.44];
    let worst = 0;
    for (const row of rowsOf('golden_customers.csv')) {
      const history = { x: row.x!, tx: row.t_x!, T: row.T! };
      const spend = gammaGamma.expected(gg, row.x!, row.zbar!)!;
      const found = {
        bg_p_alive: bgnbd.alive(bg, history),
        bg_E39: bgnbd.conditional(bg, 39, history),
        pn_p_alive: pareto.alive(pn, history),
        pn_E39: pareto.conditional(pn, 39, history),
        gg_E_M: spend,
        bg_gg_clv52w_15pct: spend * discounted(52, 0.15, (week) => bgnbd.conditional(bg, week, history)),
      };
      for (const [name, value] of Object.entries(found)) worst = Math.max(worst, Math.abs(value / row[name]! - 1));
    }
    expect(worst).toBeLessThan(1e-8);
  });

  it('probabilities, unconditional and conditional expectations', () => {
    const bg = [0.243, 4.414, 0.793, 2.426];
    expect(bgnbdProbabilities(bg, 2, 10)[10]).toBeCloseTo(1.07869e-7, 12);
    expect(bgnbdProbabilities(bg, 39, 0)[0]).toBeCloseTo(0.5737864, 7);
    const printed = (expected('bgnbd-pmf') as unknown as Record<string, number[]>)['P(X(30)=n) n=11..20']!;
    for (const [i, value] of bgnbdProbabilities(bg, 30, 20).slice(11).entries()) expect(value).toBeCloseTo(printed[i]!, 10);
    const best = fitTransactions(bgnbd, exact).parameters;
    for (const [t, value] of Object.entries(expected('bgnbd-unconditional')))
      expect(Math.abs(bgnbd.expected(best, Number(t)) - value)).toBeLessThan(6e-4);
    expect(Math.abs(bgnbd.conditional(bg, 39, { x: 2, tx: 30.43, T: 38.86 }) - 1.226)).toBeLessThan(1e-3);
    const btyd = [0.5534, 10.5802, 0.6061, 11.6562];
    expect(pareto.alive(btyd, { x: 26, tx: 30.86, T: 31 })).toBeCloseTo(0.9979, 4);
    expect(pareto.conditional(btyd, 52, { x: 26, tx: 30.86, T: 31 })).toBeCloseTo(25.455, 2);
  });

  it('from the log of purchases: the same customers, the weekly curve', () => {
    expect(found.length).toBe(2357);
    expect(found.reduce((sum, c) => sum + c.x, 0)).toBe(2457);
    const fit = fitTransactions(pareto, exact);
    expect(fit.logLikelihood).toBeCloseTo(-9594.976178939542, 5);
    const weekly = trackingOf(pareto, fit.parameters, starts, 25);
    const printed = (expected('pnbd-tracking-weeks20-25') as unknown as { expected_cum: number[] }).expected_cum;
    for (const [i, value] of printed.entries()) expect(Math.round(weekly[19 + i]!)).toBe(value);
  });
});
