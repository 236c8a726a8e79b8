import { instantSql, type Range } from '../period.ts';

/** Shares of people that tell whether what we say is welcome. `of` and `part` are conditions on a row of `reachPeopleSql`. */
export const reachMetrics = [
  { key: 'reach.opened', part: 'opened AND sent', of: 'sent', upIsGood: true },
  { key: 'reach.clicked', part: 'clicked AND sent', of: 'sent', upIsGood: true },
  { key: 'reach.failed', part: 'failed', of: 'sent OR failed', upIsGood: false },
  { key: 'reach.removed', part: 'removed AND friend', of: 'friend', upIsGood: false },
] as const;

/** One row a person whom messages or friendship concern. */
export function reachPeopleSql(source: string, range: Range): string {
  const did = (...events: string[]) =>
    `countIf(event IN (${events.map((e) => `'${e}'`).join(', ')}) AND time >= ${instantSql(range.from)}) > 0`;
  return `SELECT person_no, ${did('Message Sent')} AS sent, ${did('Message Opened', 'Message Clicked')} AS opened, ${did('Message Clicked')} AS clicked,
      ${did('Message Failed')} AS failed, ${did('Friend Removed')} AS removed, countIf(event = 'Friend Added') > 0 AS friend
    FROM ${source} WHERE time < ${instantSql(range.to)} AND event IN ('Message Sent', 'Message Opened', 'Message Clicked', 'Message Failed', 'Friend Added', 'Friend Removed')
    GROUP BY person_no`;
}

export function reachSumsSql(people: string): string {
  return `SELECT ${reachMetrics.map((m, i) => `countIf(${m.part}) AS part_${i}, countIf(${m.of}) AS of_${i}`).join(', ')} FROM (${people})`;
}
