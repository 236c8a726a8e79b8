import { sqlString } from '../../base/index.ts';
import type { Step } from '../rule.ts';
import { predicate, reader } from './predicate.ts';

/** SQL, never null, over rows of the events table: is this row such an event? The same reading of `where` as in rules. */
export function eventCondition(step: Step): string {
  const wheres = (step.where ?? []).map((w) => predicate(reader(w.property), w.op, w.value));
  return [`event = ${sqlString(step.event)}`, ...wheres].join(' AND ');
}
