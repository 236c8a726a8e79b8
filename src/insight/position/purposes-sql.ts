import { ANY_EVENT, eventCondition } from '../../audience/index.ts';
import { sqlString } from '../../base/index.ts';
import { instantSql, type Range } from '../period.ts';
import type { Source } from '../source.ts';

/** What followed, each a column of `purposePeopleSql`: 1 when it did within the days after the first message, or after joining. */
export const followUps = ['opened', 'clicked', 'followed', 'claimed', 'ordered', 'shared', 'left'] as const;
export type FollowUp = (typeof followUps)[number];

export const things = { journey: 'j', content: 'c', group: 'g' } as const;
export type Thing = keyof typeof things;

/**
 * One row a person and thing that reached them in the range: a journey or a content by its first message sent, a group by joining it. `thing` is its kind's letter
 * and its id. Opening counts for the same journey or content; the rest is whatever the person did then.
 */
export function purposePeopleSql(source: Source, range: Range, days: number): string {
  const after = days * 86_400_000;
  const text = (path: string, as: string) => `ifNull(properties.${path}.:String, '') AS ${as}`;
  const from = source([
    text('contentId', 'content'),
    text('journeyId', 'journey'),
    text('chatId', 'chat'),
    'ifNull(properties.revenue_fen.:Int64, 0) AS fen',
  ]);
  const ms = 'toUnixTimestamp64Milli(time)';
  const inRange = `time >= ${instantSql(range.from)} AND time < ${instantSql(range.to)}`;
  const keyed = (condition: string, value: string, letter: string) =>
    `groupArrayIf((${ms}, concat('${letter}', ${value})), ${condition} AND ${value} != '')`;
  const both = (condition: string) => `arrayConcat(${keyed(condition, 'journey', 'j')}, ${keyed(condition, 'content', 'c')})`;
  const times = (condition: string) => `groupArrayIf(${ms}, ${condition})`;
  const acts = `${eventCondition({ event: ANY_EVENT })} AND event NOT IN ('Message Opened', 'Message Clicked', 'Group Joined', 'Group Left')`;
  const collected = `SELECT person_no,
      arrayConcat(${both(`event = 'Message Sent' AND ${inRange}`)}, ${keyed(`event = 'Group Joined' AND ${inRange}`, 'chat', 'g')}) AS starts,
      ${both("event IN ('Message Opened', 'Message Clicked')")} AS opens, ${both("event = 'Message Clicked'")} AS clicks,
      ${keyed("event = 'Group Left'", 'chat', 'g')} AS leaves, groupArrayIf((${ms}, fen), event = 'Order Completed') AS orders,
      ${times("event IN ('Coupon Issued', 'Coupon Redeemed')")} AS claims, ${times("endsWith(event, ' Shared') OR event = 'Invite Accepted'")} AS shares,
      ${times(acts)} AS acts
    FROM ${from} WHERE time >= ${instantSql(range.from)} AND time < ${instantSql(range.to + after)} GROUP BY person_no HAVING notEmpty(starts)`;
  const within = (t: string) => `${t} >= first AND ${t} < first + ${after}`;
  const same = (list: string) => `arrayExists(e -> e.2 = thing AND ${within('e.1')}, ${list})`;
  const any = (list: string) => `arrayExists(t -> ${within('t')}, ${list})`;
  return `SELECT person_no, thing, first, ${same('opens')} AS opened, ${same('clicks')} AS clicked, ${same('leaves')} AS left, ${any('acts')} AS followed,
      ${any('claims')} AS claimed, ${any('shares')} AS shared, ${any('orders.1')} AS ordered, arraySum(o -> if(${within('o.1')}, o.2, 0), orders) AS fen
    FROM (SELECT *, arrayMin(s -> if(s.2 = thing, s.1, ${2 ** 52}), starts) AS first
      FROM (SELECT *, thing FROM (${collected}) ARRAY JOIN arrayDistinct(starts.2) AS thing))`;
}

export function purposeSumsSql(people: string, nowMs: number, days: number): string {
  return `SELECT thing, count() AS reached, countIf(first + ${days * 86_400_000} > ${nowMs}) AS open, sum(fen) AS fen,
      ${followUps.map((f) => `countIf(${f}) AS n_${f}`).join(', ')} FROM (${people}) GROUP BY thing ORDER BY reached DESC, thing LIMIT 500`;
}

export function purposeCellSql(people: string, kind: Thing, id: string, metric: FollowUp | 'reached'): string {
  return `SELECT person_no FROM (${people}) WHERE thing = ${sqlString(things[kind] + id)}${metric === 'reached' ? '' : ` AND ${metric}`}`;
}
