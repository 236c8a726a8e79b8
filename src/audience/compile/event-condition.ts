import { sqlString, sqlStrings } from '../../base/index.ts';
import { ANY_EVENT, passiveEvents, type Step } from '../rule.ts';
import { predicate, reader } from './predicate.ts';

/** SQL, never null, over rows of the events table: is this row such an event? The same reading of the name and of `where` as in rules. */
export function eventCondition(step: Step): string {
  const who =
    step.event === ANY_EVENT
      ? `type IN ('track', 'page', 'screen') AND event NOT IN (${sqlStrings(passiveEvents)})`
      : `event = ${sqlString(step.event)}`;
  const wheres = (step.where ?? []).map((w) => predicate(reader(w.property), w.op, w.value));
  return [who, ...wheres].join(' AND ');
}
