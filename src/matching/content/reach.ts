import type { Ch } from '../../base/index.ts';
import type { MatchingDeps } from '../ports.ts';
import { type BuildPlan, key } from '../products/build-sql.ts';
import { asHours, byLevel, type Hours, mostActs, ownActs } from './when.ts';

type Plan = Pick<BuildPlan, 'workspaceNo' | 'build' | 'asOf'>;

/** At which hours each person was here, and what became of their messages, for a build. */
export async function reachSql(deps: Pick<MatchingDeps, 'source' | 'zone'>, { workspaceNo, build, asOf }: Plan): Promise<string> {
  const acts = ownActs(deps, workspaceNo, asOf, await deps.zone(workspaceNo));
  return `INSERT INTO match_reach
    SELECT ${workspaceNo} AS workspace_no, ${build} AS build, person_no, groupArrayIf((hour, n), channel = '') AS hours, groupArrayIf((channel, n, clicked), channel != '') AS messages
    FROM (SELECT person_no, toUInt8(hour) AS hour, toUInt32(n) AS n, '' AS channel, toUInt32(0) AS clicked FROM (${acts})
      UNION ALL SELECT person_no, toUInt8(0), toUInt32(sent), channel, toUInt32(clicked) FROM (${messagesSql(deps, workspaceNo)}))
    GROUP BY person_no`;
}

/** What became of messages: `person_no, channel, sent, clicked`. */
export const messagesSql = (deps: Pick<MatchingDeps, 'source'>, workspaceNo: number, people?: readonly number[]): string =>
  `SELECT person_no, channel, countIf(event = 'Message Sent') AS sent, uniqIf(outbox, event = 'Message Clicked') AS clicked
   FROM ${deps.source(workspaceNo, ["ifNull(properties.channel.:String, '') AS channel", "ifNull(properties.outboxId.:String, '') AS outbox"], people)}
   WHERE event IN ('Message Sent', 'Message Clicked') AND channel != '' GROUP BY person_no, channel`;

/** Hours of everyone, of what a build knows. */
export async function hoursOfBuild(ch: Ch, plan: Plan): Promise<Hours> {
  return byLevel(
    await ch.query(
      `SELECT l.level AS level, h.1 AS hour, sum(least(h.2, ${mostActs})) AS n FROM (SELECT person_no, arrayJoin(hours) AS h FROM match_reach WHERE ${key(plan)}) AS a
       LEFT JOIN (SELECT person_no, level FROM match_standing WHERE ${key(plan)}) AS l ON l.person_no = a.person_no GROUP BY level, hour`,
    ),
  );
}

export interface Reached {
  hours: number[] | undefined;
  messages: { channel: string; sent: number; clicked: number }[];
}

/** What a build knows of some people. */
export async function reachOf(ch: Ch, plan: Plan, who: string): Promise<Map<number, Reached>> {
  const rows = await ch.query<{ no: number; hours: [number, number][]; messages: [string, number, number][] }>(
    `SELECT person_no AS no, hours, messages FROM match_reach WHERE ${key(plan)} AND ${who}`,
  );
  return new Map(
    rows.map(({ no, hours, messages }) => [
      no,
      {
        hours: hours.length > 0 ? asHours(hours.map(([hour, n]) => ({ hour, n }))) : undefined,
        messages: messages.map(([channel, sent, clicked]) => ({ channel, sent, clicked })),
      },
    ]),
  );
}
