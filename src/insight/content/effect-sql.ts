import { sqlString } from '../../base/index.ts';
import type { InsightDeps } from '../deps.ts';
import { instantSql, type Range } from '../period.ts';
import type { EffectQuestion } from './schema.ts';

const dayMs = 86_400_000;

/** What an item is about, as far as its effect is set apart by it. */
export interface EffectContent {
  id: string;
  name: string;
  kind: string;
  scenes: readonly string[];
}

/**
 * One row for each person, content and key: `opened`, `clicked`, `ordered` within the window after the first time that the content reached the person in the
 * range, and the `fen` of those orders. It reaches a person when a message with it is sent, or when they open its page without one (passed on by somebody).
 * An order counts for every content that reached the person before it: rows say what went together with content, and are not to be added up.
 */
export function effectSql(
  deps: Pick<InsightDeps, 'source'>,
  workspaceNo: number,
  question: EffectQuestion,
  range: Range,
  contents: readonly EffectContent[],
): string {
  const source = (...columns: string[]) => deps.source(workspaceNo, columns);
  const text = (name: string, as: string) => `ifNull(properties.\`${name}\`.:String, '') AS ${as}`;
  const window = question.withinDays * dayMs;
  const only = question.contentId === undefined ? '' : ` AND s.1 = ${sqlString(question.contentId)}`;
  const reached = "(event = 'Message Sent' OR (event = 'Content Viewed' AND outbox_of = ''))";
  const people = `SELECT person_no,
      groupArrayIf((content_of, if(event = 'Message Sent', channel_of, 'page'), journey_of, ms), ${reached} AND ms >= ${range.from} AND ms < ${range.to}) AS seen,
      groupArrayIf((content_of, ms, event = 'Message Clicked'), event IN ('Message Opened', 'Message Clicked', 'Content Viewed', 'Content Read')) AS acts,
      groupArrayIf((ms, fen_of), event = 'Order Completed') AS orders
    FROM (SELECT *, toUnixTimestamp64Milli(time) AS ms FROM ${source(
      text('contentId', 'content_of'),
      text('channel', 'channel_of'),
      text('journeyId', 'journey_of'),
      text('outboxId', 'outbox_of'),
      'ifNull(properties.`revenue_fen`.:Int64, 0) AS fen_of',
    )} WHERE event IN ('Message Sent', 'Message Opened', 'Message Clicked', 'Content Viewed', 'Content Read', 'Order Completed')
      AND time >= ${instantSql(range.from)} AND time < ${instantSql(range.to + window)} AND (event = 'Order Completed' OR content_of != ''))
    GROUP BY person_no HAVING notEmpty(seen)`;
  const keyOf: Record<EffectQuestion['by'], string> = {
    ...{ item: "''", channel: 's.2', journey: 's.3', path: "''", level: "''", stage: "''" },
    scene: `arrayJoin(if(empty(${scenesOf('s.1', contents)}), [''], ${scenesOf('s.1', contents)}))`,
  };
  const after = (t: string) => `${t} >= at AND ${t} < at + ${window}`;
  const rows = `SELECT person_no, content, key, arrayExists(a -> a.1 = content AND ${after('a.2')}, done) AS opened,
      arrayExists(a -> a.1 = content AND a.3 AND ${after('a.2')}, done) AS clicked,
      arrayExists(o -> ${after('o.1')}, bought) AS ordered, arraySum(o -> if(${after('o.1')}, o.2, 0), bought) AS fen, at
    FROM (SELECT person_no, s.1 AS content, ${keyOf[question.by]} AS key, min(s.4) AS at, any(acts) AS done, any(orders) AS bought
      FROM (${people}) ARRAY JOIN seen AS s WHERE 1${only} GROUP BY person_no, content, key)`;
  const kept = ['person_no', 'content', 'opened', 'clicked', 'ordered', 'fen'].map((name) => `r.${name} AS ${name}`).join(', ');
  if (question.by === 'path') {
    const doors = `SELECT person_no, argMin(point_of, time) AS door FROM ${source(text('touchpointId', 'point_of'))} WHERE event = 'Touchpoint Entered' AND point_of != '' GROUP BY person_no`;
    return `SELECT ${kept}, d.door AS key FROM (${rows}) r LEFT JOIN (${doors}) d USING person_no`;
  }
  if (question.by === 'level' || question.by === 'stage') {
    // Where they stood when it reached them, not where it may have brought them.
    const moves = `SELECT person_no, toUnixTimestamp64Milli(time) AS since, to_of FROM ${source(text('to', 'to_of'))} WHERE event = '${question.by === 'level' ? 'Level' : 'Stage'} Changed'`;
    return `SELECT ${kept}, m.to_of AS key FROM (${rows}) r ASOF LEFT JOIN (${moves}) m ON r.person_no = m.person_no AND r.at >= m.since`;
  }
  return rows;
}

/** The scenes of a content, as SQL over its id. */
function scenesOf(id: string, contents: readonly EffectContent[]): string {
  const with_ = contents.filter((one) => one.scenes.length > 0);
  if (with_.length === 0) return "CAST([], 'Array(String)')";
  const list = (texts: readonly string[]) => `[${texts.map(sqlString).join(', ')}]`;
  return `mapFromArrays(${list(with_.map((one) => one.id))}, [${with_.map((one) => list(one.scenes)).join(', ')}])[${id}]`;
}
