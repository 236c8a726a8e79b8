export type { Interval } from './interval.ts';
export { mean } from './mean.ts';
export { newcombe } from './newcombe.ts';
export { enoughPeople, type Proportion, proportion } from './proportion.ts';
export { median, quantile } from './quantile.ts';
export { variance } from './variance.ts';
export { wilson } from './wilson.ts';
