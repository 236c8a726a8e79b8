export type { FindingView } from './findings.ts';
export { checkKind, createHealth, type Health, type HealthDeps } from './health.ts';
export { healthMigrations } from './migrations.ts';
export type { Overview, Point, Series, SourceNow } from './overview.ts';
export type { RefusedSender } from './refused/view.ts';
export { healthRoutes } from './routes.ts';
export type { ExpectedTime, FindingChange } from './schema.ts';
export { Tally } from './tally.ts';
export type { Alarm } from './tell.ts';
