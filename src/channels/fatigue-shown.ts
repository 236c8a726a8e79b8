import { z } from 'zod';
import { decodeCursor, encodeCursor, notFound, pageQuery } from '../base/index.ts';
import { personNo, personSchema, survivingPerson } from '../people/index.ts';
import { fatigueSql, otherPurposes } from './fatigue.ts';
import { readPolicy } from './policy.ts';
import type { Deps } from './ports.ts';

/** How tired people are of us, as the outbox judges it: of one with what it comes from, and of all in bars with the people behind each. */

const at = z.string().nullable();
export const personFatigue = z.object({
  score: z.number(),
  /** What it comes from: marketing messages of the last 28 days, how many of them were clicked, the newest refusal and un-friending of the last 90. */
  messages: z.number(),
  clicks: z.number(),
  refusedAt: at,
  leftAt: at,
  /** The policy's limit; null: there is none. */
  above: z.number().nullable(),
});
export type PersonFatigue = z.output<typeof personFatigue>;

export const fatigueView = z.object({
  /** People who had marketing in the last 28 days; nobody else is tired of us. */
  people: z.number(),
  above: z.number().nullable(),
  /** How many of them the policy keeps marketing from now. */
  kept: z.number(),
  bars: z.array(z.object({ from: z.number(), to: z.number(), people: z.number() })),
  asOf: z.string(),
});
export type FatigueView = z.output<typeof fatigueView>;

const score = z.coerce.number().int().min(0).max(100);
export const fatigueQuery = pageQuery.extend({ from: score.default(0), to: score.default(100) });
export const fatiguePeople = z.object({ items: z.array(z.object({ person: personSchema, score: z.number() })), nextCursor: at });
export type FatiguePeople = z.output<typeof fatiguePeople>;

const width = 20;
const keptMs = 10 * 60_000;

/** What reached people in the last 28 days; `more`: whose. $1 the workspace, $2 now, $3 purposes that are no marketing. */
const had = (
  more: string,
) => `SELECT o.person_no, o.decided_at, o.clicked_at, o.address, coalesce(o.purpose, '') <> ALL($3::text[]) AS marketing
  FROM outbox o WHERE o.workspace_no = $1 AND o.state IN ('submitting', 'submitted', 'sent') AND o.decided_at > $2::timestamptz - interval '28 days' ${more}`;
const scores = (more = '') =>
  `had AS MATERIALIZED (${had(more)}), tired AS MATERIALIZED (${fatigueSql('had', '$1::int', '$2::timestamptz')})`;

export function createFatigue(deps: Deps) {
  const { pg, clock } = deps;
  /** Looking at everybody is costly: what was seen is shown for some minutes. */
  const seen = new Map<number, { until: number; view: FatigueView }>();
  const given = async (workspaceNo: number) => {
    const policy = await readPolicy(pg, workspaceNo);
    return { above: policy.fatigueAbove, params: [workspaceNo, clock.now(), otherPurposes(policy)] };
  };
  return {
    ofPerson: async (workspaceNo: number, id: string): Promise<PersonFatigue> => {
      const person = await survivingPerson(pg, workspaceNo, personNo(id));
      if (person === undefined) throw notFound('Person');
      const { above, params } = await given(workspaceNo);
      const [row] = await pg.query<{ score: number | null; messages: number; clicks: number; refused: Date | null; gone: Date | null }>(
        `WITH ${scores('AND o.person_no = $4')}
         SELECT (SELECT score FROM tired) AS score, count(*) FILTER (WHERE marketing) AS messages,
           count(clicked_at) FILTER (WHERE marketing) AS clicks,
           (SELECT max(c.at) FROM consents c WHERE c.workspace_no = $1 AND c.person_no = $4 AND NOT c.granted
              AND c.at BETWEEN $2::timestamptz - interval '90 days' AND $2::timestamptz) AS refused,
           (SELECT max(f.ended_at) FROM wecom_friends f WHERE f.workspace_no = $1
              AND f.corp_id || ':' || f.external_userid = ANY(SELECT DISTINCT address FROM had WHERE address LIKE '%:%')
              AND f.ended_at BETWEEN $2::timestamptz - interval '90 days' AND $2::timestamptz) AS gone
         FROM had`,
        [...params, person],
      );
      const { score, messages, clicks, refused, gone } = row!;
      const times = { refusedAt: refused?.toISOString() ?? null, leftAt: gone?.toISOString() ?? null };
      return { score: score ?? 0, messages, clicks, ...times, above };
    },
    all: async (workspaceNo: number): Promise<FatigueView> => {
      const { above, params } = await given(workspaceNo);
      const known = seen.get(workspaceNo);
      if (known && known.until > clock.ms() && known.view.above === above) return known.view;
      const rows = await pg.query<{ bar: number; people: number; kept: number }>(
        `WITH ${scores()} SELECT least(score / ${width}, ${100 / width - 1})::int AS bar, count(*) AS people, count(*) FILTER (WHERE score > $4) AS kept
         FROM tired GROUP BY 1`,
        [...params, above],
      );
      const view: FatigueView = {
        people: rows.reduce((sum, row) => sum + row.people, 0),
        kept: rows.reduce((sum, row) => sum + row.kept, 0),
        bars: Array.from({ length: 100 / width }, (_, bar) => ({
          ...{ from: bar * width, to: bar === 100 / width - 1 ? 100 : bar * width + width - 1 },
          people: rows.find((row) => row.bar === bar)?.people ?? 0,
        })),
        ...{ above, asOf: clock.now().toISOString() },
      };
      seen.set(workspaceNo, { until: clock.ms() + keptMs, view });
      return view;
    },
    people: async (workspaceNo: number, q: z.output<typeof fatigueQuery>): Promise<FatiguePeople> => {
      const below = decodeCursor(q.cursor, z.number().int());
      const { params } = await given(workspaceNo);
      const rows = await pg.query<{ person_no: number; score: number }>(
        `WITH ${scores('AND ($4::bigint IS NULL OR o.person_no < $4)')}
         SELECT person_no, score FROM tired WHERE score BETWEEN $5 AND $6 ORDER BY person_no DESC LIMIT $7`,
        [...params, below ?? null, q.from, q.to, q.limit + 1],
      );
      const shown = rows.slice(0, q.limit);
      const people = new Map(
        (
          (await deps.people.read?.(
            workspaceNo,
            shown.map((row) => row.person_no),
          )) ?? []
        ).map((one) => [personNo(one.id), one]),
      );
      return {
        items: shown.flatMap(({ person_no, score }) => (people.has(person_no) ? [{ person: people.get(person_no)!, score }] : [])),
        nextCursor: rows.length > q.limit ? encodeCursor(shown.at(-1)!.person_no) : null,
      };
    },
  };
}
export type Fatigue = ReturnType<typeof createFatigue>;
