import type { Pg } from '../base/index.ts';
import type { IdentityCache } from './cache.ts';
import type { Identity } from './identity-types.ts';
import { aliasPeople, resolvePerson } from './policy.ts';
import { loadHeld, loadPointers, writeChanges } from './store.ts';
import { foldTraits, type TraitUpdate } from './traits.ts';
import { type Changes, NotLoaded, WorkingView } from './working.ts';

/** One message as the resolver sees it. */
export interface Claim {
  messageId: string;
  atMs: number;
  identities: readonly Identity[];
  /** The identities' cache keys, in the same order. */
  keys: readonly string[];
  /** alias: the identities are [previous, current, previous if it was a user's] and are joined because someone says so. */
  alias?: boolean;
  /** Traits that this message states (identify). */
  traits?: Record<string, unknown>;
  /** Already known: the event of our own about a person. */
  personNo?: number;
}

export interface Resolution {
  /** For each claim its person; 0 where an alias was refused by a limit. */
  people: number[];
  merges: { from: number; to: number; messageId: string; atMs: number }[];
}

/**
 * Resolves a micro-batch of one workspace in order. `commit` writes what was decided inside the caller's
 * transaction; `done` makes it known to later batches, `undo` forgets what may be stale.
 */
export interface Resolved extends Resolution {
  commit(tx: Pg): Promise<void>;
  done(): void;
  undo(): void;
}

export async function resolveBatch(
  deps: { pg: Pg; cache: IdentityCache; numbers: { take(): number; fill(atLeast: number): Promise<void> } },
  workspaceNo: number,
  claims: readonly Claim[],
): Promise<Resolved> {
  const { pg, cache, numbers } = deps;
  await loadUnknown(pg, cache, workspaceNo, claims);
  const known = (key: string) => cache.get(key);
  const held = new Map<number, Identity[]>();
  await loadHeld(pg, workspaceNo, mixedOwners(cache, claims), held);
  for (;;) {
    await numbers.fill(claims.length);
    const view = new WorkingView(workspaceNo, known, held, numbers.take);
    try {
      return finish(workspaceNo, cache, claims, view, decide(view, cache, claims));
    } catch (error) {
      if (!(error instanceof NotLoaded)) throw error;
      await loadHeld(pg, workspaceNo, [error.person], held);
    }
  }
}

function decide(view: WorkingView, cache: IdentityCache, claims: readonly Claim[]): { people: number[]; causes: Map<object, number> } {
  const people = new Array<number>(claims.length);
  const causes = new Map<object, number>();
  const { merges, conflicts } = view.changes;
  for (let i = 0; i < claims.length; i++) {
    const claim = claims[i]!;
    if (claim.personNo !== undefined) {
      people[i] = cache.follow(claim.personNo);
      continue;
    }
    const known = claim.keys.length === 1 && !claim.alias ? view.quick(claim.keys[0]!) : undefined;
    if (known !== undefined) {
      people[i] = known;
      continue;
    }
    const [mergesBefore, conflictsBefore] = [merges.length, conflicts.length];
    if (claim.alias) {
      const [anonymous, current, user] = claim.identities as [Identity, Identity, Identity?];
      const wasUser = user && view.owner(anonymous, claim.atMs) === undefined && view.owner(user, claim.atMs) !== undefined;
      const joined = aliasPeople(view, wasUser ? user : anonymous, current, claim.atMs);
      people[i] = 'person' in joined ? joined.person : 0;
    } else {
      people[i] = resolvePerson(view, claim.identities, claim.atMs);
    }
    for (let k = mergesBefore; k < merges.length; k++) causes.set(merges[k]!, i);
    for (let k = conflictsBefore; k < conflicts.length; k++) causes.set(conflicts[k]!, i);
  }
  if (merges.length > 0) for (let i = 0; i < people.length; i++) people[i] = view.survivor(people[i]!);
  return { people, causes };
}

function finish(
  workspaceNo: number,
  cache: IdentityCache,
  claims: readonly Claim[],
  view: WorkingView,
  decided: { people: number[]; causes: Map<object, number> },
): Resolved {
  const { people, causes } = decided;
  const changes: Changes = view.changes;
  const cause = (change: object) => ({ messageId: claims[causes.get(change)!]!.messageId, atMs: claims[causes.get(change)!]!.atMs });
  const merges = changes.merges.map((m) => ({ ...m, ...cause(m) }));
  const conflicts = changes.conflicts.map((c) => ({ ...c, ...cause(c), person: people[causes.get(c)!]! }));
  const traits = new Map<number, TraitUpdate[]>();
  claims.forEach((claim, i) => {
    if (!claim.traits || !people[i]) return;
    const list = traits.get(people[i]!) ?? [];
    list.push({ atMs: claim.atMs, traits: claim.traits });
    traits.set(people[i]!, list);
  });
  return {
    people,
    merges,
    commit: async (tx) => {
      await writeChanges(tx, workspaceNo, { ...changes, merges, conflicts, survivor: (p) => view.survivor(p) });
      await foldTraits(tx, workspaceNo, traits, merges);
    },
    done: () => {
      for (const [key, pointer] of view.touched) cache.set(key, pointer);
      for (const { from, to } of merges) cache.move(from, to);
    },
    undo: () => cache.clear(),
  };
}

async function loadUnknown(pg: Pg, cache: IdentityCache, workspaceNo: number, claims: readonly Claim[]): Promise<void> {
  const unknown = new Map<string, Identity>();
  for (const claim of claims) {
    if (claim.personNo !== undefined) continue;
    for (let i = 0; i < claim.keys.length; i++) if (!cache.has(claim.keys[i]!)) unknown.set(claim.keys[i]!, claim.identities[i]!);
  }
  if (unknown.size > 0) await loadPointers(pg, workspaceNo, unknown, cache);
}

/** People whose holdings a decision may need: those named by messages whose identities do not all point to one person. */
function mixedOwners(cache: IdentityCache, claims: readonly Claim[]): number[] {
  const people = new Set<number>();
  for (const claim of claims) {
    if (claim.personNo !== undefined || claim.identities.length < 2) continue;
    const owners = claim.keys.map((key) => cache.current(key));
    if (owners.every((o) => o === owners[0]) && owners[0] !== undefined) continue;
    for (const owner of owners) if (owner !== undefined) people.add(owner);
  }
  return [...people];
}
