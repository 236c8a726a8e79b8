export type { HeatAnswer, HeatRow, HotPerson } from './answer.ts';
export { createHeat, type Heat } from './heat.ts';
export type { HeatFit } from './heat-fit.ts';
export { heatMigrations } from './migrations.ts';
export type { PersonHeat } from './person.ts';
export type { HeatReason } from './reasons.ts';
export { heatRoutes } from './routes.ts';
