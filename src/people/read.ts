import type { Pg } from '../base/index.ts';
import { personId } from './numbers.ts';
import type { Identity, IdentityRules } from './rules.ts';
import type { Activity, PersonActivity, PersonStanding, Standing } from './standing.ts';

export interface Person extends PersonStanding {
  id: string;
  identities: { type: string; id: string; firstSeenAt: string }[];
  traits: Record<string, unknown>;
  /** Completed orders; revenue in minor units of the workspace's currency, refunds subtracted. */
  orders: PersonActivity['orders'];
  createdAt: string;
  lastSeenAt: string;
}

export interface ReadDeps {
  pg: Pg;
  /** An identity as it is kept. Rooms tested alone keep all in clear. */
  blind?: (workspaceNo: number, identity: Identity) => Promise<Identity>;
  activity: Activity;
  standing: Standing;
  /** The identity policy of a workspace. */
  rules?(workspaceNo: number): Promise<IdentityRules>;
}

interface Row {
  person_no: number;
  traits: Record<string, unknown>;
  created_at: Date;
  identities: { type: string; id: string; at: string }[] | null;
  activity: unknown;
  standing: unknown;
}

/** People by number, in the order asked for; those merged away or of another workspace are left out. */
export async function readPeople(deps: ReadDeps, workspaceNo: number, numbers: readonly number[]): Promise<Person[]> {
  if (numbers.length === 0) return [];
  const found = await read(deps, workspaceNo, 'people.read', '= ANY($2)', [[...numbers]]);
  return numbers.flatMap((no) => found.get(no) ?? []);
}

/** Who survives a number: the person with it, or whom that one was merged into. */
export async function readSurvivor(deps: ReadDeps, workspaceNo: number, no: number): Promise<Person | undefined> {
  const who = '= (SELECT coalesce(merged_into, person_no) FROM people WHERE workspace_no = $1 AND person_no = $2)';
  return first(await read(deps, workspaceNo, 'people.readSurvivor', who, [no]));
}

/** Whoever holds an identity (in normal form, as it is kept). */
export async function readHolder(deps: ReadDeps, workspaceNo: number, { type, value }: Identity): Promise<Person | undefined> {
  const who = '= (SELECT person_no FROM identities WHERE workspace_no = $1 AND type = $2 AND value = $3)';
  return first(await read(deps, workspaceNo, 'people.readHolder', who, [type, value]));
}

const first = (found: Map<number, Person>): Person | undefined => found.values().next().value;

/**
 * Everything that is shown of people, in one statement: each one more costs a look-up more in wakings and waits than in work.
 * Numbers are dealt across workspaces, so identities are asked for by number alone: with the workspace beside it PostgreSQL, as long as it has counted
 * nothing, reads all of that workspace's identities each time.
 */
async function read(deps: ReadDeps, workspaceNo: number, name: string, who: string, params: unknown[]): Promise<Map<number, Person>> {
  const { activity, standing } = deps;
  const rows = await deps.pg.query<Row>(
    `SELECT p.person_no, p.traits, p.created_at, (
       SELECT json_agg(json_build_object('type', i.type, 'id', i.value, 'at', i.first_seen_at) ORDER BY i.first_seen_at, i.type)
       FROM identities i WHERE i.person_no = p.person_no) AS identities, (${activity.sql}) AS activity, (${standing.column.sql}) AS standing
     FROM people p WHERE p.workspace_no = $1 AND p.person_no ${who} AND p.merged_into IS NULL`,
    [workspaceNo, ...params],
    name,
  );
  const [seen, stands] = await Promise.all([
    activity.read(workspaceNo, new Map(rows.map((r) => [r.person_no, r.activity]))),
    standing.column.read(workspaceNo, new Map(rows.map((r) => [r.person_no, r.standing]))),
  ]);
  return new Map(rows.map((row) => [row.person_no, personOf(row, seen.get(row.person_no), stands.get(row.person_no))]));
}

function personOf(row: Row, seen: PersonActivity | undefined, stands: PersonStanding | undefined): Person {
  const created = row.created_at.toISOString();
  return {
    id: personId(row.person_no),
    identities: (row.identities ?? []).map(({ type, id, at }) => ({ type, id, firstSeenAt: new Date(at).toISOString() })),
    traits: row.traits,
    ...(stands ?? { stage: null, tier: null, level: null, tags: [] }),
    orders: seen?.orders ?? { count: 0, revenueFen: 0, refundFen: 0, lastAt: null },
    createdAt: seen?.first ?? created,
    lastSeenAt: seen?.last ?? created,
  };
}

/** The person who survives a number: itself, or whom it was merged into; undefined when it is not of this workspace. */
export async function survivingPerson(pg: Pg, workspaceNo: number, no: number): Promise<number | undefined> {
  const [row] = await pg.query<{ no: number }>(
    'SELECT coalesce(merged_into, person_no) AS no FROM people WHERE workspace_no = $1 AND person_no = $2',
    [workspaceNo, no],
    'people.surviving',
  );
  return row?.no;
}

/** The same for many; those who are not of this workspace are left out. */
export async function survivingPeople(pg: Pg, workspaceNo: number, numbers: readonly number[]): Promise<Map<number, number>> {
  if (numbers.length === 0) return new Map();
  const rows = await pg.query<{ no: number; now: number }>(
    'SELECT person_no AS no, coalesce(merged_into, person_no) AS now FROM people WHERE workspace_no = $1 AND person_no = ANY($2)',
    [workspaceNo, numbers],
  );
  return new Map(rows.map((r) => [Number(r.no), Number(r.now)]));
}

/** Whoever holds an identity (in normal form). A shared weak identity: who holds it now. */
export async function personByIdentity(pg: Pg, workspaceNo: number, identity: Identity): Promise<number | undefined> {
  const [row] = await pg.query<{ person_no: number }>(
    'SELECT person_no FROM identities WHERE workspace_no = $1 AND type = $2 AND value = $3',
    [workspaceNo, identity.type, identity.value],
    'people.byIdentity',
  );
  return row?.person_no;
}

/**
 * One identity of a type for each of the people who hold one: the latest first seen.
 * Channels use it to find where a person can be reached; who was merged a moment ago is reached as the one who stays.
 */
export async function addressesOf(
  pg: Pg,
  workspaceNo: number,
  type: string,
  people: readonly number[],
  prefix = '',
): Promise<Map<number, string>> {
  const rows = await pg.query<{ person_no: number; value: string }>(
    // By number alone, and only then by type: see `read`. Otherwise each of the people is compared with each identity of the type.
    `SELECT p.person_no, i.value FROM people p CROSS JOIN LATERAL (
       SELECT o.value FROM (SELECT type, value, first_seen_at FROM identities WHERE person_no = coalesce(p.merged_into, p.person_no) OFFSET 0) o
       WHERE o.type = $2 AND starts_with(o.value, $4) ORDER BY o.first_seen_at DESC LIMIT 1) i
     WHERE p.workspace_no = $1 AND p.person_no = ANY($3)`,
    [workspaceNo, type, [...people], prefix],
  );
  return new Map(rows.map((r) => [r.person_no, r.value]));
}

/** Traits of many people at once; of who was merged, those of the one who stays. */
export async function traitsOf(pg: Pg, workspaceNo: number, people: readonly number[]): Promise<Map<number, Record<string, unknown>>> {
  const rows = await pg.query<{ person_no: number; traits: Record<string, unknown> }>(
    `SELECT p.person_no, s.traits FROM people p JOIN people s ON s.person_no = coalesce(p.merged_into, p.person_no)
     WHERE p.workspace_no = $1 AND p.person_no = ANY($2)`,
    [workspaceNo, [...people]],
  );
  return new Map(rows.map((r) => [r.person_no, r.traits]));
}
