import type { MatchingDeps } from '../ports.ts';

/** How a content did over a channel with people of a level. Broken numbers: what is older counts less. */
export interface Effect {
  content: string;
  channel: string;
  level: string;
  sent: number;
  hits: number;
  /** As they were counted. */
  messages: number;
  clicked: number;
}

const day = 86_400_000;
const lookBackDays = 365;
/** A message so young may still be clicked: without a click it says nothing yet. */
const ripeMs = day;

/** Of every content what became of its messages, by channel and by the level that people had when they got it. */
export async function effectsOf(
  deps: Pick<MatchingDeps, 'ch' | 'source'>,
  workspaceNo: number,
  at: number,
  options: { clickDays: number; halfLifeDays: number },
): Promise<Effect[]> {
  const text = (name: string) => `ifNull(properties.${name}.:String, '') AS ${name}`;
  const instant = (ms: number) => `fromUnixTimestamp64Milli(toInt64(${Math.round(ms)}), 'UTC')`;
  const messages = `SELECT person_no, outboxId, any(contentId) AS content, any(channel) AS channel, minIf(time, event = 'Message Sent') AS sent_at,
      minIf(time, event = 'Message Clicked') AS clicked_at, toUInt8(clicked_at > toDateTime64(0, 3, 'UTC') AND clicked_at <= sent_at + INTERVAL ${options.clickDays} DAY) AS hit
    FROM ${deps.source(workspaceNo, [text('outboxId'), text('contentId'), text('channel')])}
    WHERE event IN ('Message Sent', 'Message Clicked') AND time >= ${instant(at - lookBackDays * day)} AND time <= ${instant(at)} AND outboxId != '' AND contentId != ''
    GROUP BY person_no, outboxId HAVING countIf(event = 'Message Sent') > 0 AND (hit = 1 OR sent_at <= ${instant(at - ripeMs)})`;
  const levels = `SELECT person_no, time AS since, level FROM ${deps.source(workspaceNo, ["ifNull(properties.to.:String, '') AS level"])} WHERE event = 'Level Changed'`;
  return deps.ch.query<Effect>(
    `SELECT content, channel, level, sum(weight) AS sent, sum(weight * hit) AS hits, count() AS messages, sum(hit) AS clicked
     FROM (SELECT m.content AS content, m.channel AS channel, l.level AS level, m.hit AS hit,
         exp2((toUnixTimestamp64Milli(m.sent_at) - ${at}) / ${options.halfLifeDays * day}) AS weight
       FROM (${messages}) AS m ASOF LEFT JOIN (${levels}) AS l ON l.person_no = m.person_no AND l.since <= m.sent_at)
     GROUP BY content, channel, level ORDER BY messages DESC, content, channel, level`,
  );
}
