/** What rules say of a person now. Worked out by a room below; people only shows it. */
export interface PersonStanding {
  stage: string | null;
  tier: string | null;
  level: string | null;
  tags: { key: string; value?: string; since: string; by: string }[];
}

export interface StandingFilter {
  stage?: string | undefined;
  tier?: string | undefined;
  level?: string | undefined;
  tag?: string | undefined;
  audience?: string | undefined;
}

/**
 * What a room keeps of people in PostgreSQL, for the one statement of a look-up: SQL that makes one JSON value of the person with the number
 * `p.person_no` of the workspace `$1`, and what these values say.
 */
export interface PersonColumn<T> {
  sql: string;
  read(workspaceNo: number, values: ReadonlyMap<number, unknown>): Promise<Map<number, T>>;
}

/** SQL that lists the numbers whose rows are of the person `p.person_no`: their own and those that were merged into it. */
export const partsSql = 'SELECT p.person_no AS part UNION ALL SELECT m.person_no FROM people m WHERE m.merged_into = p.person_no';

export interface Standing {
  column: PersonColumn<PersonStanding>;
  of(workspaceNo: number, people: readonly number[]): Promise<Map<number, PersonStanding>>;
  /** People for whom the filter holds, numbers descending, below `before`; with the whole count. */
  list(
    workspaceNo: number,
    filter: StandingFilter,
    before: number | undefined,
    limit: number,
  ): Promise<{ people: number[]; total: number }>;
  facets(workspaceNo: number, filter: StandingFilter): Promise<Record<'stage' | 'tier' | 'level' | 'tag', Record<string, number>>>;
}

/** What the record of events says of a person: when first and last seen, and orders, refunds subtracted. */
export interface PersonActivity {
  first: string;
  last: string;
  orders: { count: number; revenueFen: number; refundFen: number; lastAt: string | null };
}

export type Activity = PersonColumn<PersonActivity>;
