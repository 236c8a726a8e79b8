export type { PoolMetric } from './metrics.ts';
export { positionMigrations } from './migrations.ts';
export type { PoolWorth, ValuePoint } from './pool-value.ts';
export { createPosition, type Position, type PositionDeps } from './position.ts';
export type { GuardState, Progress, TargetProgress } from './progress.ts';
export type { PurposeAnswer, Purposed, PurposeRow } from './purposes.ts';
export { positionRoutes } from './routes.ts';
export type { Statement, Target } from './schema.ts';
export type { Stated } from './statement.ts';
