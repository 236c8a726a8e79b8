import type { Clock } from '../base/index.ts';
import { enoughPeople } from '../experiments/index.ts';
import { definitionsOf } from './definitions.ts';
import type { Asker } from './deps.ts';
import { iso, type Range } from './period.ts';
import type { Question } from './schema.ts';

/** What goes with every answer: what was asked, as instants, so that asking again or for the people behind a number means the same. */
export interface Meta {
  question: Question;
  from: string;
  to: string;
  timezone: string;
  askedAt: string;
  elapsedMs: number;
  /** A share over fewer people than this has `enough: false`: not enough data yet. */
  enoughPeople: number;
  definitions: Record<string, { zh: string; en: string }>;
  /** People who were erased since the period began: they and what they did are in no number any more. */
  erased?: number;
}

export function metaOf(clock: Clock, asker: Asker, question: Question, range: Range, startedAt: number, definitions: string[]): Meta {
  return {
    question: { ...withoutCompare(question), from: iso(range.from), to: iso(range.to) },
    from: iso(range.from),
    to: iso(range.to),
    timezone: asker.timezone,
    askedAt: iso(clock.ms()),
    elapsedMs: Math.round(performance.now() - startedAt),
    enoughPeople,
    definitions: definitionsOf(definitions),
  };
}

/** Each answer is about one period; what it is set beside is another answer. */
function withoutCompare(question: Question): Question {
  const { compare: _, ...rest } = question as Question & { compare?: unknown };
  return rest as Question;
}
