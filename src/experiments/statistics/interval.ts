/** z for a two-sided 95 % interval. */
export const z95 = 1.959963984540054;

export interface Interval {
  low: number;
  high: number;
}
