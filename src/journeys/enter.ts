import type { Pg } from '../base/index.ts';
import type { EntryNode } from './graph.ts';
import type { Pass, PassData } from './pass.ts';
import type { Plan } from './plan.ts';
import { type Deps, isDatabaseError, lock, pageOf, zoneOf } from './ports.ts';
import { kindColumns, settle, standsByKind } from './settle.ts';
import { walk } from './walk.ts';
import type { Walked, World } from './walking.ts';
import { logLeaves, Way } from './way.ts';

const setSize = 20_000;

export interface Arrival {
  personNo: number;
  /** When the event happened that brings the person. */
  at: Date;
  /** What the entry counts by, where it counts by a property. */
  key?: string;
  data?: PassData;
}
/** `sure`: each is let in by a row that goes in the same transaction, so it need not be newer than the one before. */
export interface Door {
  plan: Plan;
  entry: EntryNode;
  sure?: boolean;
}

/**
 * Lets people in, with the time of the event that brings each, and lets them go at once as far as they come: one transaction, and one row written
 * for each. Who is inside stays as he is; who has been is let in again only where the journey says so, after its days, and for an event newer than
 * the one before: so a slice that is read again changes nothing.
 */
export async function enter(deps: Deps, workspaceNo: number, door: Door, people: readonly Arrival[]): Promise<number> {
  let count = 0;
  for (const set of pageOf(people, setSize)) {
    const now = deps.clock.now();
    const entered = await deps.pg.tx(async (tx) => {
      await lock(tx, workspaceNo);
      return letIn(deps, tx, workspaceNo, door, set, now);
    });
    await deps.boundary('journeys.entered');
    if (entered.sends > 0) deps.channels.wake();
    count += entered.people;
  }
  return count;
}

interface Row {
  no: number;
  person_no: number;
  entry_no: number;
  at_ms: number;
  place: number;
  inside: number;
}

/** The same for one set in which nobody stands twice, inside a transaction that holds the workspace's lock. */
export async function letIn(
  deps: Deps,
  tx: Pg,
  workspaceNo: number,
  door: Door,
  people: readonly Arrival[],
  now: Date,
): Promise<{ people: number; sends: number }> {
  const { plan, entry } = door;
  const { reentry } = entry;
  const days = reentry === undefined || reentry === 'never' ? null : reentry === 'always' ? 0 : reentry.afterDays;
  const most = entry.most ?? 1;
  const keyed = entry.key !== undefined;
  const rows = await tx.query<Row>(
    // The sequence's name is looked up once, not for each row: that took longer than all the rest.
    `SELECT nextval((SELECT pg_get_serial_sequence('journey_people', 'no')::regclass)) AS no, w.person_no, coalesce(b.entries, 0) + 1 AS entry_no, w.at_ms, w.place, b.inside
     FROM (SELECT person_no, at_ms, key, place::int, to_timestamp(at_ms / 1000.0) AS at
       FROM unnest($2::bigint[], $3::bigint[], $6::text[]) WITH ORDINALITY AS w (person_no, at_ms, key, place)) w LEFT JOIN LATERAL (
       SELECT max(p.entry_no) AS entries, count(*) FILTER (WHERE NOT $5 OR p.key IS NOT DISTINCT FROM w.key)::int AS had,
         max(p.event_at) FILTER (WHERE NOT $5 OR p.key IS NOT DISTINCT FROM w.key) AS last_at,
         count(*) FILTER (WHERE p.left_at IS NULL AND (NOT $5 OR p.key IS NOT DISTINCT FROM w.key))::int AS inside
       FROM journey_people p WHERE p.journey_no = $1 AND p.person_no = w.person_no) b ON true
     WHERE EXISTS (SELECT FROM journeys j WHERE j.no = $1 AND j.state = 'running')
       AND (b.had = 0 OR ($4::int IS NOT NULL AND ($7 OR b.inside < $8) AND ($9 OR w.at > b.last_at) AND w.at >= b.last_at + interval '1 day' * $4::int))`,
    [
      plan.journeyNo,
      people.map((p) => p.personNo),
      people.map((p) => p.at.getTime()),
      days,
      keyed,
      people.map((p) => p.key ?? null),
      entry.over === 'replace',
      most,
      door.sure === true,
    ],
  );
  if (rows.length === 0) return { people: 0, sends: 0 };
  const tooMany = rows.filter((r) => r.inside >= most);
  if (tooMany.length > 0)
    await makeRoom(
      deps,
      tx,
      workspaceNo,
      door,
      tooMany.map((r) => ({ person: r.person_no, key: people[r.place - 1]!.key ?? null })),
      now,
    );
  const passes = rows.map(
    (r): Pass => ({
      ...{ no: r.no, personNo: r.person_no, entryNo: r.entry_no, node: entry.id, branch: null, data: people[r.place - 1]!.data ?? null },
      ...{ enteredAt: now, eventAt: new Date(r.at_ms), since: null, until: null, arrives: false },
    }),
  );
  const world: World = { deps, workspaceNo, zone: await zoneOf(deps, workspaceNo), plan, now };
  const walked = await setOut(world, passes, entry.id);
  const { kinds, kindOf } = standsByKind(walked.stands);
  const places = new Map(walked.stands.map((s, i) => [s.no, i]));
  const carried = passes.map((p) => walked.stands[places.get(p.no)!]!.data ?? p.data);
  await tx.query(
    `INSERT INTO journey_people (no, workspace_no, journey_no, version, person_no, entry_no, node, branch, due_at, since_at, until_at, event_at, entered_at, moved_at, left_at, reason,
       entry, key, data)
     OVERRIDING SYSTEM VALUE
     SELECT s.no, $1, $2, $3, s.person_no, s.entry_no, k.node, k.branch, k.due_at, k.since_at, k.until_at, to_timestamp(s.at_ms / 1000.0), $4, $4,
       CASE WHEN k.due_at IS NULL THEN $4::timestamptz END, k.reason, $11, s.key, s.data::jsonb
     FROM unnest($5::bigint[], $6::bigint[], $7::int[], $8::bigint[], $9::int[], $12::text[], $13::text[]) AS s (no, person_no, entry_no, at_ms, kind, key, data)
     JOIN json_to_recordset($10) AS k (${kindColumns}) ON k.kind = s.kind`,
    [
      workspaceNo,
      plan.journeyNo,
      plan.version,
      now,
      rows.map((r) => r.no),
      rows.map((r) => r.person_no),
      rows.map((r) => r.entry_no),
      rows.map((r) => r.at_ms),
      rows.map((r) => kindOf[places.get(r.no)!]!),
      JSON.stringify(kinds),
      plan.entries.length > 1 ? entry.id : null,
      keyed ? rows.map((r) => people[r.place - 1]!.key ?? null) : null,
      carried.some((d) => d !== null) ? carried.map((d) => (d === null ? null : JSON.stringify(d))) : null,
    ],
  );
  await settle(tx, world, walked);
  return { people: rows.length, sends: walked.sends.length };
}

/** The newest wins: of those inside, the earliest leave until one place is free, and what they have queued is taken back. */
async function makeRoom(
  deps: Deps,
  tx: Pg,
  workspaceNo: number,
  { plan, entry }: Door,
  coming: readonly { person: number; key: string | null }[],
  now: Date,
): Promise<void> {
  const gone = await tx.query<{ no: number; journey_no: number; version: number; node: string; person_no: number }>(
    `UPDATE journey_people SET left_at = $2, moved_at = $2, due_at = NULL, reason = 'replaced' WHERE no IN (
       SELECT no FROM (SELECT p.no, row_number() OVER (PARTITION BY p.person_no, c.key ORDER BY p.event_at DESC, p.no DESC) AS newest
         FROM unnest($3::bigint[], $4::text[]) AS c (person_no, key) JOIN journey_people p ON p.journey_no = $1 AND p.person_no = c.person_no
           AND p.left_at IS NULL AND (NOT $6 OR p.key IS NOT DISTINCT FROM c.key)) r WHERE newest >= $5)
     RETURNING no, journey_no, version, node, person_no`,
    [plan.journeyNo, now, coming.map((c) => c.person), coming.map((c) => c.key), entry.most ?? 1, entry.key !== undefined],
  );
  await logLeaves(tx, workspaceNo, gone, 'replaced', now);
  await deps.channels.skipPasses(tx, workspaceNo, { people: gone.map((g) => g.person_no), passNos: gone.map((g) => g.no) }, 'replaced');
}

/** The first walk. Where a rule cannot be asked now, everyone waits at the entry, and is moved when it can. */
async function setOut(world: World, passes: readonly Pass[], entry: string): Promise<Walked> {
  const entered = new Way().and({ node: entry, kind: 'enter' });
  try {
    return await walk(world, passes, entered, true);
  } catch (error) {
    if (isDatabaseError(error)) throw error;
    const { deps, plan, now } = world;
    deps.log.warn({ err: error, journey: plan.journeyId }, 'who entered a journey could not be moved yet');
    const stands = passes.map((p) => ({ ...p, dueAt: now, reason: null, way: entered }));
    return { stands: stands.map(({ data: _, ...stand }) => stand), sends: [], calls: [], jumps: [] };
  }
}
