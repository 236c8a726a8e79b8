import type { Cell, History } from './history.ts';

export type Dimension = 'all' | 'source' | 'carrier' | 'sdk' | 'version' | 'event';

/** What a finding is about, as text: `all`, `sdk:analytics.js`, `version:analytics.js@2.1`, `event:track/Order Completed`. */
export const subjectOf: Record<
  Dimension,
  (cell: Pick<Cell, 'type' | 'event' | 'source' | 'sdk' | 'version' | 'carrier'>) => string | undefined
> = {
  all: () => 'all',
  source: (c) => `source:${c.source}`,
  carrier: (c) => (c.carrier === '' ? undefined : `carrier:${c.carrier}`),
  sdk: (c) => (c.sdk === '' ? undefined : `sdk:${c.sdk}`),
  version: (c) => (c.sdk === '' || c.version === '' ? undefined : `version:${c.sdk}@${c.version}`),
  event: (c) => `event:${c.type}/${c.event}`,
};
const dimensions = Object.keys(subjectOf) as Dimension[];

export const dimensionOf = (subject: string): Dimension | undefined => dimensions.find((d) => subject === d || subject.startsWith(`${d}:`));

/** Whether a cell belongs to a subject. */
export function covers(subject: string, cell: Cell): boolean {
  const dimension = dimensionOf(subject);
  return dimension !== undefined && subjectOf[dimension](cell) === subject;
}

export interface Group {
  subject: string;
  dimension: Dimension;
  cells: Cell[];
}

/** The cells of what came from outside, by subject. */
export function groupsOf(history: History, wanted: readonly Dimension[]): Group[] {
  const groups = new Map<string, Group>();
  for (const cell of history.cells) {
    if (cell.source === 'yutang') continue;
    for (const dimension of wanted) {
      const subject = subjectOf[dimension](cell);
      if (subject === undefined) continue;
      const group = groups.get(subject) ?? { subject, dimension, cells: [] };
      group.cells.push(cell);
      groups.set(subject, group);
    }
  }
  return [...groups.values()];
}

export function sumOf(history: History, cells: readonly Cell[]): Float64Array {
  const sum = new Float64Array(history.unlike.length);
  for (const { count } of cells) for (let i = 0; i < sum.length; i++) sum[i]! += count[i]!;
  return sum;
}
