import { sqlString } from '../../base/index.ts';
import type { Asker, InsightDeps } from '../deps.ts';
import { iso } from '../period.ts';

export interface Radar {
  readers: number;
  views: number;
  /** Of readings whose end was told. */
  medianSeconds: number | null;
  finished: number;
  sharers: number;
  /** Who came because somebody passed it on. */
  brought: number;
  days: { day: string; views: number; readers: number; shares: number }[];
  /** Who passed it on, most brought first. */
  through: { person: unknown; brought: number; generation: number }[];
  /** Who read it last. */
  recent: { person: unknown; at: string; seconds: number; depth: number; channel: string; sharedBy: string }[];
}

const mostPeople = 20;
/** Read to the end: so far down. */
const toTheEnd = 0.9;

/** Who opened an item, read how long, passed it on, and through whom it came. */
export async function contentRadar(deps: InsightDeps, asker: Asker, contentId: string): Promise<Radar> {
  const text = (name: string, as: string) => `ifNull(properties.\`${name}\`.:String, '') AS ${as}`;
  const number = (name: string, as: string) =>
    `ifNull(properties.\`${name}\`.:Float64, toFloat64(ifNull(properties.\`${name}\`.:Int64, 0))) AS ${as}`;
  const source = deps.source(asker.workspaceNo, [
    ...[text('contentId', 'content_of'), text('readId', 'read_of'), text('sharedBy', 'shared_by'), text('channel', 'channel_of')],
    ...[number('seconds', 'seconds_of'), number('depth', 'depth_of'), number('generation', 'generation_of')],
  ]);
  const mine = `FROM ${source} WHERE event IN ('Content Viewed', 'Content Read', 'Content Shared') AND content_of = ${sqlString(contentId)}`;
  const readings = `SELECT person_no, read_of, min(time) AS at, sum(seconds_of) AS seconds, max(depth_of) AS depth, max(shared_by) AS hand, max(generation_of) AS generation,
      max(channel_of) AS channel ${mine} AND event != 'Content Shared' GROUP BY person_no, read_of`;
  const zone = sqlString(asker.timezone);
  const [sums, shares, days, through, recent] = await Promise.all([
    deps.ch.query<{ readers: number; views: number; seconds: number; finished: number; brought: number }>(
      `SELECT uniqExact(person_no) AS readers, count() AS views, ifNotFinite(quantileExactIf(0.5)(seconds, seconds > 0), -1) AS seconds,
         countIf(depth >= ${toTheEnd}) AS finished, uniqExactIf(person_no, hand != '') AS brought FROM (${readings})`,
    ),
    deps.ch.query<{ n: number }>(`SELECT uniqExact(person_no) AS n ${mine} AND event = 'Content Shared'`),
    deps.ch.query<Radar['days'][number]>(
      `SELECT toString(toDate(time, ${zone})) AS day, countIf(event = 'Content Viewed') AS views, uniqExactIf(person_no, event = 'Content Viewed') AS readers,
         countIf(event = 'Content Shared') AS shares ${mine} GROUP BY day ORDER BY day DESC LIMIT 60`,
    ),
    deps.ch.query<{ hand: string; brought: number; generation: number }>(
      `SELECT hand, uniqExact(person_no) AS brought, toInt32(max(generation)) AS generation FROM (${readings}) WHERE hand != '' GROUP BY hand ORDER BY brought DESC, hand LIMIT ${mostPeople}`,
    ),
    deps.ch.query<{ no: number; ms: number; seconds: number; depth: number; channel: string; hand: string }>(
      `SELECT person_no AS no, toUnixTimestamp64Milli(at) AS ms, seconds, depth, channel, hand FROM (${readings}) ORDER BY at DESC LIMIT ${mostPeople}`,
    ),
  ]);
  // Ids told long ago may stand for people who have merged since.
  const sharers = await Promise.all(through.map(async (one) => ({ ...one, no: await deps.personNo(asker.workspaceNo, one.hand) })));
  const cards = new Map<number, unknown>();
  const wanted = [...new Set([...sharers.flatMap((s) => s.no ?? []), ...recent.map((r) => r.no)])];
  const people = await deps.people(asker.workspaceNo, wanted);
  people.forEach((card, i) => {
    cards.set(wanted[i]!, card);
  });
  const s = sums[0];
  return {
    ...{ readers: s?.readers ?? 0, views: s?.views ?? 0, finished: s?.finished ?? 0, brought: s?.brought ?? 0, sharers: shares[0]?.n ?? 0 },
    medianSeconds: !s || s.seconds < 0 ? null : s.seconds,
    days: days.reverse(),
    through: sharers.flatMap(({ no, brought, generation }) =>
      no !== undefined && cards.has(no) ? [{ person: cards.get(no), brought, generation }] : [],
    ),
    recent: recent.flatMap((r) =>
      cards.has(r.no)
        ? [{ person: cards.get(r.no), at: iso(r.ms), seconds: r.seconds, depth: r.depth, channel: r.channel, sharedBy: r.hand }]
        : [],
    ),
  };
}
