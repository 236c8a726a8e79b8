import type { Clock, Pg } from '../../base/index.ts';

const day = 86_400_000;
/** A fit that failed is tried again after so long. */
const again = 6 * 3_600_000;

interface Model {
  pg: Pg;
  clock: Clock;
  /** Where its fits are kept. */
  table: 'value_fits' | 'heat_fits';
  /** After how many days it is fitted again, by the settings of the last fit; null: never by itself. */
  every(settings: object): number | null;
  begin(workspaceNo: number): Promise<unknown>;
}

/** Begins the fits whose time has come, of all workspaces that were fitted before. Says how many. */
export function createRefit({ pg, clock, table, every, begin }: Model): () => Promise<number> {
  const tried = new Map<number, number>();
  return async () => {
    const now = clock.ms();
    const last = await pg.query<{ workspace_no: number; as_of: Date; settings: object }>(
      `SELECT DISTINCT ON (workspace_no) workspace_no, as_of, settings FROM ${table} ORDER BY workspace_no, no DESC`,
    );
    const due = last.filter(({ workspace_no, as_of, settings }) => {
      const days = every(settings);
      return days !== null && as_of.getTime() + days * day <= now && (tried.get(workspace_no) ?? 0) + again <= now;
    });
    for (const { workspace_no } of due) {
      tried.set(workspace_no, now);
      await begin(workspace_no);
    }
    return due.length;
  };
}
