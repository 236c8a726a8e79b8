import { bgnbd } from './models/bgnbd.ts';
import { type Cells, cellsFrom } from './models/cells.ts';
import { type Fit, fitSpends, fitTransactions } from './models/fit.ts';
import { mbgnbd } from './models/mbgnbd.ts';
import { discounted, type TransactionModel } from './models/model.ts';
import { nbd } from './models/nbd.ts';
import { pareto } from './models/pareto.ts';
import { trackingOf } from './models/tracking.ts';

export const models: Record<TransactionModel['key'], TransactionModel> = { bgnbd, pnbd: pareto, mbgnbd, nbd };

/** Customers by cell, in days, as the database gives them. `later`: purchases after the split. */
export interface CellRows {
  x: number[];
  tx: number[];
  T: number[];
  n: number[];
  later: number[];
}
export interface SpendRows {
  x: number[];
  mean: number[];
  n: number[];
}

export interface Work {
  all: CellRows;
  /** As of the split, with what came after it; undefined when the history is too short to be split. */
  known: (CellRows & { laterDays: number }) | undefined;
  spends: SpendRows;
  daily: { day: number; firsts: number; repeats: number }[];
  discountRate: number;
  horizonWeeks: number;
}

export interface Candidate {
  key: TransactionModel['key'];
  name: string;
  names: readonly string[];
  fit: Fit;
  aic: number;
  /** Purchases after the split: foretold by the fit of what lay before it. */
  foretold: number | null;
  /** Mean over groups by past purchases of |foretold − happened|, weighed by people. */
  error: number | null;
}

export type Reason = 'fits_best' | 'no_drop_out';

export interface Chosen {
  candidates: Candidate[];
  model: TransactionModel['key'];
  reason: Reason;
  spend: Fit;
  holdout: { days: number; happened: number; groups: { x: string; people: number; happened: number; foretold: number }[] } | null;
  tracking: { week: number; happened: number; expected: number }[];
  /** Of each cell: alive, purchases in 90 and 365 days, discounted purchases over the horizon. */
  cells: { alive: number[]; orders90: number[]; orders365: number[]; discounted: number[] };
}

const weeks = (days: number[]) => Float64Array.from(days, (d) => d / 7);
const cellsOfRows = (rows: CellRows): Cells =>
  cellsFrom({ x: Float64Array.from(rows.x), tx: weeks(rows.tx), T: weeks(rows.T), n: Float64Array.from(rows.n) });

/** Nine in ten of a chi-square with two degrees of freedom lie below; a model with drop-out must do better than one without by more. */
const worthTwoMore = 4.6 / 2;
const most = 7;

/** Fits the models, holds each against what came after a split, and takes the one that explains the history best. */
export function choose(work: Work): Chosen {
  const cells = cellsOfRows(work.all);
  const before = work.known && cellsOfRows(work.known);
  const groupsOf = new Map<TransactionModel['key'], NonNullable<Chosen['holdout']>['groups']>();
  const candidates = Object.values(models).map((model): Candidate => {
    const fit = fitTransactions(model, cells);
    const early = before && fitTransactions(model, before);
    const groups = early && work.known && foretell(model, early.parameters, work.known);
    if (groups) groupsOf.set(model.key, groups);
    const people = groups?.reduce((sum, g) => sum + g.people, 0) ?? 0;
    return {
      ...{ key: model.key, name: model.name, names: model.names, fit },
      aic: 2 * model.names.length - 2 * fit.logLikelihood,
      foretold: groups ? groups.reduce((sum, g) => sum + g.foretold, 0) : null,
      error: groups ? groups.reduce((sum, g) => sum + Math.abs(g.foretold - g.happened), 0) / people : null,
    };
  });
  const plain = candidates.find((c) => c.key === 'nbd')!;
  const sure = candidates.filter(
    (c) => c.key !== 'nbd' && c.fit.unsure === null && c.fit.logLikelihood > plain.fit.logLikelihood + worthTwoMore,
  );
  const best = sure.reduce<Candidate | undefined>((a, b) => (a && a.fit.logLikelihood >= b.fit.logLikelihood ? a : b), undefined);
  const chosen = best ?? plain;
  const model = models[chosen.key];
  const p = chosen.fit.parameters;
  const expected = (t: number, i: number) => model.conditional(p, t, { x: cells.x[i]!, tx: cells.tx[i]!, T: cells.T[i]! });
  const each = (of: (i: number) => number) => Array.from({ length: cells.size }, (_, i) => of(i));
  const groups = groupsOf.get(chosen.key);
  return {
    candidates,
    model: chosen.key,
    reason: best ? 'fits_best' : 'no_drop_out',
    spend: fitSpends({
      x: Float64Array.from(work.spends.x),
      mean: Float64Array.from(work.spends.mean),
      n: Float64Array.from(work.spends.n),
    }),
    holdout: groups && work.known ? { days: work.known.laterDays, happened: work.known.later.reduce((a, b) => a + b, 0), groups } : null,
    tracking: track(model, p, work.daily),
    cells: {
      alive: each((i) => model.alive(p, { x: cells.x[i]!, tx: cells.tx[i]!, T: cells.T[i]! })),
      orders90: each((i) => expected(90 / 7, i)),
      orders365: each((i) => expected(365 / 7, i)),
      discounted: each((i) => discounted(work.horizonWeeks, work.discountRate, (week) => expected(week, i), 4)),
    },
  };
}

/** What the fit before the split says of what came after it, by the number of purchases before. */
function foretell(model: TransactionModel, parameters: number[], known: CellRows & { laterDays: number }) {
  const groups = Array.from({ length: most + 1 }, (_, x) => ({ x: x === most ? `${x}+` : String(x), people: 0, happened: 0, foretold: 0 }));
  for (let i = 0; i < known.x.length; i++) {
    const group = groups[Math.min(most, known.x[i]!)]!;
    const history = { x: known.x[i]!, tx: known.tx[i]! / 7, T: known.T[i]! / 7 };
    group.people += known.n[i]!;
    group.happened += known.later[i]!;
    group.foretold += known.n[i]! * model.conditional(parameters, known.laterDays / 7, history);
  }
  return groups.filter((g) => g.people > 0);
}

function track(model: TransactionModel, parameters: number[], daily: Work['daily']): Chosen['tracking'] {
  const origin = daily[0]?.day;
  const end = daily.at(-1)?.day;
  if (origin === undefined || end === undefined) return [];
  const count = Math.floor((end - origin + 1) / 7);
  const expected = trackingOf(model, parameters, new Map(daily.filter((d) => d.firsts > 0).map((d) => [d.day - origin, d.firsts])), count);
  const happened = new Array<number>(count).fill(0);
  for (const { day, repeats } of daily) {
    const week = Math.floor((day - origin) / 7);
    if (week < count) happened[week]! += repeats;
  }
  let sum = 0;
  return expected.map((value, k) => {
    sum += happened[k]!;
    return { week: k + 1, happened: sum, expected: value };
  });
}
