export type { FindingView } from './findings.ts';
export { type Alarm, checkKind, createHealth, type Health, type HealthDeps } from './health.ts';
export { healthMigrations } from './migrations.ts';
export { healthRoutes } from './routes.ts';
export { Tally } from './tally.ts';
