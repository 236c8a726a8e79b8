export type { PlanForesight } from './approval.ts';
export { createGroupPlans, type GroupPlans } from './group-plans.ts';
export { groupPlanMigrations } from './migrations.ts';
export { groupPlanRoutes } from './routes.ts';
export type * from './schema.ts';
export { addDays, instantOf, localDay, weekdayOf } from './times.ts';
