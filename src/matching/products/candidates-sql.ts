import { aliveDays, type BuildPlan, key } from './build-sql.ts';
import { features } from './features.ts';

/** What of a person's goods speaks for others: the latest so many. */
const speaking = 60;
/** Goods that are weighed for one person, by where they come from. */
const most = { own: 200, together: 150, popular: 80, category: 10, fresh: 3, categories: 3 };
/** Of a good that nobody has bought twice yet. */
const usualGapDays = 60;

/**
 * One row a person and good that might be next: `person_no, code` and what the features are made of. `who`: SQL of a condition on person_no.
 * Four sources: what they have, what goes with it, what their level buys now, and what there is in their categories (also what nobody bought yet).
 */
export function candidatesSql(p: Pick<BuildPlan, 'workspaceNo' | 'build' | 'asOf'>, who: string): string {
  const of = (table: string, columns: string, also = ''): string => `(SELECT ${columns} FROM ${table} WHERE ${key(p)}${also})`;
  const mine = of(
    'match_history',
    'person_no, code, buys, looks, first_ms, last_ms, last_look_ms, fresh, lasting, pull, greatest(last_ms, last_look_ms) AS lately',
    ` AND ${who}`,
  );
  const nothing = '0 AS first_ms, 0 AS last_ms, 0 AS last_look_ms, toFloat32(0) AS fresh, toFloat32(0) AS lasting';
  const categories = of('match_items', 'code, category', " AND category != ''");
  const sources = [
    `SELECT person_no, code, toFloat64(0) AS knn, toFloat64(0) AS near, toUInt32(0) AS because, toUInt32(buys) AS buys, first_ms, last_ms, last_look_ms, fresh, lasting
     FROM (SELECT * FROM ${mine} ORDER BY person_no, lasting DESC, lately DESC LIMIT ${most.own} BY person_no)`,
    `SELECT person_no, b AS code, sum(pull * sim) AS knn, max(recent * sim) AS near, argMax(h.code, pull * sim) AS because, 0 AS buys, ${nothing}
     FROM (SELECT person_no, code, pull, exp2(-(${p.asOf} - lately) / (14 * 86400000.)) AS recent FROM ${mine} ORDER BY person_no, lately DESC LIMIT ${speaking} BY person_no) AS h
     INNER JOIN ${of('match_pairs', 'a, b, sim')} AS pairs ON pairs.a = h.code
     GROUP BY person_no, b ORDER BY person_no, knn DESC LIMIT ${most.together} BY person_no`,
    `SELECT person_no, code, 0, 0, 0, 0, ${nothing} FROM ${of('match_readers', 'person_no, level', ` AND ${who}`)} AS r
     INNER JOIN ${of('match_levels', 'level, code', ` AND place <= ${most.popular}`)} AS l USING (level)`,
    `SELECT person_no, goods.code, 0, 0, 0, 0, ${nothing} FROM (
       SELECT person_no, category, sum(pull) AS much FROM ${mine} AS h INNER JOIN ${categories} AS c USING (code)
       GROUP BY person_no, category ORDER BY person_no, much DESC LIMIT ${most.categories} BY person_no) AS liked
     INNER JOIN (
       SELECT category, code FROM ${of('match_items', 'category, code, hot, buys', " AND category != '' AND buys > 0")} ORDER BY category, hot DESC LIMIT ${most.category} BY category
       UNION ALL SELECT category, code FROM ${of('match_items', 'category, code', " AND category != '' AND buys = 0 AND (stock IS NULL OR stock > 0)")} LIMIT ${most.fresh} BY category
     ) AS goods USING (category)`,
  ];
  const affinity = `SELECT person_no, category, sum(pull) / sum(sum(pull)) OVER (PARTITION BY person_no) AS affinity
    FROM ${mine} AS h INNER JOIN ${categories} AS c USING (code) GROUP BY person_no, category`;
  return `SELECT c.person_no AS person_no, c.code AS code, c.buys AS buys, c.knn AS knn, c.near AS near, c.because AS because, c.fresh AS fresh, c.lasting AS lasting,
      r.again AS again, r.pull AS total_pull, r.price AS usual, r.spread AS spread, i.category AS category, i.price_fen AS price_fen, i.stock AS stock,
      i.people AS people, i.hot AS hot, i.warm AS warm, g.repeaters AS repeaters, l.share AS share, f.affinity AS affinity,
      if(c.last_look_ms > 0, exp2(-(${p.asOf} - c.last_look_ms) / (7 * 86400000.)), 0) AS look,
      if(c.buys > 0, (${p.asOf} - c.last_ms) / 86400000., 0) AS since,
      if(g.gap_days > 0, g.gap_days, ${usualGapDays}) AS usual_gap,
      if(c.buys > 0, ((c.last_ms - c.first_ms) / 86400000. + 2 * usual_gap) / (c.buys + 1), 0) AS every,
      if(c.buys > 0, exp(-pow(log((since + 4) / (every + 4)), 2) / 1.3), 0) AS due,
      if(i.price_fen > 0 AND r.price > 0, least(4, abs(log(i.price_fen) - r.price) / (r.spread + 0.4)), 0) AS distance
    FROM (SELECT person_no, code, max(knn) AS knn, max(near) AS near, max(because) AS because, max(buys) AS buys, max(first_ms) AS first_ms, max(last_ms) AS last_ms,
        max(last_look_ms) AS last_look_ms, max(fresh) AS fresh, max(lasting) AS lasting FROM (${sources.join(' UNION ALL ')}) GROUP BY person_no, code) AS c
    INNER JOIN ${of('match_items', 'code, category, price_fen, stock, people, buys, hot, warm, last_days')} AS i ON i.code = c.code
    INNER JOIN ${of('match_readers', 'person_no, level, again, pull, price, spread', ` AND ${who}`)} AS r ON r.person_no = c.person_no
    LEFT JOIN ${of('match_again', 'code, repeaters, gap_days')} AS g ON g.code = c.code
    LEFT JOIN ${of('match_levels', 'level, code, share')} AS l ON l.level = r.level AND l.code = c.code
    LEFT JOIN (${affinity}) AS f ON f.person_no = c.person_no AND f.category = i.category
    WHERE c.buys > 0 OR i.last_days < ${aliveDays} OR i.buys = 0`;
}

/** The features of each candidate, in their order. */
export function featureRowsSql(p: Pick<BuildPlan, 'workspaceNo' | 'build' | 'asOf'>, who: string): string {
  return `SELECT person_no, code, arrayMap(v -> toFloat32(v), [${features.map((f) => `toFloat64(${f.sql})`).join(', ')}]) AS features FROM (${candidatesSql(p, who)})`;
}
