import { type Ch, sqlString, sqlStrings } from '../../base/index.ts';
import type { Events } from '../../events/index.ts';
import type { PersonStanding, Standing, StandingFilter } from '../../people/index.ts';
import type { Store } from '../definitions/store.ts';

interface StateView {
  p: number;
  stage: string;
  tier: string;
  level: string;
  tags: string[];
  audiences: string[];
  since: Record<string, number>;
}
export interface PersonState extends PersonStanding {
  /** Ids of the live audiences that the person is in, with since when. */
  audiences: { id: string; since: string }[];
}

/** Reads what was worked out: of some people, of those whom a filter names, in numbers. */
export function createStanding(deps: { ch: Ch; store: Store; events: Pick<Events, 'source'> }) {
  const { ch, store, events } = deps;

  const of = async (ws: number, people: readonly number[]): Promise<Map<number, PersonState>> => {
    if (people.length === 0) return new Map();
    const rows = await ch.query<StateView>(
      `SELECT person_no AS p, stage, tier, level, tags, audiences, since FROM person_state FINAL
       WHERE workspace_no = ${ws} AND person_no IN (${people.join(',')})`,
    );
    const byHand = new Set((await store.load(ws)).tags.filter((t) => t.rule === null).map((t) => t.key));
    const given = await handTags(
      ws,
      rows.filter((r) => r.tags.some((t) => byHand.has(t))).map((r) => r.p),
      byHand,
    );
    return new Map(
      rows.map((r) => {
        const since = (unit: string) => new Date(r.since[unit] ?? 0).toISOString();
        const tags = r.tags.map((key) => {
          const hand = given.get(`${r.p} ${key}`);
          if (!hand) return { key, since: since(`tag:${key}`), by: 'rule' };
          return { key, ...(hand.value === '' ? {} : { value: hand.value }), since: hand.since, by: hand.by || 'hand' };
        });
        const audiences = r.audiences.map((id) => ({ id, since: since(`audience:${id}`) }));
        return [r.p, { stage: r.stage || null, tier: r.tier || null, level: r.level || null, tags, audiences }];
      }),
    );
  };
  /** Value, giver and time of tags by hand, from their newest event. */
  const handTags = async (ws: number, people: number[], keys: ReadonlySet<string>) => {
    const found = new Map<string, { value: string; by: string; since: string }>();
    if (people.length === 0) return found;
    const rows = await ch.query<{ p: number; k: string; v: string; b: string; t: number }>(
      `SELECT person_no AS p, ifNull(properties.key.:String, '') AS k, argMax(ifNull(toString(properties.value), ''), (time, key)) AS v,
         argMax(ifNull(properties.by.:String, ''), (time, key)) AS b, toUnixTimestamp64Milli(max(time)) AS t
       FROM ${events.source(ws, people)} WHERE event = 'Tag Added' AND ifNull(properties.by.:String, '') != 'rule' AND k IN (${sqlStrings(keys)}) GROUP BY p, k`,
    );
    for (const r of rows) found.set(`${r.p} ${r.k}`, { value: r.v, by: r.b, since: new Date(r.t).toISOString() });
    return found;
  };

  const where = (ws: number, f: StandingFilter): string => {
    const is = (['stage', 'tier', 'level'] as const).flatMap((k) => (f[k] === undefined ? [] : [`${k} = ${sqlString(f[k])}`]));
    if (f.tag !== undefined) is.push(`has(tags, ${sqlString(f.tag)})`);
    if (f.audience !== undefined) is.push(`has(audiences, ${sqlString(f.audience)})`);
    return [`workspace_no = ${ws}`, ...is].join(' AND ');
  };

  const list: Standing['list'] = async (ws, filter, before, limit) => {
    const condition = where(ws, filter);
    const [rows, [count]] = await Promise.all([
      ch.query<{ p: number }>(
        `SELECT person_no AS p FROM person_state FINAL WHERE ${condition}${before === undefined ? '' : ` AND person_no < ${before}`} ORDER BY p DESC LIMIT ${limit}`,
      ),
      ch.query<{ n: number }>(`SELECT count() AS n FROM person_state FINAL WHERE ${condition}`),
    ]);
    return { people: rows.map((r) => r.p), total: count?.n ?? 0 };
  };

  const facets: Standing['facets'] = async (ws, filter) => {
    const rows = await ch.query<{ kind: 'stage' | 'tier' | 'level' | 'tag'; value: string; n: number }>(
      `SELECT f.1 AS kind, f.2 AS value, count() AS n FROM (
         SELECT arrayJoin(arrayConcat([('stage', toString(stage)), ('tier', toString(tier)), ('level', toString(level))], arrayMap(t -> ('tag', toString(t)), tags))) AS f
         FROM person_state FINAL WHERE ${where(ws, filter)}) GROUP BY kind, value`,
    );
    const found = { stage: {}, tier: {}, level: {}, tag: {} } as Record<'stage' | 'tier' | 'level' | 'tag', Record<string, number>>;
    for (const { kind, value, n } of rows) if (value !== '') found[kind][value] = n;
    return found;
  };

  return {
    of,
    list,
    facets,
    /** How many are in each live audience. */
    audienceCounts: async (ws: number): Promise<Map<string, number>> => {
      const rows = await ch.query<{ id: string; n: number }>(
        `SELECT toString(arrayJoin(audiences)) AS id, count() AS n FROM person_state FINAL WHERE workspace_no = ${ws} GROUP BY id`,
      );
      return new Map(rows.map((r) => [r.id, r.n]));
    },
    /** A page of a live audience's members, highest numbers first. */
    members: async (
      ws: number,
      audienceId: string,
      before: number | undefined,
      limit: number,
    ): Promise<{ personNo: number; since: number }[]> =>
      ch.query(
        `SELECT person_no AS personNo, since[${sqlString(`audience:${audienceId}`)}] AS since FROM person_state FINAL
         WHERE ${where(ws, { audience: audienceId })}${before === undefined ? '' : ` AND person_no < ${before}`} ORDER BY personNo DESC LIMIT ${limit}`,
      ),
    /** People of whom something is worked out. */
    total: async (ws: number): Promise<number> => {
      const [row] = await ch.query<{ n: number }>(`SELECT count() AS n FROM person_state FINAL WHERE workspace_no = ${ws}`);
      return row?.n ?? 0;
    },
  };
}
