import { type Ch, type Pg, sqlString } from '../../base/index.ts';
import type { Events } from '../../events/index.ts';
import type { PersonColumn, PersonStanding, Standing, StandingFilter } from '../../people/index.ts';
import type { Store } from '../definitions/store.ts';
import { withValues } from '../tags/values.ts';
import { byBytes } from './diff.ts';
import { type GivenTag, givenSql } from './given.ts';
import { type KeptStanding, keptSql } from './kept.ts';

export interface PersonState extends PersonStanding {
  /** Ids of the live audiences that the person is in, with since when. */
  audiences: { id: string; since: string }[];
}

interface Stands {
  version: number | null;
  kept: KeptStanding | null;
  given: GivenTag[] | null;
}
const sql = `SELECT json_build_object('version', (SELECT version FROM definition_sets WHERE workspace_no = $1), 'kept', (${keptSql}), 'given', (${givenSql}))`;

const iso = (ms: number): string => new Date(ms).toISOString();
const inOrder = (since: Record<string, number>) => Object.entries(since).sort(([a], [b]) => byBytes(a, b));

/** Reads what was worked out: of some people, of those whom a filter names, in numbers. */
export function createStanding(deps: { pg: Pg; ch: Ch; store: Store; events: Pick<Events, 'source'> }) {
  const { pg, ch, store } = deps;

  const read = async (ws: number, values: ReadonlyMap<number, unknown>): Promise<Map<number, PersonState>> => {
    const states = new Map<number, PersonState>();
    const [first] = values.values() as Iterable<Stands>;
    if (!first) return states;
    const defs = await store.at(ws, first.version);
    const byHand = new Set(defs.tags.filter((t) => t.rule === null).map((t) => t.key));
    for (const [no, value] of values) {
      const { kept, given } = value as Stands;
      if (!kept) continue;
      const hand = new Map(given?.filter((t) => byHand.has(t.key)).map((t) => [t.key, t]));
      states.set(no, {
        stage: kept.stage || null,
        tier: kept.tier || null,
        level: kept.level || null,
        tags: inOrder(kept.tags).map(([key, since]) => {
          const by = hand.get(key);
          if (!by) return { key, since: iso(since), by: 'rule' };
          return { key, ...(by.value === '' ? {} : { value: by.value }), since: iso(by.at), by: by.by || 'hand' };
        }),
        audiences: inOrder(kept.audiences).map(([id, since]) => ({ id, since: iso(since) })),
      });
    }
    return withValues(deps, ws, states, defs);
  };
  /** From PostgreSQL alone: one person is looked up often, and a statement of ClickHouse costs milliseconds before it reads anything. */
  const column: PersonColumn<PersonState> = { sql, read };
  const of = async (ws: number, people: readonly number[]): Promise<Map<number, PersonState>> => {
    if (people.length === 0) return new Map();
    const rows = await pg.query<{ no: number; standing: Stands }>(
      `SELECT p.person_no AS no, (${sql}) AS standing FROM unnest($2::bigint[]) AS p(person_no)`,
      [ws, [...people]],
      'audience.standing',
    );
    return read(ws, new Map(rows.map((r) => [r.no, r.standing])));
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
    column,
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
