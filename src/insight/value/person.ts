import { notFound } from '../../base/index.ts';
import type { Asker } from '../deps.ts';
import { models } from './choose.ts';
import type { ModelDeps } from './deps.ts';
import { gammaGamma } from './models/gamma-gamma.ts';
import type { Random } from './models/model.ts';
import { choleskyOf } from './models/optimise.ts';
import { normalDraw, seeded } from './models/random.ts';
import { readFit } from './store.ts';
import type { ValueFit } from './value-fit.ts';

/** An expectation, and between what eight in ten outcomes lie. */
export interface Expected {
  expected: number;
  low: number;
  high: number;
}

export interface PersonValue {
  fit: { no: number; asOf: string; state: ValueFit['state']; model: string | null; margin: ValueFit['margin']['from'] } | null;
  /** Null when there was no fit yet, or the person was not in the pool when it was made. */
  value: null | {
    buyer: boolean;
    level: string;
    orders: number;
    spent: number;
    /** Days since the first and to the last purchase day. */
    daysSinceFirst: number;
    daysToLast: number;
    alive: number | null;
    orders90: Expected | null;
    orders365: Expected | null;
    value90: Expected | null;
    value365: Expected | null;
    clv: number;
    spread: number;
    downline: number;
    ownBand: number;
    spreadBand: number;
  };
  /** How low and high are found. */
  interval: 'simulation';
}

interface Row {
  level: string;
  orders: number;
  x: number;
  tx: number;
  T: number;
  mean_fen: number;
  total_fen: number;
  alive: number;
  orders_90: number;
  orders_365: number;
  value_90: number;
  value_365: number;
  clv: number;
  spread: number;
  downline: number;
  own_band: number;
  spread_band: number;
}

const draws = 400;

/**
 * What the last fit says of a person. Low and high: a parametric bootstrap of 400 worlds. In each the parameters are drawn from what the likelihood
 * leaves open, then this customer's rate, leaving and amounts from what the history leaves open, then the purchases; low and high cut off a tenth on each side.
 */
export async function personValue(deps: ModelDeps, asker: Asker, id: string): Promise<PersonValue> {
  const no = await deps.personNo(asker.workspaceNo, id);
  if (no === undefined) throw notFound('Person');
  const fit = await readFit(deps.pg, asker.workspaceNo);
  if (!fit) return { fit: null, value: null, interval: 'simulation' };
  const [row] = await deps.ch.query<Row>(
    `SELECT * FROM person_values WHERE workspace_no = ${asker.workspaceNo} AND fit = ${fit.no} AND person_no = ${no}`,
  );
  const model = fit.model && models[fit.model.model];
  const about = { no: fit.no, asOf: fit.asOf, state: fit.state, model: model?.name ?? null, margin: fit.margin.from };
  if (!row) return { fit: about, value: null, interval: 'simulation' };
  const buyer = row.orders > 0;
  const ranges = buyer && fit.model ? simulated(fit, row, no) : undefined;
  const around = (expected: number, range: [number, number] | undefined): Expected | null =>
    range ? { expected, low: range[0], high: range[1] } : null;
  return {
    fit: about,
    interval: 'simulation',
    value: {
      ...{ buyer, level: row.level, orders: row.orders, spent: row.total_fen, daysSinceFirst: row.T, daysToLast: row.tx },
      // A model without drop-out knows nothing of who left.
      alive: buyer && fit.model && fit.model.model !== 'nbd' ? row.alive : null,
      orders90: around(row.orders_90, ranges?.orders90),
      orders365: around(row.orders_365, ranges?.orders365),
      value90: around(row.value_90, ranges?.value90),
      value365: around(row.value_365, ranges?.value365),
      ...{ clv: row.clv, spread: row.spread, downline: row.downline, ownBand: row.own_band, spreadBand: row.spread_band },
    },
  };
}

function simulated(fit: ValueFit, row: Row, seed: number) {
  const chosen = fit.model!;
  const model = models[chosen.model];
  const timing = chosen.candidates.find((c) => c.key === chosen.model)!.fit;
  const random = seeded(seed * 7919 + fit.no);
  const history = { x: row.x, tx: row.tx / 7, T: row.T / 7 };
  const next = drawer(timing, random);
  const spend = fit.spending.by === 'gamma_gamma' ? drawer(chosen.spend, random) : undefined;
  const worth = (count: number): number =>
    fit.margin.rate *
    (spend ? gammaGamma.simulate(spend(), row.x, row.mean_fen, count, random) : count * (row.x > 0 ? row.mean_fen : fit.spending.mean));
  const found = { orders90: [] as number[], orders365: [] as number[], value90: [] as number[], value365: [] as number[] };
  for (let i = 0; i < draws; i++) {
    const parameters = next();
    for (const days of [90, 365] as const) {
      const count = model.simulate(parameters, days / 7, history, random);
      found[`orders${days}`].push(count);
      found[`value${days}`].push(worth(count));
    }
  }
  const range = (list: number[]): [number, number] => {
    list.sort((a, b) => a - b);
    return [list[Math.floor(0.1 * draws)]!, list[Math.floor(0.9 * draws)]!];
  };
  return {
    orders90: range(found.orders90),
    orders365: range(found.orders365),
    value90: range(found.value90),
    value365: range(found.value365),
  };
}

/** Parameters as the likelihood leaves them open: normal in their logarithms. */
function drawer({ parameters, covariance }: { parameters: number[]; covariance: number[][] | null }, random: Random): () => number[] {
  const lower = covariance && choleskyOf(covariance);
  if (!lower) return () => parameters;
  return () => {
    const z = parameters.map(() => normalDraw(random));
    return parameters.map((p, i) => p * Math.exp(lower[i]!.reduce((sum, v, j) => sum + v * z[j]!, 0)));
  };
}
