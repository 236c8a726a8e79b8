import { hash } from 'node:crypto';
import { boundary, type Pg, sqlString } from '../../base/index.ts';
import type { BindingDeps } from './ports.ts';
import { readFacts, readSetting, touchesOf } from './read-facts.ts';
import { type Entry, type Held, type Outcome, replay, type Setting } from './replay.ts';

const atOnce = 2_000;

interface Noted {
  person_no: number;
  key: string;
  at: Date;
  withdrawn: boolean;
  untold: boolean;
}

/** An entry is known by what it says: said again it is the same one. */
function keyOf(e: Entry): string {
  return hash('sha1', JSON.stringify([e.at, e.kind, e.staff, e.before, e.by, e.protectedUntil, e.validUntil]), 'base64url').slice(0, 20);
}

/**
 * Works out the binding of people anew from everything that is known of them, and writes what is different. One at a time in a workspace, so that
 * nobody writes what they read before another wrote. `as`: marks what is new because a person was split.
 */
export async function workOut(deps: BindingDeps, workspaceNo: number, people: readonly number[], as = ''): Promise<void> {
  for (let i = 0; i < people.length; i += atOnce) {
    await deps.pg.tx(async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock(7140, $1)', [workspaceNo]);
      await workOutSome(deps, tx, workspaceNo, people.slice(i, i + atOnce), as);
    });
    boundary('binding.written');
  }
}

async function workOutSome(deps: BindingDeps, tx: Pg, workspaceNo: number, people: readonly number[], as: string): Promise<void> {
  const setting = await readSetting(tx, workspaceNo);
  if (setting.versions.length === 0) return;
  const params = [workspaceNo, [...people]];
  // Who was merged away or erased has no binding of their own; held until this is written, so that an erasure finds it.
  const alive = await tx.query<{ no: number }>(
    'SELECT person_no AS no FROM people WHERE workspace_no = $1 AND person_no = ANY($2) AND merged_into IS NULL FOR KEY SHARE',
    params,
  );
  const numbers = alive.map((r) => r.no);
  const facts = await readFacts(
    { pg: tx, ch: deps.ch, source: (ws, list) => deps.events.source(ws, list), text: sqlString },
    workspaceNo,
    numbers,
    touchesOf(setting.versions),
  );
  const noted = Map.groupBy(
    await tx.query<Noted>(
      'SELECT person_no, key, at, withdrawn_at IS NOT NULL AS withdrawn, untold FROM binding_history WHERE workspace_no = $1 AND person_no = ANY($2)',
      params,
    ),
    (n) => n.person_no,
  );
  const now = deps.clock.ms();
  const changes = numbers.map((no) => difference(no, replay(facts.get(no) ?? [], setting, now), noted.get(no) ?? []));
  await write(tx, workspaceNo, deps.clock.now(), changes, as);
}

interface Change {
  no: number;
  outcome: Outcome;
  fresh: { key: string; seq: number; late: boolean; entry: Entry }[];
  /** Entries that had been withdrawn and hold again. */
  again: string[];
  /** Entries that do not hold: told ones are withdrawn, the others go. */
  withdrawn: string[];
}

function difference(no: number, outcome: Outcome, before: Noted[]): Change {
  const known = new Map(before.map((n) => [n.key, n]));
  const last = before.reduce((ms, n) => Math.max(ms, n.at.getTime()), 0);
  const keys = outcome.entries.map(keyOf);
  const now = new Set(keys);
  return {
    no,
    outcome,
    fresh: outcome.entries.flatMap((entry, seq) => (known.has(keys[seq]!) ? [] : [{ key: keys[seq]!, seq, late: entry.at < last, entry }])),
    again: before.filter((n) => n.withdrawn && now.has(n.key)).map((n) => n.key),
    withdrawn: before.filter((n) => !n.withdrawn && !now.has(n.key)).map((n) => n.key),
  };
}

async function write(tx: Pg, workspaceNo: number, now: Date, changes: readonly Change[], as: string): Promise<void> {
  const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
  const fresh = changes.flatMap(({ no, fresh: list }) =>
    list.map(({ key, seq, late, entry: e }) => ({
      ...{
        person_no: no,
        key,
        seq,
        late,
        at: iso(e.at),
        kind: e.kind,
        staff_id: e.staff,
        before_id: e.before,
        by_fact: e.by,
        event: e.event,
      },
      ...{ protected_until: iso(e.protectedUntil), valid_until: iso(e.validUntil), actor: e.actor, reason: e.reason },
    })),
  );
  if (fresh.length > 0)
    await tx.query(
      `INSERT INTO binding_history (workspace_no, person_no, key, seq, at, kind, staff_id, before_id, by_fact, event, protected_until, valid_until, actor, reason, late, noted_at, told_as)
       SELECT $1, r.person_no, r.key, r.seq, r.at, r.kind, r.staff_id, r.before_id, r.by_fact, r.event, r.protected_until, r.valid_until, r.actor, r.reason, r.late, $3, $4
       FROM jsonb_to_recordset($2) AS r (person_no bigint, key text, seq int, at timestamptz, kind text, staff_id text, before_id text, by_fact text, event text,
         protected_until timestamptz, valid_until timestamptz, actor text, reason text, late boolean)
       ON CONFLICT DO NOTHING`,
      [workspaceNo, JSON.stringify(fresh), now, as],
    );
  const pairs = (pick: (c: Change) => string[]) => {
    const list = changes.flatMap((c) => pick(c).map((key) => [c.no, key] as const));
    return [workspaceNo, list.map(([no]) => no), list.map(([, key]) => key)];
  };
  const of = 'FROM unnest($2::bigint[], $3::text[]) AS c (no, k) WHERE h.workspace_no = $1 AND h.person_no = c.no AND h.key = c.k';
  if (changes.some((c) => c.withdrawn.length > 0)) {
    const gone = pairs((c) => c.withdrawn);
    // What nobody was told of has never been.
    await tx.query(
      `DELETE FROM binding_history h USING (SELECT * FROM unnest($2::bigint[], $3::text[])) AS c (no, k)
      WHERE h.workspace_no = $1 AND h.person_no = c.no AND h.key = c.k AND h.untold AND h.withdrawn_at IS NULL`,
      gone,
    );
    await tx.query(`UPDATE binding_history h SET withdrawn_at = $4, untold = true ${of} AND h.withdrawn_at IS NULL`, [...gone, now]);
  }
  if (changes.some((c) => c.again.length > 0))
    await tx.query(
      `UPDATE binding_history h SET withdrawn_at = NULL, untold = true, told_as = told_as || '+' ${of}`,
      pairs((c) => c.again),
    );
  await writePresent(tx, workspaceNo, changes);
}

async function writePresent(tx: Pg, workspaceNo: number, changes: readonly Change[]): Promise<void> {
  const held = changes.flatMap(({ no, outcome }) => (outcome.held ? [row(no, outcome.held, outcome.disputes.length > 0)] : []));
  const free = changes.filter((c) => c.outcome.held === null).map((c) => c.no);
  if (free.length > 0) await tx.query('DELETE FROM bindings WHERE workspace_no = $1 AND person_no = ANY($2)', [workspaceNo, free]);
  if (held.length === 0) return;
  await tx.query(
    `INSERT INTO bindings (workspace_no, person_no, staff_id, since, protected_until, valid_until, paused)
     SELECT $1, r.* FROM jsonb_to_recordset($2) AS r (person_no bigint, staff_id text, since timestamptz, protected_until timestamptz, valid_until timestamptz, paused boolean)
     ON CONFLICT (workspace_no, person_no) DO UPDATE SET staff_id = excluded.staff_id, since = excluded.since, protected_until = excluded.protected_until,
       valid_until = excluded.valid_until, paused = excluded.paused`,
    [workspaceNo, JSON.stringify(held)],
  );
}

const row = (no: number, held: Held, paused: boolean) => ({
  person_no: no,
  staff_id: held.staff,
  since: new Date(held.since).toISOString(),
  protected_until: new Date(held.protectedUntil).toISOString(),
  valid_until: held.validUntil === null ? null : new Date(held.validUntil).toISOString(),
  paused,
});

/** What is worked out of one person without writing it: with the touches that changed nothing, and why. */
export async function explain(deps: BindingDeps, workspaceNo: number, personNo: number): Promise<Outcome> {
  const setting: Setting = await readSetting(deps.pg, workspaceNo);
  const facts = await readFacts(
    { pg: deps.pg, ch: deps.ch, source: (ws, list) => deps.events.source(ws, list), text: sqlString },
    workspaceNo,
    [personNo],
    touchesOf(setting.versions),
  );
  return replay(facts.get(personNo) ?? [], setting, deps.clock.ms());
}
