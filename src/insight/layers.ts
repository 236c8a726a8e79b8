/**
 * Columns worked out of columns, a SELECT around a SELECT. An alias used twice in one SELECT is written out twice by the planner, and what is made of
 * it four times; a column of an inner SELECT is worked out once.
 */
export interface Layers {
  /** One more SELECT, with these columns besides those before. */
  add(columns: Record<string, string>): Layers;
  /** The SELECT of these columns. */
  select(columns: readonly string[], where?: string): string;
}

export function layersOver(sql: string): Layers {
  return {
    add: (columns) =>
      layersOver(
        `SELECT *, ${Object.entries(columns)
          .map(([name, column]) => `${column} AS ${name}`)
          .join(',\n    ')} FROM (${sql})`,
      ),
    select: (columns, where) => `SELECT ${columns.join(', ')} FROM (${sql})${where ? ` WHERE ${where}` : ''}`,
  };
}
