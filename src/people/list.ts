import { z } from 'zod';
import { badInput, decodeCursor, encodeCursor } from '../base/index.ts';
import { defaultRules, type Identity } from './identity-types.ts';
import { normaliseIdentity } from './normalise.ts';
import { type Person, type ReadDeps, readHolder, readPeople } from './read.ts';
import type { StandingFilter } from './standing.ts';

export interface PeopleQuery extends StandingFilter {
  query?: string | undefined;
  externalId?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}

/** A page of people, newest number first. `total` counts all that match (null where counting would mean searching everything). */
export async function listPeople(
  deps: ReadDeps,
  workspaceNo: number,
  q: PeopleQuery,
): Promise<{ items: Person[]; nextCursor: string | null; total: number | null }> {
  if (q.externalId !== undefined) return byExternalId(deps, workspaceNo, q.externalId);
  const before = decodeCursor(q.cursor, z.number().int());
  const filter: StandingFilter = { stage: q.stage, tier: q.tier, level: q.level, tag: q.tag, audience: q.audience };
  const filtered = Object.values(filter).some((v) => v !== undefined);
  if (q.query?.trim()) {
    const found = await search(deps, workspaceNo, q.query.trim());
    const matching = filtered ? await within(deps, workspaceNo, filter, found) : found;
    const rest = matching.filter((no) => before === undefined || no < before);
    return page(deps, workspaceNo, rest.slice(0, q.limit), rest.length > q.limit, matching.length < searchMost ? matching.length : null);
  }
  if (filtered) {
    const { people, total } = await deps.standing.list(workspaceNo, filter, before, q.limit + 1);
    return page(deps, workspaceNo, people.slice(0, q.limit), people.length > q.limit, total);
  }
  const rows = await deps.pg.query<{ person_no: number }>(
    `SELECT person_no FROM people WHERE workspace_no = $1 AND merged_into IS NULL AND person_no < $2 ORDER BY person_no DESC LIMIT $3`,
    [workspaceNo, before ?? 2 ** 40, q.limit + 1],
  );
  const [count] = await deps.pg.query<{ n: number }>('SELECT count(*) AS n FROM people WHERE workspace_no = $1 AND merged_into IS NULL', [
    workspaceNo,
  ]);
  return page(
    deps,
    workspaceNo,
    rows.slice(0, q.limit).map((r) => r.person_no),
    rows.length > q.limit,
    count!.n,
  );
}

async function page(deps: ReadDeps, workspaceNo: number, numbers: number[], more: boolean, total: number | null) {
  return { items: await readPeople(deps, workspaceNo, numbers), nextCursor: more ? encodeCursor(numbers.at(-1)) : null, total };
}

async function byExternalId(deps: ReadDeps, workspaceNo: number, text: string) {
  const rules = (await deps.rules?.(workspaceNo)) ?? defaultRules;
  const [type, ...rest] = text.split(':');
  const mend = `write it as type:value, the type one of ${[...rules.types.keys()].join(', ')}`;
  if (!type || rest.length === 0 || !rules.types.has(type)) throw badInput([{ field: 'externalId', reason: mend }]);
  const normal = normaliseIdentity(type, rest.join(':'), rules);
  if (!('identity' in normal)) throw badInput([{ field: 'externalId', reason: normal.reason }]);
  const person = await readHolder(deps, workspaceNo, await kept(deps, workspaceNo, normal.identity));
  const items = person ? [person] : [];
  return { items, nextCursor: null, total: items.length };
}

const kept = async (deps: ReadDeps, workspaceNo: number, identity: Identity): Promise<Identity> =>
  deps.blind ? deps.blind(workspaceNo, identity) : identity;

const searchMost = 2000;

/** By the beginning of a name or of an identity. Phones (in any way of writing) and e-mails are kept unreadable, so they are found whole. */
async function search(deps: ReadDeps, workspaceNo: number, text: string): Promise<number[]> {
  const whole: string[] = [];
  for (const type of ['phone', 'email']) {
    const normal = normaliseIdentity(type, text);
    if ('identity' in normal) whole.push((await kept(deps, workspaceNo, normal.identity)).value);
  }
  const prefix = (t: string) => `${t.replace(/[\\%_]/g, '\\$&')}%`;
  const rows = await deps.pg.query<{ person_no: number }>(
    `SELECT person_no FROM (
       (SELECT person_no FROM identities WHERE workspace_no = $1 AND value LIKE $2 LIMIT $5)
       UNION (SELECT person_no FROM identities WHERE workspace_no = $1 AND type IN ('phone', 'email') AND value = ANY($4))
       UNION (SELECT person_no FROM people WHERE workspace_no = $1 AND merged_into IS NULL AND traits ? 'name' AND lower(traits->>'name') LIKE $3 LIMIT $5)
     ) found ORDER BY person_no DESC LIMIT $5`,
    [workspaceNo, prefix(text), prefix(text.toLowerCase()), whole, searchMost],
  );
  return rows.map((r) => r.person_no);
}

async function within(deps: ReadDeps, workspaceNo: number, filter: StandingFilter, people: number[]): Promise<number[]> {
  const standing = await deps.standing.of(workspaceNo, people);
  const audience =
    filter.audience === undefined
      ? undefined
      : new Set((await deps.standing.list(workspaceNo, { audience: filter.audience }, undefined, 1_000_000)).people);
  return people.filter((no) => {
    const s = standing.get(no);
    const is = (wanted: string | undefined, have: string | null | undefined) => wanted === undefined || wanted === have;
    const tagged = filter.tag === undefined || (s?.tags.some((t) => t.key === filter.tag) ?? false);
    return is(filter.stage, s?.stage) && is(filter.tier, s?.tier) && is(filter.level, s?.level) && tagged && (audience?.has(no) ?? true);
  });
}
