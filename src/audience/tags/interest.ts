import { z } from 'zod';
import { type Ch, type Clock, type Pg, sqlString, sqlStrings } from '../../base/index.ts';
import type { Events } from '../../events/index.ts';
import { reader } from '../compile/predicate.ts';
import type { Store } from '../definitions/store.ts';
import type { Give } from './give.ts';

const path = z.string().trim().min(1).max(100);
export const interestSettings = z.object({
  /** After so many days an action counts half. */
  halfLifeDays: z.number().min(0.5).max(365),
  /** What each action says of interest. `per`: so many points for each `amount` of a property, such as minutes read, up to `most` points. */
  actions: z
    .array(
      z.object({
        event: z.string().trim().min(1).max(200),
        weight: z.number().min(-100).max(100),
        per: z.object({ property: path, amount: z.number().positive(), most: z.number().positive().max(1000) }).optional(),
      }),
    )
    .min(1)
    .max(40),
  /** Properties that say what it was about: a text, or a list of texts; `products.category` is that of each product. */
  topics: z.array(path).min(1).max(20),
});
export type InterestSettings = z.infer<typeof interestSettings>;

export const usualInterest: InterestSettings = {
  halfLifeDays: 14,
  actions: [
    { event: 'Product Viewed', weight: 1 },
    { event: 'Content Viewed', weight: 1 },
    { event: 'Content Read', weight: 1, per: { property: 'seconds', amount: 60, most: 5 } },
    { event: 'Product Clicked', weight: 2 },
    { event: 'Content Clicked', weight: 2 },
    { event: 'Message Clicked', weight: 2 },
    { event: 'Content Liked', weight: 2 },
    { event: 'Content Saved', weight: 3 },
    { event: 'Product Added to Wishlist', weight: 3 },
    { event: 'Product Added', weight: 4 },
    { event: 'Content Commented', weight: 4 },
    { event: 'Product Reviewed', weight: 4 },
    { event: 'Content Shared', weight: 5 },
    { event: 'Product Shared', weight: 5 },
    { event: 'Order Completed', weight: 8 },
  ],
  topics: ['category', 'tags', 'topic', 'products.category'],
};

export interface Interest {
  topic: string;
  score: number;
  /** Of all this person's interest. */
  share: number;
  /** What it is made of, most first. */
  from: { event: string; count: number; points: number; lastAt: string }[];
}

const day = 86_400_000;
/** What is older counts less than a thousandth. */
const halfLives = 10;
const refreshMs = 3_600_000;

/**
 * Interest in topics: points of actions, each halved with every half-life that passed. Worked out in sets straight from the events whenever asked, so there is
 * nothing to go stale; a tag by model is given to whoever is above its threshold and taken from whoever has fallen below.
 */
export function createInterest(deps: { pg: Pg; ch: Ch; clock: Clock; events: Pick<Events, 'source'>; store: Store; give: Give }) {
  const { pg, ch, clock, events, store, give } = deps;
  const refreshed = new Map<number, number>();

  const settings = async (ws: number): Promise<InterestSettings> => {
    const [row] = await pg.query<{ settings: InterestSettings }>('SELECT settings FROM interest_settings WHERE workspace_no = $1', [ws]);
    return row?.settings ?? usualInterest;
  };

  /** SQL of a row for each event and topic: `person_no, topic, event, time, points`. */
  const pointsSql = (ws: number, s: InterestSettings, now: number, people?: readonly number[], only?: readonly string[]): string => {
    const topics = s.topics.map((p) => {
      const inProducts = /^products\.(.+)$/.exec(p);
      if (inProducts)
        return `arrayMap(x -> ifNull(dynamicElement(x, 'String'), ''), properties.products.:\`Array(JSON)\`.\`${inProducts[1]!.replaceAll('`', '\\`')}\`)`;
      const r = reader(p);
      return `arrayConcat([ifNull(${r.text}, '')], arrayMap(x -> ifNull(x, ''), ${r.texts}))`;
    });
    const weight = s.actions.map((a) => {
      const points = a.per
        ? `least(${a.weight} * ifNull(${reader(a.per.property).number}, 0) / ${a.per.amount}, ${a.per.most})`
        : `toFloat64(${a.weight})`;
      return `event = ${sqlString(a.event)}, ${points}`;
    });
    const columns = [
      `arrayDistinct(arrayFilter(x -> x != '', arrayConcat(${topics.join(', ')}))) AS about`,
      `multiIf(${weight.join(', ')}, 0.) AS weight`,
    ];
    const life = s.halfLifeDays * day;
    return `SELECT person_no, topic, event, time, weight * exp2((toUnixTimestamp64Milli(time) - ${now}) / ${life}) AS points
      FROM (SELECT person_no, event, time, about, weight FROM ${events.source(ws, people, columns)}
        WHERE event IN (${sqlStrings(s.actions.map((a) => a.event))}) AND time <= fromUnixTimestamp64Milli(toInt64(${now}), 'UTC')
          AND time > fromUnixTimestamp64Milli(toInt64(${Math.round(now - halfLives * life)}), 'UTC') AND notEmpty(about))
      ARRAY JOIN about AS topic${only ? ` WHERE topic IN (${sqlStrings(only)})` : ''}`;
  };

  const refresh = async (ws: number, now: number = clock.ms()): Promise<{ added: number; removed: number }> => {
    refreshed.set(ws, now);
    const models = (await store.load(ws)).tags.flatMap((t) => (t.about?.model && !t.rule ? [{ key: t.key, ...t.about.model }] : []));
    if (models.length === 0) return { added: 0, removed: 0 };
    const s = await settings(ws);
    const score = `SELECT person_no, topic, sum(points) AS score FROM (${pointsSql(ws, s, now, undefined, [...new Set(models.map((m) => m.topic))])}) GROUP BY person_no, topic`;
    const keys = sqlStrings(models.map((m) => m.key));
    const given = `SELECT person_no, k, argMax(event, (time, key)) = 'Tag Added' AS has, argMax(b, (time, key)) AS by
      FROM (SELECT person_no, time, key, event, ifNull(properties.key.:String, '') AS k, ifNull(properties.by.:String, '') AS b FROM ${events.source(ws)}
        WHERE event IN ('Tag Added', 'Tag Removed') AND k IN (${keys}) AND b != 'rule') GROUP BY person_no, k`;
    let [added, removed] = [0, 0];
    for (const { key, topic, threshold } of models) {
      // What somebody said by hand stands.
      const rows = await ch.query<{ p: number; score: number; has: number }>(
        `SELECT p, score, has FROM (SELECT person_no AS p, max(score) AS score, max(has) AS has, max(by) AS by FROM (
           SELECT person_no, score, 0 AS has, '' AS by FROM (${score}) WHERE topic = ${sqlString(topic)}
           UNION ALL SELECT person_no, toFloat64(0), toInt32(has), by FROM (${given}) WHERE k = ${sqlString(key)}) GROUP BY person_no)
         WHERE (score >= ${threshold}) != (has = 1) AND by NOT IN ('hand', 'import')`,
      );
      await give.write(
        ws,
        rows.map((r) => ({
          no: r.p,
          id: `model-${ws}-${key}-${r.p}-${now}`,
          event: r.has ? 'Tag Removed' : 'Tag Added',
          at: new Date(now),
          properties: { key, by: 'model', topic, score: Math.round(r.score * 100) / 100 },
        })),
      );
      for (const r of rows)
        if (r.has) removed++;
        else added++;
    }
    return { added, removed };
  };

  return {
    settings,
    set: async (ws: number, s: InterestSettings): Promise<void> => {
      await pg.query(
        `INSERT INTO interest_settings (workspace_no, settings, changed_at) VALUES ($1, $2, $3)
         ON CONFLICT (workspace_no) DO UPDATE SET settings = EXCLUDED.settings, changed_at = EXCLUDED.changed_at`,
        [ws, s, clock.now()],
      );
    },
    /** What people are interested in now: how many at this much or more, and the sum of it. */
    topics: async (ws: number, threshold: number) => {
      const s = await settings(ws);
      return ch.query<{ topic: string; people: number; all: number; score: number }>(
        `SELECT topic, countIf(s >= ${threshold}) AS people, count() AS all, round(sum(s), 2) AS score
         FROM (SELECT person_no, topic, sum(points) AS s FROM (${pointsSql(ws, s, clock.ms())}) GROUP BY person_no, topic)
         GROUP BY topic ORDER BY score DESC, topic LIMIT 200`,
      );
    },
    /** SQL of `person_no, topic, score` as of an instant (ms), of everyone or of these people. */
    scoresSql: async (ws: number, at: number, people?: readonly number[]): Promise<string> =>
      `SELECT person_no, topic, sum(points) AS score FROM (${pointsSql(ws, await settings(ws), at, people)}) GROUP BY person_no, topic`,
    /** One person's interests, and the actions that they come from. */
    of: async (ws: number, personNo: number): Promise<Interest[]> => {
      const s = await settings(ws);
      const rows = await ch.query<{ topic: string; event: string; n: number; points: number; at: number }>(
        `SELECT topic, event, count() AS n, sum(points) AS points, toUnixTimestamp64Milli(max(time)) AS at
         FROM (${pointsSql(ws, s, clock.ms(), [personNo])}) GROUP BY topic, event ORDER BY points DESC`,
      );
      const round = (x: number) => Math.round(x * 100) / 100;
      const total = rows.reduce((n, r) => n + r.points, 0);
      return [...Map.groupBy(rows, (r) => r.topic)]
        .map(([topic, list]) => {
          const score = list.reduce((n, r) => n + r.points, 0);
          const from = list.map((r) => ({ event: r.event, count: r.n, points: round(r.points), lastAt: new Date(r.at).toISOString() }));
          return { topic, score: round(score), share: total > 0 ? score / total : 0, from };
        })
        .sort((a, b) => b.score - a.score);
    },
    /** Gives and takes the tags by model, as of now. */
    refresh,
    /** The same for every workspace that has such tags, once an hour: interest also fades when nothing happens. */
    sweep: async (now: number): Promise<void> => {
      for (const ws of await store.workspaces())
        if (now - (refreshed.get(ws) ?? Number.NEGATIVE_INFINITY) >= refreshMs) await refresh(ws, now);
    },
  };
}
