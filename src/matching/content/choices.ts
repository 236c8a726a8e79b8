import type { Pg } from '../../base/index.ts';
import type { OwnEvent } from '../../events/index.ts';
import type { Words } from '../products/recommend.ts';
import type { Match } from './beliefs.ts';

/** One option of a choice: the content, how much it is about what the person likes, and the chance it had. */
export type OptionKept = [content: string, match: Match, share: number];

export interface Choice {
  personNo: number;
  contentId: string | null;
  /** Why nothing was chosen. */
  none: string | null;
  score: number | null;
  propensity: number | null;
  level: string;
  options: OptionKept[];
  reasons: Words[];
}

const columns = 'person_no AS "personNo", content_id AS "contentId", none, score, propensity, level, options, reasons';

export async function readChoices(pg: Pg, workspaceNo: number, key: string, people: readonly number[]): Promise<Map<number, Choice>> {
  const rows = await pg.query<Choice>(
    `SELECT ${columns} FROM match_choices WHERE workspace_no = $1 AND key = $2 AND person_no = ANY($3::bigint[])`,
    [workspaceNo, key, people],
  );
  return new Map(rows.map((r) => [r.personNo, r]));
}

/** Keeps choices; whose is kept already under this key stays as it was. */
export async function keepChoices(
  pg: Pg,
  workspaceNo: number,
  key: string,
  channel: string,
  at: Date,
  choices: readonly Choice[],
): Promise<void> {
  if (choices.length === 0) return;
  await pg.query(
    `INSERT INTO match_choices (workspace_no, key, person_no, first_no, at, channel, content_id, none, score, propensity, level, options, reasons, told)
     SELECT $1, $2, "personNo", "personNo", $4, $3, "contentId", none, score, propensity, level, options, reasons, "contentId" IS NULL AND none <> 'holdout'
     FROM json_to_recordset($5::json) AS r("personNo" bigint, "contentId" text, none text, score real, propensity real, level text, options jsonb, reasons jsonb)
     ON CONFLICT DO NOTHING`,
    [workspaceNo, key, channel, at, JSON.stringify(choices)],
  );
}

const toldAtOnce = 2_000;

/** Tells what was chosen as events; told twice it is the same event. With a key: only what was chosen under it. */
export async function tellChoices(
  pg: Pg,
  write: (workspaceNo: number, items: OwnEvent[]) => Promise<unknown>,
  workspaceNo: number,
  key?: string,
): Promise<number> {
  for (let told = 0; ; ) {
    const rows = await pg.query<{
      key: string;
      no: number;
      first: number;
      at: Date;
      channel: string;
      content: string | null;
      propensity: number | null;
      level: string;
    }>(
      `SELECT key, person_no AS no, first_no AS first, at, channel, content_id AS content, propensity, level FROM match_choices
       WHERE workspace_no = $1 AND NOT told AND ($2::text IS NULL OR key = $2) LIMIT ${toldAtOnce}`,
      [workspaceNo, key ?? null],
    );
    if (rows.length === 0) return told;
    await write(
      workspaceNo,
      rows.map((r) => ({
        messageId: `match:${r.key}:${r.first}`,
        event: r.content === null ? 'Content Held Out' : 'Content Chosen',
        timestamp: r.at,
        personNo: r.no,
        source: 'yutang',
        properties: {
          ...{ key: r.key, channel: r.channel, level: r.level },
          ...(r.content === null ? {} : { contentId: r.content, propensity: r.propensity }),
        },
      })),
    );
    await pg.query(
      'UPDATE match_choices c SET told = true FROM unnest($2::text[], $3::bigint[]) AS d (key, no) WHERE c.workspace_no = $1 AND c.key = d.key AND c.person_no = d.no',
      [workspaceNo, rows.map((r) => r.key), rows.map((r) => r.no)],
    );
    told += rows.length;
  }
}

/** Two people are one: of two choices under one key the survivor's own stays. What was next for either is known anew with the next run. */
export async function followMerges(pg: Pg, workspaceNo: number, moves: readonly { from: number; to: number }[]): Promise<void> {
  for (const { from, to } of moves) {
    await pg.query(
      `UPDATE match_choices c SET person_no = $3 WHERE workspace_no = $1 AND person_no = $2
         AND NOT EXISTS (SELECT 1 FROM match_choices o WHERE o.workspace_no = $1 AND o.key = c.key AND o.person_no = $3)`,
      [workspaceNo, from, to],
    );
    await pg.query('DELETE FROM match_choices WHERE workspace_no = $1 AND person_no = $2', [workspaceNo, from]);
    await pg.query('DELETE FROM match_people WHERE workspace_no = $1 AND person_no = ANY($2)', [workspaceNo, [from, to]]);
  }
}

/** What was chosen for somebody before they were merged goes with them. */
export async function followSplit(
  pg: Pg,
  workspaceNo: number,
  split: { from: number; to: number; former: readonly number[] },
): Promise<void> {
  await pg.query('UPDATE match_choices SET person_no = $3 WHERE workspace_no = $1 AND person_no = $2 AND first_no = ANY($4)', [
    ...[workspaceNo, split.from, split.to, [...split.former]],
  ]);
  await pg.query('DELETE FROM match_people WHERE workspace_no = $1 AND person_no = ANY($2)', [workspaceNo, [split.from, split.to]]);
}
