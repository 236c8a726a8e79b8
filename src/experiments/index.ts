export { assign, assignStratified, lot } from './assign.ts';
export { type ArmRecord, type BanditOptions, banditShares, faded } from './bandit.ts';
export { createExperiments, type Decided, type Experiments } from './experiments.ts';
export { migrations } from './migrations.ts';
export type { ExperimentsDeps } from './ports.ts';
export { experimentsZh } from './problems.zh.ts';
export { betaDraw, gammaDraw, normalDraw, type Random, seeded } from './random.ts';
export { routes } from './routes.ts';
export {
  type Answer,
  type Arm,
  type ComparisonView,
  type Definition,
  definitionSchema,
  type Experiment,
  type Guard,
  type Metric,
  type MetricResult,
  type Plan,
  type PlanAsk,
  type Results,
} from './schema.ts';
export { type CompareOptions, type Comparison, compare } from './statistics/compare.ts';
export type { Interval } from './statistics/interval.ts';
export { mean } from './statistics/mean.ts';
export { newcombe } from './statistics/newcombe.ts';
export { enoughPeople, type Proportion, proportion } from './statistics/proportion.ts';
export { median, quantile } from './statistics/quantile.ts';
export { variance } from './statistics/variance.ts';
export { wilson } from './statistics/wilson.ts';
