import type { Pg } from '../base/index.ts';

export interface TraitUpdate {
  atMs: number;
  traits: Record<string, unknown>;
}

interface Stored {
  person_no: number;
  traits: Record<string, unknown>;
  trait_times: Record<string, number>;
}

/**
 * Folds stated traits into what is known: for each trait the newer event time wins, at a tie the later arrival.
 * A null states nothing. On a merge the two people's traits fold the same way.
 */
export async function foldTraits(
  tx: Pg,
  workspaceNo: number,
  updates: Map<number, TraitUpdate[]>,
  merges: readonly { from: number; to: number }[],
): Promise<void> {
  const wanted = new Set([...updates.keys(), ...merges.flatMap((m) => [m.from, m.to])]);
  if (wanted.size === 0) return;
  const rows = await tx.query<Stored>(
    'SELECT person_no, traits, trait_times FROM people WHERE person_no = ANY($1) AND workspace_no = $2 FOR UPDATE',
    [[...wanted], workspaceNo],
  );
  const people = new Map(rows.map((r) => [r.person_no, r]));
  const changed = new Set<number>();
  for (const { from, to } of merges) {
    const [lost, kept] = [people.get(from), people.get(to)];
    if (!lost || !kept) continue;
    for (const [key, value] of Object.entries(lost.traits)) if (state(kept, key, value, lost.trait_times[key] ?? 0, false)) changed.add(to);
  }
  for (const [person, list] of updates) {
    const row = people.get(person);
    if (!row) continue;
    for (const { atMs, traits } of list) {
      for (const [key, value] of Object.entries(traits)) if (value !== null && state(row, key, value, atMs, true)) changed.add(person);
    }
  }
  if (changed.size === 0) return;
  const list = [...changed].map((p) => people.get(p)!);
  await tx.query(
    `UPDATE people SET traits = u.traits, trait_times = u.times
     FROM unnest($1::bigint[], $2::jsonb[], $3::jsonb[]) AS u(no, traits, times) WHERE person_no = u.no`,
    [list.map((r) => r.person_no), list.map((r) => JSON.stringify(r.traits)), list.map((r) => JSON.stringify(r.trait_times))],
  );
}

function state(row: Stored, key: string, value: unknown, atMs: number, tieWins: boolean): boolean {
  const before = row.trait_times[key];
  if (before !== undefined && (before > atMs || (before === atMs && !tieWins))) return false;
  row.traits[key] = value;
  row.trait_times[key] = atMs;
  return true;
}

/** Sets what is known of people to what their events say (see the events room), in place of what was folded as it came. */
export async function replaceTraits(
  tx: Pg,
  workspaceNo: number,
  found: ReadonlyMap<number, { traits: Record<string, unknown>; times: Record<string, number> }>,
): Promise<void> {
  await tx.query(
    `UPDATE people p SET traits = u.traits, trait_times = u.times FROM unnest($2::bigint[], $3::jsonb[], $4::jsonb[]) AS u (no, traits, times)
     WHERE p.workspace_no = $1 AND p.person_no = u.no`,
    [
      workspaceNo,
      [...found.keys()],
      [...found.values()].map((f) => JSON.stringify(f.traits)),
      [...found.values()].map((f) => JSON.stringify(f.times)),
    ],
  );
}
