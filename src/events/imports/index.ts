export { cleanFiles } from './clean.ts';
export { createImports, type Imports, type ImportsDeps, type StartImport } from './imports.ts';
export { importMigrations } from './migrations.ts';
export type { ImportedEvent } from './plan.ts';
export { importRoutes } from './routes.ts';
export { type ImportKind, type ImportOptions, type ImportView, importOptions, type Mapping, type Product } from './schema.ts';
export { eventSink, productsSource } from './sink.ts';
export type { EventSink } from './store.ts';
