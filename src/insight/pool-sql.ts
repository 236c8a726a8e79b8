import { sqlString } from '../base/index.ts';
import { carriers } from '../events/index.ts';
import { carrierIndexSql } from './carriers-sql.ts';
import { before, instantSql, type Range } from './period.ts';

/** One row a person in the pool by the end of a range: when first seen, on which day of the zone, and on which carriers ever (a bit each). */
export function poolPeopleSql(source: string, range: Range, zone: string): string {
  return `SELECT person_no, min(time) AS first_at, toDate32(first_at, ${sqlString(zone)}) AS first_day, groupBitOr(bitShiftLeft(toUInt16(1), ${carrierIndexSql})) AS seen_on
    FROM ${source} WHERE time < ${instantSql(range.to)} GROUP BY person_no`;
}

/** Whether a row of people was ever seen on a carrier; '' for events without one. */
export function seenOnSql(carrier: string): string {
  return `bitTest(seen_on, ${(carriers as readonly string[]).indexOf(carrier) + 1})`;
}

/** For each day of the range: people first seen on it; and in one row for all before it ('' as the day). Every row with how many of them were seen on each carrier. */
export function poolSumsSql(people: string, range: Range): string {
  const seen = ['', ...carriers].map((c) => `countIf(${seenOnSql(c)})`);
  return `SELECT if(first_at < ${instantSql(range.from)}, '', toString(first_day)) AS day, count() AS people,
    countIf(first_at < ${instantSql(before(range).from)}) AS earlier, [${seen.join(', ')}] AS seen FROM (${people}) GROUP BY day`;
}

/** The events' age by where they come from: when the last one happened and when it arrived. Imports are one source. */
export function freshnessSql(source: string): string {
  return `SELECT splitByChar(':', toString(source))[1] AS name, max(event_at) AS last_event_at, max(arrived_at) AS last_received_at, sum(n) AS events
    FROM (SELECT source, max(time) AS event_at, max(received_at) AS arrived_at, count() AS n FROM ${source} GROUP BY source) GROUP BY name ORDER BY last_received_at DESC`;
}
