import { badInput, type FieldError, notFound, type Pg } from '../base/index.ts';
import { personId } from './numbers.ts';
import type { Identity } from './rules.ts';

export interface By {
  actor: { kind: string; id: string; name: string };
  reason?: string | undefined;
  messageId: string;
  at: Date;
}

interface Held extends Identity {
  first_seen_at: Date;
  born_no: number | null;
}

export interface SplitPlan {
  from: number;
  leaving: Held[];
  staying: Held[];
  /** People merged into `from` all of whose identities leave. */
  former: number[];
}

const same = (a: Identity, b: Identity) => a.type === b.type && a.value === b.value;

/** What a split would take away; throws what does not fit, by the place in the list that was asked for. */
export async function planSplit(pg: Pg, workspaceNo: number, from: number, wanted: readonly Identity[]): Promise<SplitPlan> {
  const [person] = await pg.query<{ merged_into: number | null }>(
    'SELECT merged_into FROM people WHERE workspace_no = $1 AND person_no = $2',
    [workspaceNo, from],
  );
  if (!person) throw notFound('Person');
  if (person.merged_into !== null) {
    const reason = `was merged into ${personId(person.merged_into)}; split that person`;
    throw badInput([{ field: 'id', reason }], 'The person is part of another');
  }
  const held = await pg.query<Held>(
    'SELECT type, value, first_seen_at, born_no FROM identities WHERE workspace_no = $1 AND person_no = $2 ORDER BY first_seen_at, type, value',
    [workspaceNo, from],
  );
  const owners = await pg.query<Identity & { person_no: number }>(
    `SELECT i.type, i.value, i.person_no FROM unnest($2::text[], $3::text[]) AS w (type, value)
     JOIN identities i ON i.workspace_no = $1 AND i.type = w.type AND i.value = w.value`,
    [workspaceNo, wanted.map((w) => w.type), wanted.map((w) => w.value)],
  );
  const errors = wanted.flatMap((one, i): FieldError[] => {
    const owner = owners.find((o) => same(o, one))?.person_no;
    if (owner === from) return [];
    const reason = owner === undefined ? 'is not known' : `belongs to another person, ${personId(owner)}`;
    return [{ field: `identities.${i}`, reason }];
  });
  if (errors.length > 0) throw badInput(errors);
  const leaving = held.filter((h) => wanted.some((w) => same(w, h)));
  const staying = held.filter((h) => !leaving.includes(h));
  if (staying.length === 0)
    throw badInput([{ field: 'identities', reason: 'are all that this person has: leave at least one, or nothing would be left' }]);
  return { from, leaving, staying, former: await formerPeople(pg, workspaceNo, from, leaving, staying) };
}

/** Writes a split; the new person has a number of its own, and the ids of those who were merged and leave lead to it. */
export async function writeSplit(tx: Pg, workspaceNo: number, plan: SplitPlan, to: number, by: By): Promise<number> {
  const { from, leaving, staying, former } = plan;
  const earliest = (list: readonly Held[]) => new Date(Math.min(...list.map((h) => h.first_seen_at.getTime())));
  const columns = [workspaceNo, from, to, leaving.map((l) => l.type), leaving.map((l) => l.value)];
  await tx.query('INSERT INTO people (workspace_no, person_no, created_at) VALUES ($1, $2, $3)', [workspaceNo, to, earliest(leaving)]);
  await tx.query('UPDATE people SET created_at = $2 WHERE person_no = $1', [from, earliest(staying)]);
  await tx.query(
    `UPDATE identities i SET person_no = $3, born_no = CASE WHEN i.born_no = ANY($6) THEN i.born_no ELSE $3 END
     FROM unnest($4::text[], $5::text[]) AS w (type, value)
     WHERE i.workspace_no = $1 AND i.person_no = $2 AND i.type = w.type AND i.value = w.value`,
    [...columns, former],
  );
  await tx.query(
    `UPDATE identity_pointers i SET person_no = $3 FROM unnest($4::text[], $5::text[]) AS w (type, value)
     WHERE i.workspace_no = $1 AND i.person_no = $2 AND i.type = w.type AND i.value = w.value`,
    columns,
  );
  await tx.query('UPDATE people SET merged_into = $2 WHERE workspace_no = $1 AND person_no = ANY($3)', [workspaceNo, to, former]);
  await tx.query('INSERT INTO people_apart (workspace_no, a_no, b_no, at) VALUES ($1, $2, $3, $4)', [
    workspaceNo,
    Math.min(from, to),
    Math.max(from, to),
    by.at,
  ]);
  const [row] = await tx.query<{ id: number }>(
    `INSERT INTO person_splits (workspace_no, from_no, to_no, identities, former, message_id, at, actor, reason)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id`,
    [
      workspaceNo,
      from,
      to,
      JSON.stringify(leaving.map(({ type, value }) => ({ type, value }))),
      former,
      by.messageId,
      by.at,
      by.actor,
      by.reason ?? null,
    ],
  );
  return row!.id;
}

/** Of the people merged into one, those who were known by some identity and by none that stays. */
async function formerPeople(
  pg: Pg,
  workspaceNo: number,
  person: number,
  leaving: readonly Held[],
  staying: readonly Held[],
): Promise<number[]> {
  const merged = await pg.query<{ no: number }>('SELECT person_no AS no FROM people WHERE workspace_no = $1 AND merged_into = $2', [
    workspaceNo,
    person,
  ]);
  if (merged.length === 0) return [];
  const numbers = merged.map((m) => m.no);
  const parents = new Map(
    (
      await pg.query<{ from_no: number; to_no: number }>(
        'SELECT from_no, to_no FROM person_merges WHERE workspace_no = $1 AND from_no = ANY($2)',
        [workspaceNo, numbers],
      )
    ).map((m) => [m.from_no, m.to_no] as const),
  );
  // Who left with a split, and came back with the person whom the split made.
  const splits = await pg.query<{ to_no: number; former: number[] }>(
    'SELECT to_no, to_json(former) AS former FROM person_splits WHERE workspace_no = $1 AND to_no = ANY($2) ORDER BY id',
    [workspaceNo, numbers],
  );
  for (const split of splits)
    for (const one of split.former) if (!split.former.includes(parents.get(one) ?? 0)) parents.set(one, split.to_no);
  const line = (born: number | null): number[] => {
    const all: number[] = [];
    for (let at = born ?? person; at !== person && !all.includes(at); at = parents.get(at) ?? person) all.push(at);
    return all;
  };
  const stay = new Set(staying.flatMap((s) => line(s.born_no)));
  const leave = new Set(leaving.flatMap((l) => line(l.born_no)));
  return numbers.filter((no) => leave.has(no) && !stay.has(no));
}
