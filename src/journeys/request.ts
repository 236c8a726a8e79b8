import { z } from 'zod';
import { badInput, problem } from '../base/index.ts';
import { personNo, survivingPeople } from '../people/index.ts';
import type { Row } from './definitions.ts';
import type { Deps } from './ports.ts';

/** Entry by a program. */
export const enterBody = z
  .object({
    people: z.array(z.string().min(1).max(64)).max(10_000).optional(),
    /** As `type:id`, such as `phone:+8613800000000`. */
    externalIds: z
      .array(
        z
          .string()
          .regex(/^[a-z_]+:.+/, { error: 'must be type:id, such as user_id:42' })
          .max(300),
      )
      .max(10_000)
      .optional(),
    data: z
      .record(z.string().max(200), z.unknown())
      .refine((d) => JSON.stringify(d).length <= 16_384, { error: 'must have at most 16 KB' })
      .optional(),
    key: z.string().min(1, { error: 'is missing; give each request a key of its own' }).max(200),
  })
  .refine((b) => (b.people?.length ?? 0) + (b.externalIds?.length ?? 0) > 0, { error: 'must name somebody', path: ['people'] });
export type EnterBody = z.output<typeof enterBody>;
export const enterAnswer = z.object({
  /** How many are let in now, by the journey's rules of entry. */
  accepted: z.number(),
  /** Those who are not known here. */
  unknown: z.array(z.string()),
  /** The key was known: nothing was done again. */
  repeated: z.boolean(),
});
export type EnterAnswer = z.output<typeof enterAnswer>;

const keptDays = 30;

/** People are asked in; they enter when people are moved next. The same key does nothing twice, for 30 days. */
export async function request(deps: Deps, workspaceNo: number, journey: Row, ask: EnterBody): Promise<EnterAnswer> {
  const entry = journey.graph.nodes.find((n) => n.type === 'entry' && n.api);
  if (!entry) throw badInput([{ field: 'id', reason: 'this journey has no entry by API; add one to its graph' }]);
  if (journey.state !== 'running')
    throw problem(409, `A ${journey.state} journey cannot be entered`, { code: 'journey_state', detail: 'It must be running.' });
  const { found, unknown } = await resolve(deps, workspaceNo, ask);
  const data = ask.data && deps.hide ? await deps.hide(workspaceNo, ask.data) : ask.data;
  const now = deps.clock.now();
  return deps.pg.tx(async (tx) => {
    await tx.query('DELETE FROM journey_requests WHERE journey_no = $1 AND at < $2', [
      journey.no,
      new Date(now.getTime() - keptDays * 86_400_000),
    ]);
    const [made] = await tx.query(
      'INSERT INTO journey_requests (journey_no, key, at, people) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING people',
      [journey.no, ask.key, now, found.length],
    );
    if (!made) {
      const [before] = await tx.query<{ people: number }>('SELECT people FROM journey_requests WHERE journey_no = $1 AND key = $2', [
        journey.no,
        ask.key,
      ]);
      return { accepted: before?.people ?? 0, unknown, repeated: true };
    }
    await tx.query(
      `INSERT INTO journey_arrivals (workspace_no, journey_no, node, person_no, at, data)
       SELECT $1, $2, $3, person_no, $4, $5 FROM unnest($6::bigint[]) AS w (person_no)`,
      [workspaceNo, journey.no, entry.id, now, data ? { entry: data } : null, found],
    );
    return { accepted: found.length, unknown, repeated: false };
  });
}

async function resolve(deps: Deps, workspaceNo: number, ask: EnterBody): Promise<{ found: number[]; unknown: string[] }> {
  const ids = ask.people ?? [];
  const asked = ask.externalIds ?? [];
  const identities = asked.map((text) => ({ type: text.slice(0, text.indexOf(':')), id: text.slice(text.indexOf(':') + 1) }));
  const [known, byIdentity] = await Promise.all([
    survivingPeople(deps.pg, workspaceNo, [...new Set(ids.map((id) => personNo(id)))]),
    identities.length > 0 && deps.find ? deps.find(workspaceNo, identities) : [],
  ]);
  const mine = ids.map((id) => known.get(personNo(id)));
  return {
    found: [...new Set([...mine, ...byIdentity].filter((no): no is number => no !== undefined))],
    unknown: [...ids.filter((_, i) => mine[i] === undefined), ...asked.filter((_, i) => byIdentity[i] === undefined)],
  };
}
