/** The usual ways, each given its best form, as lists of goods a person: what the model must beat. They know what the model knows: acts before `asOf`. */

export interface BaselinePlan {
  acts: string;
  asOf: number;
  limit: number;
}

const past = (p: BaselinePlan, days?: number): string =>
  `(SELECT * FROM ${p.acts} WHERE at < ${p.asOf} AND bought = 1${days ? ` AND at >= ${p.asOf - days * 86_400_000}` : ''})`;

/** What sells most, to everyone the same: `item`. */
export const popularSql = (p: BaselinePlan, days?: number): string =>
  `SELECT item FROM ${past(p, days)} GROUP BY item ORDER BY uniq(person_no) DESC, item LIMIT ${p.limit}`;

/** What one bought most often, the latest first where it is as often: `person_no, items`. */
export const againSql = (p: BaselinePlan, people: string): string =>
  `SELECT person_no, groupArray(item) AS items FROM (
     SELECT person_no, item FROM ${past(p)} WHERE person_no IN (${people}) GROUP BY person_no, item ORDER BY person_no, count() DESC, max(at) DESC, item LIMIT ${p.limit} BY person_no)
   GROUP BY person_no`;

/**
 * Item-kNN (Sarwar et al., WWW 2001; Deshpande & Karypis 2004): cosine of who bought, 50 neighbours. `person_no, items, fresh`: with what one has already, and
 * without.
 */
export function knnSql(p: BaselinePlan, people: string): string {
  const had = `(SELECT person_no, item, cityHash64(item) AS code FROM ${past(p)} GROUP BY person_no, item)`;
  const counts = `(SELECT code, any(item) AS item, count() AS n FROM ${had} GROUP BY code)`;
  const both = `(SELECT a, b, count() AS n FROM (SELECT groupArray(code) AS codes FROM ${had} GROUP BY person_no) ARRAY JOIN codes AS a ARRAY JOIN codes AS b
      WHERE a != b GROUP BY a, b HAVING n > 1)`;
  const sims = `(SELECT x.a AS a, x.b AS b, cb.item AS item, x.n / sqrt(ca.n * cb.n) AS sim FROM ${both} AS x
    INNER JOIN ${counts} AS ca ON ca.code = x.a INNER JOIN ${counts} AS cb ON cb.code = x.b ORDER BY a, sim DESC, b LIMIT 50 BY a)`;
  const scored = `SELECT h.person_no AS person_no, s.b AS code, any(s.item) AS good, sum(s.sim) AS score
    FROM (SELECT * FROM ${had} WHERE person_no IN (${people})) AS h INNER JOIN ${sims} AS s ON s.a = h.code GROUP BY person_no, code`;
  return `SELECT person_no, groupArray(${p.limit})(good) AS items, groupArrayIf(${p.limit})(good, own = 0) AS fresh FROM (
      SELECT t.person_no AS person_no, t.good AS good, t.score AS score, o.code != 0 AS own FROM (${scored}) AS t
      LEFT JOIN ${had} AS o ON o.person_no = t.person_no AND o.code = t.code ORDER BY person_no, score DESC, good)
    GROUP BY person_no`;
}
