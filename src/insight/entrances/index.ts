export { createEntrances, type EntranceDeps, type Entrances } from './entrances.ts';
export { entranceRoutes } from './routes.ts';
export type { WayStep, WaysQuestion } from './schema.ts';
export type { TrialAnswer } from './trial.ts';
export type { Entrance, NamedPoint, StepOf, Way, WaysAnswer } from './ways.ts';
