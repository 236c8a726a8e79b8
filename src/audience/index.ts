export type { AskOptions } from './ask.ts';
export { type Audience, type AudienceDeps, createAudience, RECOMPUTE } from './audience.ts';
export { eventCondition } from './compile/event-condition.ts';
export type { AudienceDefinition, Definition, Definitions, Names, TagDefinition } from './expand.ts';
export { migrations } from './migrations.ts';
export { parseRule } from './parse.ts';
export type { PersonalPort } from './personal.ts';
export { routes } from './routes.ts';
export {
  ANY_EVENT,
  type Comparison,
  type EventRule,
  type Measured,
  type Op,
  passiveEvents,
  type Rule,
  type SequenceRule,
  type Span,
  type Step,
  spanMs,
  type Value,
  type Where,
  type Window,
} from './rule.ts';
export { ruleSchema } from './schema.ts';
export { sentenceOf } from './sentence.ts';
