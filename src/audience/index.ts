export type { AskOptions } from './ask.ts';
export { type Audience, type AudienceDeps, createAudience, RECOMPUTE } from './audience.ts';
export { eventCondition } from './compile/event-condition.ts';
export type { AudienceAbout, AudienceDefinition, Definition, Definitions, Names, TagAbout, TagDefinition } from './expand.ts';
export type { ExportPort, FileAsk, FileView } from './groups/files.ts';
export type { Comparison as AudienceComparison, Overlap } from './groups/overlap.ts';
export { migrations } from './migrations.ts';
export type { OrderedPreview } from './ordered/preview.ts';
export { parseRule } from './parse.ts';
export type { PersonalPort } from './personal.ts';
export { audienceZh } from './problems.zh.ts';
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
export type { Needs, User } from './saved/depends.ts';
export type { Change, Version } from './saved/versions.ts';
export { ruleSchema } from './schema.ts';
export { sentenceOf } from './sentence.ts';
export type { DayOfTag } from './tags/figures.ts';
export type { Interest, InterestSettings } from './tags/interest.ts';
export type { Evidence as WhyEvidence } from './why/evidence.ts';
export type { Given } from './why/given.ts';
export type { Part as WhyPart, Why, WhyKind } from './why/why.ts';
