import { addDays, instantOf, localDay, weekdayOf } from '../channels/index.ts';
import { spanMs, untilDay, type WaitNode, type WindowNode } from './graph.ts';

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

const quarter = 15 * 60_000;

/**
 * When a wait ends for who comes to it now, by when they came in; now or earlier: they go on at once. Of a time of day: who comes too late goes on at once
 * on that very day, and after it at the next such time, so that what a pause held up does not all come at once.
 */
export function waitEnds(node: WaitNode, now: number, zone: string): (enteredAt: Date) => number {
  if (!untilDay(node)) {
    const end = now + spanMs(node);
    return () => end;
  }
  const { day, at } = node;
  const known = new Map<number, number>();
  const endOf = (entered: number): number => {
    const on = addDays(localDay(entered, zone), day);
    const today = localDay(now, zone);
    if (on >= today) return instantOf(on, at, zone);
    const next = instantOf(today, at, zone);
    return next > now ? next : instantOf(addDays(today, 1), at, zone);
  };
  return (enteredAt) => {
    // Days begin at full quarters of an hour everywhere: who came in within the same one has the same day.
    const slot = Math.floor(enteredAt.getTime() / quarter);
    const end = known.get(slot) ?? endOf(slot * quarter);
    known.set(slot, end);
    return end;
  };
}
