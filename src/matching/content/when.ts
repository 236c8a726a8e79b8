import { sqlString } from '../../base/index.ts';
import type { MatchingDeps } from '../ports.ts';
import type { Effect } from './effects.ts';

/** From whom something is known. */
export type Basis = 'person' | 'level' | 'pool' | 'none';

/** When people of a level, and all, are here: acts by hour of the day in the zone of the workspace. */
export interface Hours {
  pool: number[];
  levels: Record<string, number[]>;
}
export interface BestHour {
  hour: number | null;
  /** Share of acts in that hour and the next. */
  share: number | null;
  basis: Basis;
  acts: number;
}
export interface BestChannel {
  channel: string | null;
  rate: number | null;
  basis: Basis;
  messages: number;
}

/** With fewer acts, or messages, somebody's own say too little; their level is asked, then all. */
export const leastOwn = { acts: 8, messages: 5, level: 100, pool: 50 };
/** The level's hours count as so many acts of one's own. */
const lentActs = 8;
const lookBackDays = 180;
/** One person counts no more than so many acts an hour. */
export const mostActs = 10;

/** Acts by person and hour: `person_no, hour, n`. */
export const ownActs = (
  deps: Pick<MatchingDeps, 'source'>,
  workspaceNo: number,
  at: number,
  zone: string,
  people?: readonly number[],
): string =>
  `SELECT person_no, toHour(toTimeZone(time, ${sqlString(zone)})) AS hour, count() AS n FROM ${deps.source(workspaceNo, [], people)}
   WHERE type IN ('track', 'page', 'screen') AND source != 'yutang' AND time > fromUnixTimestamp64Milli(toInt64(${at - lookBackDays * 86_400_000}), 'UTC')
   GROUP BY person_no, hour`;

export const asHours = (rows: readonly { hour: number; n: number }[]): number[] => {
  const hours = new Array<number>(24).fill(0);
  for (const { hour, n } of rows) hours[hour]! += n;
  return hours;
};

/** Hours of everyone, where no build knows them. */
export async function hoursOfAll(
  deps: Pick<MatchingDeps, 'ch' | 'source' | 'clock' | 'levelsSql' | 'zone'>,
  workspaceNo: number,
): Promise<Hours> {
  const now = deps.clock.ms();
  return byLevel(
    await deps.ch.query(
      `SELECT l.level AS level, a.hour AS hour, sum(least(a.n, ${mostActs})) AS n FROM (${ownActs(deps, workspaceNo, now, await deps.zone(workspaceNo))}) AS a
       LEFT JOIN (${await deps.levelsSql(workspaceNo, now)}) AS l ON l.person_no = a.person_no GROUP BY level, hour`,
    ),
  );
}

export const byLevel = (rows: readonly { level: string; hour: number; n: number }[]): Hours => ({
  pool: asHours(rows),
  levels: Object.fromEntries([...Map.groupBy(rows, (r) => r.level)].map(([level, list]) => [level, asHours(list)])),
});

export async function hoursOfPeople(
  deps: Pick<MatchingDeps, 'ch' | 'source' | 'clock' | 'zone'>,
  workspaceNo: number,
  people: readonly number[],
): Promise<Map<number, number[]>> {
  const rows = await deps.ch.query<{ person_no: number; hour: number; n: number }>(
    ownActs(deps, workspaceNo, deps.clock.ms(), await deps.zone(workspaceNo), people),
  );
  return new Map([...Map.groupBy(rows, (r) => r.person_no)].map(([no, list]) => [no, asHours(list)]));
}

const total = (hours: readonly number[]): number => hours.reduce((a, b) => a + b, 0);

/** The hour that begins the best two in a row; hours of night are the outbox's to refuse, not left out here. */
export function bestHour(own: readonly number[] | undefined, level: string, all: Hours): BestHour {
  const ofLevel = all.levels[level];
  const lender = ofLevel && total(ofLevel) >= leastOwn.level ? ofLevel : all.pool;
  const acts = own ? total(own) : 0;
  if (own && acts >= leastOwn.acts) {
    const lend = Math.max(1, total(lender));
    return { ...peak(own.map((n, h) => n + (lentActs * lender[h]!) / lend)), basis: 'person', acts };
  }
  if (lender === ofLevel) return { ...peak(lender), basis: 'level', acts };
  return total(all.pool) >= leastOwn.pool ? { ...peak(all.pool), basis: 'pool', acts } : { hour: null, share: null, basis: 'none', acts };
}

function peak(hours: readonly number[]): { hour: number; share: number } {
  const two = hours.map((n, h) => n + hours[(h + 1) % 24]!);
  const hour = two.indexOf(Math.max(...two));
  return { hour, share: two[hour]! / total(hours) };
}

/** The channel whose messages are clicked most: the person's own record drawn towards the level's and that towards all. */
export function bestChannel(
  own: readonly { channel: string; sent: number; clicked: number }[],
  level: string,
  effects: readonly Effect[],
): BestChannel {
  const messages = own.reduce((n, o) => n + o.sent, 0);
  const channels = [...new Set(effects.map((e) => e.channel))];
  const sum = (list: readonly Effect[]) => list.reduce((s, e) => ({ n: s.n + e.messages, h: s.h + e.clicked }), { n: 0, h: 0 });
  const ofLevel = sum(effects.filter((e) => e.level === level));
  const basis: Basis =
    messages >= leastOwn.messages ? 'person' : ofLevel.n >= leastOwn.level ? 'level' : sum(effects).n >= leastOwn.pool ? 'pool' : 'none';
  if (basis === 'none' || channels.length === 0) return { channel: null, rate: null, basis: 'none', messages };
  const rated = channels.map((channel) => {
    const all = sum(effects.filter((e) => e.channel === channel));
    const pool = (all.h + 1) / (all.n + 20);
    if (basis === 'pool') return { channel, rate: pool };
    const here = sum(effects.filter((e) => e.channel === channel && e.level === level));
    const inLevel = (here.h + 20 * pool) / (here.n + 20);
    if (basis === 'level') return { channel, rate: inLevel };
    const mine = own.find((o) => o.channel === channel) ?? { sent: 0, clicked: 0 };
    return { channel, rate: (mine.clicked + 5 * inLevel) / (mine.sent + 5) };
  });
  const best = rated.reduce((a, b) => (b.rate > a.rate ? b : a));
  return { ...best, basis, messages };
}
