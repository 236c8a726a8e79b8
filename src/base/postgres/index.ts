export { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded.ts';
export { connectPg, type Pg } from './pool.ts';
