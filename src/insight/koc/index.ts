export type { KocBoard, Scored } from './board.ts';
export type { KocDeps } from './deps.ts';
export { createKoc, type Koc } from './koc.ts';
export { kocRoutes } from './routes.ts';
export type { KocSettings, Rank } from './schema.ts';
export { type KocStated, kocMigrations } from './settings.ts';
