import { sqlString } from '../base/index.ts';
import { instantSql, type Range } from './period.ts';

/** One row a person in the pool by the end of a range: when first seen, on which day of the zone, and on which carriers ever. */
export function poolPeopleSql(source: string, range: Range, zone: string): string {
  return `SELECT person_no, min(time) AS first_at, toString(toDate32(first_at, ${sqlString(zone)})) AS first_day,
    arrayMap(c -> toString(c), groupUniqArray(carrier)) AS carriers
    FROM ${source} WHERE time < ${instantSql(range.to)} GROUP BY person_no`;
}

/** The events' age: when the last one happened and arrived, in all and by where it comes from. */
export function freshnessSql(source: string): string {
  return `SELECT if(grouping(source) = 1, '', toString(source)) AS source, grouping(source) AS whole, max(time) AS last_event_at, max(received_at) AS last_received_at,
    count() AS events FROM ${source} GROUP BY GROUPING SETS ((source), ()) ORDER BY whole DESC, last_received_at DESC LIMIT 50`;
}
