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

export interface Standing {
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

export type Activity = (workspaceNo: number, people: readonly number[]) => Promise<Map<number, PersonActivity>>;
