export type { HeatAnswer, HeatRow, HotPerson } from './answer.ts';
export type { HeatFit } from './fit-heat.ts';
export { createHeat, type Heat } from './heat.ts';
export { heatMigrations } from './migrations.ts';
export type { PersonHeat } from './person.ts';
export type { HeatReason } from './reasons.ts';
export { heatRoutes } from './routes.ts';
