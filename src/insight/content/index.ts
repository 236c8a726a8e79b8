export type { EffectAnswer, EffectRow } from './effect.ts';
export type { Radar } from './radar.ts';
export { type ContentEffectDeps, contentEffectRoutes } from './routes.ts';
export type { Apart, EffectQuestion, EffectStep } from './schema.ts';
