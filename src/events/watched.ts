import type { Clock } from '../base/index.ts';
import type { Incoming } from './message.ts';
import type { Outcome } from './writer.ts';

/** Who looks on while events are written. */
export interface Watch {
  /** Events that are not to be taken in, as `type/name`; quick, from memory. */
  blocked(workspaceNo: number): Promise<ReadonlySet<string>>;
  duplicate(workspaceNo: number, item: Incoming, nowMs: number): void;
}

type Write = (workspaceNo: number, items: readonly Incoming[]) => Promise<Outcome[]>;

/** Writing with the catalogue's word on what is taken in, and a count of what was sent again. */
export function watched(write: Write, clock: Clock, watch: Watch | undefined): Write {
  if (!watch) return write;
  return async (workspaceNo, items) => {
    const blocked = await watch.blocked(workspaceNo);
    const refused = (item: Incoming) => blocked.size > 0 && item.source !== 'yutang' && blocked.has(`${item.type}/${item.event}`);
    const taken = blocked.size === 0 ? items : items.filter((item) => !refused(item));
    const outcomes = await write(workspaceNo, taken);
    for (let i = 0; i < outcomes.length; i++) if (outcomes[i] === 'duplicate') watch.duplicate(workspaceNo, taken[i]!, clock.ms());
    if (taken.length === items.length) return outcomes;
    let next = 0;
    return items.map((item) => (refused(item) ? { field: 'event', reason: 'is blocked in the catalogue of events' } : outcomes[next++]!));
  };
}
