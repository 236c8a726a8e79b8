import { addDays, instantOf, localDay, weekdayOf } from '../channels/index.ts';
import type { WindowNode } from './graph.ts';

/** When a window opens next; undefined: it is open now. One whose end is not after its beginning ends on the next day. */
export function opensAt(node: WindowNode, now: number, zone: string): number | undefined {
  const today = localDay(now, zone);
  // From yesterday on: that day's hours may not be over yet.
  for (let day = addDays(today, -1), i = 0; i < 10; day = addDays(day, 1), i++) {
    if (node.weekdays && !node.weekdays.includes(weekdayOf(day))) continue;
    const from = instantOf(day, node.from, zone);
    const to = instantOf(node.to > node.from ? day : addDays(day, 1), node.to, zone);
    if (now < from) return from;
    if (now < to) return undefined;
  }
  return undefined;
}
