/** The statements that make a build, each of sets alone. Ages are in days before `asOf`. */

export interface BuildPlan {
  workspaceNo: number;
  build: number;
  /** Only what happened before this instant (ms) is known. */
  asOf: number;
  /**
   * SQL of what people did with goods: `person_no, item, at` (ms), `bought` (1: ordered, 0: looked at), `price_fen` (of one, 0: not told); each good once
   * an order.
   */
  acts: string;
  /** SQL of the goods as the catalogue has them: `product_id, category, price_fen, stock`. */
  catalogue: string;
  /** SQL of `person_no, level`: where people stood at that instant. */
  levels: string;
}

/** A good that nobody has bought for so long is not shown unless somebody bought it themselves. */
export const aliveDays = 120;
/** Of each person so many goods, the latest, say what goes together: beyond it a wholesaler would say everything goes with everything. */
const mostTogether = 150;
/** Neighbours kept of a good, and how strongly few common buyers are distrusted. */
const neighbours = 60;
const distrust = 4;
/** Goods in the model, the best sold first. */
const mostItems = 50_000;
const hotDays = 10;
const warmDays = 45;
/** A look says so much less of taste than an order. */
const lookPull = 0.25;

export const key = (p: Pick<BuildPlan, 'workspaceNo' | 'build'>): string => `workspace_no = ${p.workspaceNo} AND build = ${p.build}`;
/** Only around a subquery: beside `key` these names would stand for themselves. */
const tag = (p: BuildPlan): string => `${p.workspaceNo} AS workspace_no, ${p.build} AS build`;

/** What is known, once, in the order in which it is read. */
export function actsSql(p: BuildPlan): string {
  return `INSERT INTO match_acts SELECT ${tag(p)}, person_no, item, at, bought, price_fen FROM ${p.acts} WHERE at < ${p.asOf} AND item != ''`;
}

export function standingSql(p: BuildPlan): string {
  return `INSERT INTO match_standing SELECT ${tag(p)}, person_no, level FROM (${p.levels})`;
}

export function itemsSql(p: BuildPlan): string {
  const age = `(${p.asOf} - at) / 86400000`;
  return `INSERT INTO match_items
    SELECT ${tag(p)}, toUInt32(row_number() OVER (ORDER BY s.buys DESC, name)) AS code, if(s.item = '', c.product_id, s.item) AS name, c.category,
      if(c.price_fen > 0, toFloat64(c.price_fen), s.price), if(c.product_id = '', NULL, c.stock), s.people, s.buys, s.hot, s.warm, if(s.buys > 0, s.last, 1e6)
    FROM (SELECT item, toUInt32(uniqIf(person_no, bought = 1)) AS people, toUInt32(countIf(bought = 1)) AS buys,
        sumIf(exp2(-${age} / ${hotDays}), bought = 1) AS hot, sumIf(exp2(-${age} / ${warmDays}), bought = 1) AS warm,
        avgIf(price_fen, bought = 1 AND price_fen > 0) AS mean_price, if(isFinite(mean_price), mean_price, 0) AS price, minIf(${age}, bought = 1) AS last
      FROM match_acts WHERE ${key(p)} GROUP BY item) AS s
    FULL OUTER JOIN ${p.catalogue} AS c ON c.product_id = s.item
    ORDER BY s.buys DESC, name LIMIT ${mostItems}`;
}

/** One row a person and good, of some of the people. */
export function historySql(p: BuildPlan, who: string): string {
  const age = `(${p.asOf} - at) / 86400000`;
  return `INSERT INTO match_history
    SELECT ${tag(p)}, person_no, i.code, least(buys, 65535), least(looks, 65535), first_ms, last_ms, last_look_ms, fresh, lasting, pull
    FROM (SELECT person_no, item, countIf(bought = 1) AS buys, countIf(bought = 0) AS looks,
        minIf(at, bought = 1) AS first_ms, maxIf(at, bought = 1) AS last_ms, maxIf(at, bought = 0) AS last_look_ms,
        sumIf(exp2(-${age} / 30), bought = 1) AS fresh, sumIf(exp2(-${age} / 120), bought = 1) AS lasting,
        max(if(bought = 1, 1, ${lookPull}) * (0.3 + 0.7 * exp2(-${age} / 60))) AS pull
      FROM match_acts WHERE ${key(p)} AND ${who} GROUP BY person_no, item) AS h
    INNER JOIN (SELECT item, code FROM match_items WHERE ${key(p)}) AS i USING (item)`;
}

/** One row a person: how much they have, how often they come back to the same, what they pay. */
export function readersSql(p: BuildPlan, who: string): string {
  return `INSERT INTO match_readers
    SELECT ${tag(p)}, person_no, l.level, r.items, r.buys, (r.buys - r.bought + 1) / (r.buys + 8), 1 / log(2.7 + r.items), r.pull, r.price, r.spread
    FROM (SELECT person_no, toUInt32(count()) AS items, toUInt32(sum(h.buys)) AS buys, countIf(h.buys > 0) AS bought, sum(h.pull) AS pull,
        ifNotFinite(avgIf(log(i.price_fen), i.price_fen > 0), 0) AS price, ifNotFinite(stddevPopIf(log(i.price_fen), i.price_fen > 0), 0) AS spread
      FROM match_history AS h INNER JOIN (SELECT code, price_fen FROM match_items WHERE ${key(p)}) AS i USING (code) WHERE ${key(p)} AND ${who} GROUP BY person_no) AS r
    LEFT JOIN (${p.levels}) AS l USING (person_no)`;
}

/** How often a good is bought again, and after how long (geometric mean of people's own intervals). */
export function againSql(p: BuildPlan): string {
  return `INSERT INTO match_again SELECT ${tag(p)}, code, repeaters, gap_days, reach FROM (
      SELECT h.code AS code, toUInt32(countIf(h.buys > 1)) AS repeaters,
        ifNotFinite(exp(avgIf(log(greatest(1, (h.last_ms - h.first_ms) / 86400000 / (h.buys - 1))), h.buys > 1)), 0) AS gap_days,
        sum(if(h.buys > 0, 1, ${lookPull}) * r.weight) AS reach
      FROM match_history AS h INNER JOIN (SELECT person_no, weight FROM match_readers WHERE ${key(p)}) AS r ON r.person_no = h.person_no
      WHERE ${key(p)} GROUP BY code)`;
}

/**
 * Which goods go together, seen from a part of the goods: cosine of who has them, people with much counting less (Breese, Heckerman & Kadie 1998: inverse user
 * frequency), shrunk where few have both (Bell & Koren 2007).
 */
export function pairsSql(p: BuildPlan, part: number, parts: number): string {
  return `INSERT INTO match_pairs
    SELECT ${tag(p)}, a, b, sim, people FROM (
      SELECT c.a AS a, c.b AS b, toUInt32(c.n) AS people, c.s / sqrt(ia.reach * ib.reach) * c.n / (c.n + ${distrust}) AS sim
      FROM (SELECT a, t.1 AS b, count() AS n, sum(sqrt(wa * t.2) * weight) AS s
          FROM (SELECT arrayJoin(goods) AS one, one.1 AS a, one.2 AS wa, goods, weight
            FROM (SELECT arraySlice(arrayReverseSort(g -> g.3, groupArray((code, if(buys > 0, 1, ${lookPull}), greatest(last_ms, last_look_ms)))), 1, ${mostTogether}) AS goods,
                1 / log(2.7 + count()) AS weight
              FROM match_history WHERE ${key(p)} GROUP BY person_no HAVING count() > 1)
            WHERE a % ${parts} = ${part})
          ARRAY JOIN goods AS t WHERE b != a GROUP BY a, b HAVING n >= 2) AS c
      INNER JOIN (SELECT code, reach FROM match_again WHERE ${key(p)}) AS ia ON ia.code = c.a
      INNER JOIN (SELECT code, reach FROM match_again WHERE ${key(p)}) AS ib ON ib.code = c.b
      ORDER BY a, sim DESC, b LIMIT ${neighbours} BY a)`;
}

/** What people of each level buy now: share of their recent orders, and the place in the list. */
export function levelsSql(p: BuildPlan): string {
  return `INSERT INTO match_levels
    SELECT ${tag(p)}, level, code, fresh / total, toUInt32(row_number() OVER (PARTITION BY level ORDER BY fresh DESC, code)) AS place FROM (
      SELECT r.level AS level, h.code AS code, sum(h.fresh) AS fresh, sum(fresh) OVER (PARTITION BY level) AS total
      FROM match_history AS h INNER JOIN (SELECT person_no, level FROM match_readers WHERE ${key(p)}) AS r USING (person_no)
      WHERE ${key(p)} AND h.buys > 0 GROUP BY level, code)
    ORDER BY level, place LIMIT 300 BY level`;
}
