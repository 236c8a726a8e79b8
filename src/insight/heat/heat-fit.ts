import type { DecayPoint } from './decay.ts';
import type { Logistic, Quality } from './logistic.ts';
import type { HeatSettings } from './schema.ts';

/** Fewer than these and a chance would be a guess. */
export const least = { orders: 100, laterOrders: 20, weeks: 6 };

/** What a fit found, as it is kept and shown. */
export interface HeatFit {
  no: number;
  asOf: string;
  settings: HeatSettings;
  /** `thin`: too few orders to say anything by. */
  state: 'ready' | 'thin';
  least: typeof least;
  /** Weeks looked back at, the later ones of them to be foretold, and people in each on average. */
  weeks: number;
  laterWeeks: number;
  rows: number;
  /** Rows with an order in the week after. */
  orders: number;
  laterOrders: number;
  /** Of a thousand people so many were looked at. */
  perMille: number;
  /** The share of people who order in a week. */
  base: number;
  model: Logistic | null;
  quality: Quality | null;
  decay: { intents: DecayPoint[]; orders: DecayPoint[] };
}
