export { carriers } from './carrier.ts';
export { type Catalogue, type CatalogueItem, type CatalogueProperty, createCatalogue } from './catalogue/catalogue.ts';
export type { Entry } from './catalogue/entries.ts';
export { catalogueMigrations } from './catalogue/migrations.ts';
export { createPersonalNames, type Personal, type PersonalNames } from './catalogue/personal.ts';
export { catalogueRoutes } from './catalogue/routes.ts';
export type { Declared } from './catalogue/schema.ts';
export type { Slice, SliceHandler } from './consume.ts';
export { doors } from './doors.ts';
export { eventsForErasure } from './erase.ts';
export { createEvents, type Events } from './events.ts';
export {
  type Alarm,
  createHealth,
  type ExpectedTime,
  type FindingChange,
  type FindingView,
  type Health,
  healthMigrations,
  healthRoutes,
  type Overview,
  type Point,
  type RefusedSender,
  type Series,
  type SourceNow,
  Tally,
} from './health/index.ts';
export type { MergeHandler, SplitHandler } from './merged.ts';
export { migrations } from './migrations.ts';
export { namedMigrations } from './named/migrations.ts';
export { createNamedEvents, type NamedEvents } from './named/named.ts';
export { namedRoutes } from './named/routes.ts';
export type { OwnEvent } from './own.ts';
export { eventsZh } from './problems.zh.ts';
export { routes } from './routes.ts';
export { type SensorsDeps, sensorsDoor } from './sensors/index.ts';
export type { Split } from './split.ts';
export type { Telling, ToldResult } from './tell.ts';
export type { Watch } from './watched.ts';
export type { Outcome } from './writer.ts';
