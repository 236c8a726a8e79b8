import { type Ch, sqlString } from '../../base/index.ts';
import type { Events } from '../../events/index.ts';

/** One word on a tag that is given: it was added or taken back, when, by what, and what was said with it. */
export interface Given {
  change: 'added' | 'removed';
  at: string;
  /** hand, import, model, or expiry. */
  by: string;
  /** Who gave it, where it was somebody. */
  actor?: string;
  value?: string;
  /** Of a model: the topic and how interested the person was then. */
  topic?: string;
  score?: number;
  /** The tag of the same group that took its place. */
  instead?: string;
}

const most = 20;

/** What was said of a tag and a person, the newest first. */
export async function givenOf(
  { ch, events }: { ch: Ch; events: Pick<Events, 'source'> },
  ws: number,
  personNo: number,
  key: string,
): Promise<Given[]> {
  const text = (name: string) => `ifNull(properties.\`${name}\`.:String, '')`;
  const columns = [
    `${text('key')} AS k`,
    `${text('by')} AS b`,
    `${text('actor')} AS actor`,
    `${text('topic')} AS topic`,
    `${text('for')} AS instead`,
    "if(isNull(properties.value), '', toString(properties.value)) AS v",
    'ifNull(properties.score.:Float64, toFloat64(properties.score.:Int64)) AS score',
  ];
  type Row = { at: number; event: string; b: string; actor: string; topic: string; instead: string; v: string; score: number | null };
  const rows = await ch.query<Row>(
    `SELECT toUnixTimestamp64Milli(time) AS at, toString(event) AS event, b, actor, topic, instead, v, score
     FROM ${events.source(ws, [personNo], columns)} WHERE event IN ('Tag Added', 'Tag Removed') AND k = ${sqlString(key)} AND b != 'rule'
     ORDER BY time DESC, key DESC LIMIT ${most}`,
  );
  return rows.map((row) => ({
    change: row.event === 'Tag Added' ? 'added' : 'removed',
    at: new Date(Number(row.at)).toISOString(),
    by: row.b || 'hand',
    ...(row.actor ? { actor: row.actor } : {}),
    ...(row.v ? { value: row.v } : {}),
    ...(row.topic ? { topic: row.topic } : {}),
    ...(row.score === null ? {} : { score: Number(row.score) }),
    ...(row.instead ? { instead: row.instead } : {}),
  }));
}
