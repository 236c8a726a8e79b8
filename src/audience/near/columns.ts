import { identityOf, type Reader, reader } from '../compile/predicate.ts';

/** What may be asked of a value in a row; each is one column of the reading, however many rules ask. */
export type Facet = keyof Reader | 'identity';

/** Values as ClickHouse hands them over, a column each; a row's place is its place in every column. */
export type Column = unknown[];

/** The columns that some rules need, each path and type once. */
export function createColumns() {
  const places = new Map<string, number>();
  const sql: string[] = [];
  return {
    /** The place of the column. */
    place(path: string, facet: Facet): number {
      const id = `${facet} ${path}`;
      const known = places.get(id);
      if (known !== undefined) return known;
      places.set(id, sql.length);
      const r = reader(path);
      sql.push(facet === 'any' ? `isNotNull(${r.any})` : facet === 'identity' ? `toString(${identityOf(r)})` : r[facet]);
      return sql.length - 1;
    },
    sql,
  };
}
export type Columns = ReturnType<typeof createColumns>;
