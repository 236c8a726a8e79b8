import { NEVER } from '../compile/window.ts';
import type { History, Selector } from './history.ts';

/** The first asOf after this one at which time alone can change a rule of the person at hand: the counterpart of the column `due` in SQL. */
export function createDue(history: History, asOf: number) {
  const spans = new Map<number, Set<Selector>>();
  return {
    /** Rows of the selector change a rule when they have become `span` old. */
    movesAt: (selector: Selector, span: number): void => {
      spans.set(span, (spans.get(span) ?? new Set()).add(selector));
    },
    due: (): number => {
      const future = history.nextFrom(asOf);
      let first = future === undefined ? NEVER : future + 1;
      for (const [span, selectors] of spans)
        for (const selector of selectors) {
          const rows = selector.rows();
          const oldest = rows[history.firstAt(rows, asOf - span)];
          if (oldest !== undefined && history.time(oldest) < asOf) first = Math.min(first, history.time(oldest) + span + 1);
        }
      return first;
    },
  };
}
