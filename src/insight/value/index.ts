export type { MatrixCell, RfmRow, ValueAnswer, ValueGroup, ValueMeta, ValueRow } from './answer.ts';
export type { ModelDeps } from './deps.ts';
export { valueMigrations } from './migrations.ts';
export type { Expected, PersonValue } from './person.ts';
export { valueRoutes } from './routes.ts';
export { createValue, type Value } from './value.ts';
export type { ValueFit } from './value-fit.ts';
