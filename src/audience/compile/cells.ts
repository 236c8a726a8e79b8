import type { Interval } from './window.ts';

/**
 * Reading a path of the JSON costs many times what reading a name and a time does. So rows are read in up to three branches: `plain` without
 * the JSON, `json` only the rows of events whose properties matter, `identify` only those that state traits. A row may come in more than one,
 * but each cell is looked for in one branch only.
 */
export const branches = ['plain', 'json', 'identify'] as const;
export type Branch = (typeof branches)[number];

/** A cell: "a row of this selector in this interval". Everything that a scan learns of events is about cells. */
export interface Cell {
  selector: Selector;
  interval: Interval;
}
export interface Selector {
  id: number;
  event: string;
  branch: Branch;
  /** Whether a row fits, where the name alone does not decide. */
  sql?: string;
  /** Instead of `sql`, where name and one text decide: all such selectors share one look at the text. */
  text?: { sql: string; values: readonly string[] };
  /** The column that says whether a row fits, or that holds the text, by branch. */
  columns: Partial<Record<Branch, string>>;
}
