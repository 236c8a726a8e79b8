import { badInput, type Ch } from '../../base/index.ts';
import type { Ask } from '../ask.ts';
import type { Store } from '../definitions/store.ts';
import type { Definitions } from '../expand.ts';
import type { Rule } from '../rule.ts';

export const mostSets = 6;

export interface Overlap {
  sets: { id: string; name: string; count: number }[];
  /** Every combination that somebody is in, with how many are in these and in none of the others; most first. */
  intersections: { in: string[]; count: number }[];
  /** In at least one. */
  union: number;
}
export interface Comparison {
  a: { id: string; name: string; count: number };
  b: { id: string; name: string; count: number };
  both: number;
  onlyA: number;
  onlyB: number;
  /** How the two are made up: of each stage, tier, level and tag, how many of each. */
  profile: { kind: 'stage' | 'tier' | 'level' | 'tag'; key: string; a: number; b: number }[];
}

/** Audiences beside each other, exactly: each person's memberships are found in one scan, as bits of one number. */
export function createOverlap(deps: { ch: Ch; ask: Ask; store: Store }) {
  const { ch, ask, store } = deps;
  const named = async (ws: number, ids: readonly string[]) => {
    const { audiences } = await store.load(ws);
    return ids.map((id, i) => {
      const found = audiences.find((a) => a.id === id);
      if (!found) throw badInput([{ field: `ids.${i}`, reason: `there is no audience "${id}"` }]);
      return found;
    });
  };
  /**
   * SQL of `person_no, m`: bit i says that the person is in audience i; whoever is in none may be left out. Live ones stand in the state already;
   * others are asked of the events.
   */
  const masksSql = async (ws: number, audiences: Definitions['audiences']): Promise<string> => {
    const bit = (i: number, sql: string) => `${2 ** i} * toUInt8(${sql})`;
    if (audiences.every((a) => a.live))
      return `SELECT person_no, ${audiences.map((a, i) => bit(i, `has(audiences, '${a.id}')`)).join(' + ')} AS m FROM person_state FINAL WHERE workspace_no = ${ws}`;
    const { sql } = await ask.compile(
      ws,
      audiences.map((a) => a.rule),
    );
    return `SELECT person_no, ${audiences.map((_, i) => bit(i, `r${i}`)).join(' + ')} AS m FROM (${sql})`;
  };

  return {
    overlap: async (ws: number, ids: readonly string[]): Promise<Overlap> => {
      const audiences = await named(ws, ids);
      const rows = await ch.query<{ m: number; n: number }>(
        `SELECT m, count() AS n FROM (${await masksSql(ws, audiences)}) WHERE m != 0 GROUP BY m ORDER BY n DESC, m`,
      );
      const inside = (m: number) => audiences.filter((_, i) => m & (1 << i)).map((a) => a.id);
      const sum = (list: { n: number }[]) => list.reduce((total, r) => total + r.n, 0);
      return {
        sets: audiences.map(({ id, name }, i) => ({ id, name, count: sum(rows.filter((r) => r.m & (1 << i))) })),
        intersections: rows.map((r) => ({ in: inside(r.m), count: r.n })),
        union: sum(rows),
      };
    },
    compare: async (ws: number, idA: string, idB: string): Promise<Comparison> => {
      const [a, b] = await named(ws, [idA, idB]);
      const masks = await masksSql(ws, [a!, b!]);
      const [sizes, profile] = await Promise.all([
        ch.query<{ m: number; n: number }>(`SELECT m, count() AS n FROM (${masks}) WHERE m != 0 GROUP BY m`),
        ch.query<{ kind: 'stage'; key: string; a: number; b: number }>(
          `SELECT f.1 AS kind, f.2 AS key, countIf(bitTest(m, 0)) AS a, countIf(bitTest(m, 1)) AS b
           FROM (SELECT x.m AS m, arrayConcat([('stage', toString(s.stage)), ('tier', toString(s.tier)), ('level', toString(s.level))], arrayMap(t -> ('tag', toString(t)), s.tags)) AS fs
             FROM (${masks}) AS x INNER JOIN (SELECT * FROM person_state FINAL WHERE workspace_no = ${ws}) AS s ON x.person_no = s.person_no WHERE x.m != 0)
           ARRAY JOIN fs AS f WHERE f.2 != '' GROUP BY kind, key ORDER BY kind, a + b DESC, key`,
        ),
      ]);
      const of = (m: number) => sizes.find((r) => r.m === m)?.n ?? 0;
      const [onlyA, onlyB, both] = [of(1), of(2), of(3)];
      return {
        a: { id: a!.id, name: a!.name, count: onlyA + both },
        b: { id: b!.id, name: b!.name, count: onlyB + both },
        ...{ both, onlyA, onlyB, profile },
      };
    },
    /** The rule of a combination: in all of these and in none of those. */
    ruleOf: (inside: readonly string[], outside: readonly string[]): Rule => {
      const parts: Rule[] = [...inside.map((id): Rule => ({ audience: id })), ...outside.map((id): Rule => ({ not: { audience: id } }))];
      return parts.length === 1 ? parts[0]! : { all: parts };
    },
  };
}
