import type { Rule } from '../../audience/index.ts';
import { sqlString, sqlStrings } from '../../base/index.ts';
import type { KocDeps } from './deps.ts';
import type { Rank } from './schema.ts';

export const rankEvent = 'Rank Changed';
/** So many changes are written at once. */
const atOnce = 5000;

/** One row a person who ever had a rank: the one of the newest change; '' for none. */
export function ranksNowSql(deps: Pick<KocDeps, 'source'>, workspaceNo: number): string {
  const source = deps.source(workspaceNo, ["ifNull(properties.to.:String, '') AS rank_to"]);
  return `SELECT person_no, argMax(rank_to, (time, key)) AS rank, max(time) AS since FROM ${source} WHERE event = '${rankEvent}' GROUP BY person_no`;
}

/** One row a person with a rank by the tasks as they are now: the deepest whose tasks, and those of all before it, are done. */
async function ranksDueSql(deps: KocDeps, workspaceNo: number, ranks: readonly Rank[]): Promise<string> {
  const { sql } = await deps.compile(
    workspaceNo,
    ranks.flatMap((r) => r.tasks.map((t) => t.rule as Rule)),
  );
  let next = 0;
  const done = ranks.map((r) => r.tasks.map(() => `r${next++}`).join(' AND '));
  const reached = done.map((_, i) => done.slice(0, i + 1).join(' AND '));
  const choose = reached.map((all, i) => `${all}, ${sqlString(ranks[i]!.key)}`).reverse();
  return `SELECT person_no, multiIf(${[...choose, "''"].join(', ')}) AS due FROM (${sql})`;
}

/** Works out who has which rank now, and writes each change as an event. What is there already is not written again. */
export async function recomputeRanks(
  deps: KocDeps,
  workspaceNo: number,
  ranks: readonly Rank[],
  version: number,
): Promise<{ changed: number }> {
  const due = ranks.length > 0 ? await ranksDueSql(deps, workspaceNo, ranks) : "SELECT toUInt32(0) AS person_no, '' AS due WHERE false";
  const changes = await deps.ch.query<{ person_no: number; due: string; rank: string; since: number }>(
    `SELECT if(d.person_no = 0, n.person_no, d.person_no) AS person_no, d.due AS due, n.rank AS rank, toInt64(toUnixTimestamp64Milli(n.since)) AS since
     FROM (SELECT * FROM (${due}) WHERE due != '') AS d FULL OUTER JOIN (${ranksNowSql(deps, workspaceNo)}) AS n ON d.person_no = n.person_no
     WHERE d.due != n.rank`,
  );
  const order = ranks.map((r) => r.key);
  for (let i = 0; i < changes.length; i += atOnce) {
    await deps.write(
      workspaceNo,
      changes.slice(i, i + atOnce).map(({ person_no, due: to, rank: from, since }) => ({
        // The same change of the same state is the same event, however often it is worked out.
        messageId: `koc-rank:${person_no}:${since}:${from}>${to}`,
        event: rankEvent,
        timestamp: deps.clock.now(),
        personNo: person_no,
        source: 'yutang',
        properties: { from: from || null, to: to || null, up: order.indexOf(to) > order.indexOf(from), version },
      })),
    );
  }
  return { changed: changes.length };
}

export async function rankCounts(deps: KocDeps, workspaceNo: number, ranks: readonly Rank[]): Promise<Map<string, number>> {
  if (ranks.length === 0) return new Map();
  const rows = await deps.ch.query<{ rank: string; n: number }>(
    `SELECT rank, count() AS n FROM (${ranksNowSql(deps, workspaceNo)}) WHERE rank IN (${sqlStrings(ranks.map((r) => r.key))}) GROUP BY rank`,
  );
  return new Map(rows.map((r) => [r.rank, r.n]));
}
