export type { KocBoard, Scored } from './board.ts';
export { createKoc, type Koc, type KocDeps } from './koc.ts';
export { kocRoutes } from './routes.ts';
export type { KocSettings, Rank } from './schema.ts';
export { type KocStated, kocMigrations } from './settings.ts';
