import type { Where } from './graph.ts';
import type { Deps } from './ports.ts';

/** SQL over the events: is this row such an event? */
export const stepCondition = (deps: Pick<Deps, 'audience'>, event: string, where: Where[] | undefined): string =>
  `(${deps.audience.eventCondition(where && where.length > 0 ? { event, where } : { event })})`;
