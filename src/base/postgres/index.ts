export { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded.ts';
export { narrow } from './narrow.ts';
export { connectPg, type Pg } from './pool.ts';
