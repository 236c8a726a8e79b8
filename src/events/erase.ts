import { type Ch, sqlString } from '../base/index.ts';

const those = (workspaceNo: number, people: readonly number[]): string =>
  `workspace_no = ${workspaceNo} AND person_no IN (${people.join(',') || '0'})`;

/** What erasure asks of the events: by the numbers that rows stand under, also of people merged and not yet re-written. */
export function eventsForErasure(ch: Ch) {
  return {
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
