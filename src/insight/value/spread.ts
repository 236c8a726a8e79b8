import type { ModelDeps } from './deps.ts';

/** Who brought whom. */
export interface Edge {
  inviter: number;
  invitee: number;
}

export interface Invites {
  edges: Edge[];
  /** Accepted invites in all, and those of which both sides are known people. */
  accepted: number;
}

/** Whom an `Invite Accepted` names besides the person that it is an event of. */
const names = {
  invitee: ['inviteeId', 'invitee_id', 'inviteePersonId', 'invitee'],
  inviter: ['inviterId', 'inviter_id', 'inviterPersonId', 'inviter', 'invitedBy', 'invited_by'],
};

/** Edges of the invite graph before an instant: the first who brought somebody has brought them. */
export async function invitesOf(deps: ModelDeps, workspaceNo: number, asOfSql: string): Promise<Invites> {
  const text = (keys: string[]) => `coalesce(${keys.map((key) => `nullIf(properties.\`${key}\`.:String, '')`).join(', ')}, '')`;
  const rows = await deps.ch.query<{ person: number; invitee: string; inviter: string; n: number }>(
    `SELECT person_no AS person, invitee, inviter, count() AS n FROM ${deps.source(workspaceNo, [`${text(names.invitee)} AS invitee`, `${text(names.inviter)} AS inviter`])}
     WHERE event = 'Invite Accepted' AND time < ${asOfSql} GROUP BY person, invitee, inviter ORDER BY min(time), min(key)`,
  );
  const known = await deps.named(workspaceNo, [...new Set(rows.flatMap((r) => [r.invitee, r.inviter]).filter((id) => id !== ''))]);
  const taken = new Set<number>();
  const edges: Edge[] = [];
  for (const { person, invitee, inviter } of rows) {
    const down = invitee ? known.get(invitee) : person;
    const up = invitee ? person : known.get(inviter);
    if (down === undefined || up === undefined || up === down || taken.has(down)) continue;
    taken.add(down);
    edges.push({ inviter: up, invitee: down });
  }
  return { edges, accepted: rows.reduce((sum, r) => sum + r.n, 0) };
}

export interface Spread {
  value: number;
  /** People brought, over all counted depths. */
  downline: number;
}

/**
 * For everyone who brought somebody: the values of those below, each times lambda to the power of how many steps below.
 * The same person counts for all above, so these numbers rank people and are never added up.
 */
export function spreadOf(edges: readonly Edge[], own: ReadonlyMap<number, number>, lambda: number, depth: number): Map<number, Spread> {
  const below = new Map<number, number[]>();
  for (const { inviter, invitee } of edges) {
    const list = below.get(inviter);
    if (list) list.push(invitee);
    else below.set(inviter, [invitee]);
  }
  const found = new Map<number, Spread>();
  for (const top of below.keys()) {
    const seen = new Set([top]);
    const spread: Spread = { value: 0, downline: 0 };
    let layer = [top];
    for (let step = 1; step <= depth && layer.length > 0; step++) {
      // A ring of invites would come back to the top: nobody counts twice.
      layer = layer.flatMap((no) => below.get(no) ?? []).filter((no) => !seen.has(no) && seen.add(no));
      for (const no of layer) {
        spread.value += lambda ** step * (own.get(no) ?? 0);
        spread.downline += 1;
      }
    }
    found.set(top, spread);
  }
  return found;
}
