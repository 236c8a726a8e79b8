import { type Ch, type Pg, sqlString } from '../base/index.ts';
import { followedUp } from './all-landed.ts';
import type { SplitPart } from './split-moves.ts';

const those = (workspaceNo: number, people: readonly number[]): string =>
  `workspace_no = ${workspaceNo} AND person_no IN (${people.join(',') || '0'})`;

/** Whether events of these people still lie under the number of another, or those of another under theirs. */
async function unsettled(pg: Pg, workspaceNo: number, people: readonly number[]): Promise<boolean> {
  const [merging] = await pg.query(
    "SELECT 1 FROM person_moves WHERE workspace_no = $1 AND state <> 'done' AND (from_no = ANY($2) OR to_no = ANY($2)) LIMIT 1",
    [workspaceNo, people],
  );
  if (merging) return true;
  const splits = await pg.query<{ to_no: number; parts: SplitPart[] }>(
    "SELECT to_no, parts FROM split_moves WHERE workspace_no = $1 AND state <> 'done'",
    [workspaceNo],
  );
  const those = new Set(people);
  return splits.some((s) => those.has(s.to_no) || s.parts.some((part) => part.persons.some((no) => those.has(no))));
}

/** What erasure asks of the events: by the numbers that rows stand under, also of people merged and not yet re-written. */
export function eventsForErasure({ pg, ch, settle }: { pg: Pg; ch: Ch; settle(): Promise<number> }) {
  return {
    /** Returns once the events of these people lie under their own numbers. */
    settle: async (workspaceNo: number, people: readonly number[]): Promise<void> => {
      for (let tries = 0; await unsettled(pg, workspaceNo, people); tries++) {
        if (tries === 600)
          throw new Error('merges or splits of the person are not settled after minutes; the erasure goes on at the next start');
        await settle();
        // A room may have to be told first.
        if (await unsettled(pg, workspaceNo, people)) await new Promise((resolve) => setTimeout(resolve, 500));
      }
    },
    unsettled,
    /** Returns once what was on its way has landed and every consumer has passed it; false when that takes too long. */
    followedUp: () => followedUp(pg),
    /** How many events there are, by month and name: so that totals elsewhere can be explained once they are gone. */
    counts: (workspaceNo: number, people: readonly number[]): Promise<{ month: string; event: string; count: number }[]> =>
      ch.query(
        `SELECT formatDateTime(time, '%Y-%m') AS month, if(event = '', concat('(', type, ')'), event) AS event, count() AS count FROM events
         WHERE ${those(workspaceNo, people)} GROUP BY ALL ORDER BY month, event LIMIT 5000`,
      ),
    /** Stand-ins of personal values in these events. */
    tokens: async (workspaceNo: number, people: readonly number[]): Promise<string[]> => {
      const rows = await ch.query<{ token: string }>(
        `SELECT DISTINCT arrayJoin(extractAll(concat(toJSONString(properties), context), 'pii~[0-9A-Za-z_-]{22}')) AS token FROM events
         WHERE ${those(workspaceNo, people)}`,
      );
      return rows.map((r) => r.token);
    },
    /** Events of these people in whose context one of the texts stands. */
    naming: (workspaceNo: number, people: readonly number[], texts: readonly string[]): Promise<{ person: number; key: number }[]> =>
      ch.query(
        `SELECT person_no AS person, key FROM events WHERE ${those(workspaceNo, people)}
           AND multiSearchAny(context, [${texts.map(sqlString).join(', ')}]) LIMIT 10000`,
      ),
  };
}
