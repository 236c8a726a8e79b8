import type { Pg } from '../base/index.ts';
import { covers, lastWord } from './standing.ts';

/** What people said last that covers messages of a purpose over a channel: true agreed, false refused; who said nothing is not in it. */
export async function lastWords(
  pg: Pg,
  workspaceNo: number,
  people: readonly number[],
  { purpose, channel }: { purpose: string; channel: string },
): Promise<Map<number, boolean>> {
  const rows = await pg.query<{ no: number; word: boolean }>(
    `SELECT c.person_no AS no, ${lastWord} AS word FROM consents c
     WHERE c.workspace_no = $1 AND c.person_no = ANY($2) AND ${covers({ purpose: '$3', channel: '$4', always: 'false' })} GROUP BY 1`,
    [workspaceNo, [...people], purpose, channel],
  );
  return new Map(rows.map((row) => [row.no, row.word]));
}
