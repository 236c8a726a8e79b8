import { createPace, type Pg } from '../base/index.ts';
import { emptyBook, type IdentityBooks } from './book.ts';
import { cacheKey, type IdentityCache } from './cache.ts';
import { writeConflicts } from './conflicts.ts';
import { aliasPeople, resolvePerson } from './policy.ts';
import type { Identity, IdentityRules } from './rules.ts';
import { apartAfterMerges, loadHeld, loadPointers, writeChanges } from './store.ts';
import { foldTraits, type TraitUpdate } from './traits.ts';
import { NotLoaded, WorkingView } from './working.ts';

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
  /** For each claim the cache key of the identity that it was resolved through (see `numberKey` for our own events about a person). */
  via: string[];
  merges: { from: number; to: number; messageId: string; atMs: number }[];
}

/** Stands for an identity where an event of our own was about a person's number. */
export const numberKey = (workspaceNo: number, person: number): string => cacheKey(workspaceNo, { type: '#', value: String(person) });

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
  deps: { pg: Pg; cache: IdentityCache; numbers: { take(): number; fill(atLeast: number): Promise<void> }; books?: IdentityBooks },
  workspaceNo: number,
  claims: readonly Claim[],
): Promise<Resolved> {
  const { pg, cache, numbers, books } = deps;
  const book = (await books?.of(workspaceNo)) ?? emptyBook;
  cache.rest();
  await loadUnknown(pg, cache, workspaceNo, claims);
  const known = (key: string) => cache.get(key);
  const held = new Map<number, Identity[]>();
  await loadHeld(pg, workspaceNo, mixedOwners(cache, claims), held);
  for (;;) {
    await numbers.fill(claims.length);
    const view = new WorkingView(workspaceNo, known, held, numbers.take, book);
    try {
      return finish(
        { workspaceNo, cache, claims, view, forget: () => books?.forget(workspaceNo) },
        await decide(workspaceNo, view, cache, claims),
      );
    } catch (error) {
      if (!(error instanceof NotLoaded)) throw error;
      await loadHeld(pg, workspaceNo, [error.person], held);
    }
  }
}

interface Decisions {
  people: number[];
  via: string[];
  /** Which claim caused a change. */
  causes: Map<object, number>;
}

async function decide(workspaceNo: number, view: WorkingView, cache: IdentityCache, claims: readonly Claim[]): Promise<Decisions> {
  const pace = createPace();
  const people = new Array<number>(claims.length);
  const via = new Array<string>(claims.length);
  const causes = new Map<object, number>();
  const { merges, conflicts, attached, repointed, quarantined } = view.changes;
  const lists: object[][] = [merges, conflicts, attached, repointed, quarantined];
  for (let i = 0; i < claims.length; i++) {
    if (i % 64 === 0 && pace.due()) await pace.rest();
    const claim = claims[i]!;
    if (claim.personNo !== undefined) {
      people[i] = cache.follow(claim.personNo);
      via[i] = numberKey(workspaceNo, people[i]!);
      continue;
    }
    const known = claim.keys.length === 1 && !claim.alias ? view.quick(claim.keys[0]!) : undefined;
    if (known !== undefined) {
      people[i] = known;
      via[i] = claim.keys[0]!;
      continue;
    }
    const before = lists.map((l) => l.length);
    if (claim.alias) {
      const [anonymous, current, user] = claim.identities as [Identity, Identity, Identity?];
      const wasUser = user && view.owner(anonymous, claim.atMs) === undefined && view.owner(user, claim.atMs) !== undefined;
      const joined = aliasPeople(view, wasUser ? user : anonymous, current, claim.atMs);
      people[i] = 'person' in joined ? joined.person : 0;
      via[i] = claim.keys[1]!;
    } else {
      const { identities, keys } = usable(view, claim);
      people[i] = resolvePerson(view, identities, claim.atMs);
      via[i] = keys[highest(view.rules, identities)]!;
    }
    lists.forEach((list, l) => {
      for (let k = before[l]!; k < list.length; k++) causes.set(list[k]!, i);
    });
  }
  if (merges.length > 0) for (let i = 0; i < people.length; i++) people[i] = view.survivor(people[i]!);
  return { people, via, causes };
}

/** A message's identities without those in quarantine, unless it carries nothing else. */
function usable(view: WorkingView, claim: Claim): Pick<Claim, 'identities' | 'keys'> {
  if (!view.anyQuarantined || claim.keys.length === 1) return claim;
  const kept = claim.keys.map((key, i) => (view.isQuarantined(key) ? -1 : i)).filter((i) => i >= 0);
  if (kept.length === claim.keys.length) return claim;
  // Two shared devices in one message still name nobody: the first stands for both.
  const places = kept.length > 0 ? kept : [highest(view.rules, claim.identities)];
  return { identities: places.map((i) => claim.identities[i]!), keys: places.map((i) => claim.keys[i]!) };
}

function highest(rules: IdentityRules, identities: readonly Identity[]): number {
  let best = 0;
  for (let i = 1; i < identities.length; i++) if (rules.rank(identities[i]!.type) < rules.rank(identities[best]!.type)) best = i;
  return best;
}

interface Finishing {
  workspaceNo: number;
  cache: IdentityCache;
  claims: readonly Claim[];
  view: WorkingView;
  /** What is known of the workspace beside identities has changed. */
  forget(): void;
}

function finish({ workspaceNo, cache, claims, view, forget }: Finishing, decided: Decisions): Resolved {
  const { people, via, causes } = decided;
  const { changes } = view;
  const cause = (change: object) => ({ messageId: claims[causes.get(change)!]!.messageId, atMs: claims[causes.get(change)!]!.atMs });
  const caused = <T extends object>(list: readonly T[]) => list.map((one) => ({ ...one, ...cause(one) }));
  const merges = caused(changes.merges);
  const conflicts = changes.conflicts.map((c) => ({ ...c, ...cause(c), person: people[causes.get(c)!]! }));
  const traits = new Map<number, TraitUpdate[]>();
  claims.forEach((claim, i) => {
    if (!claim.traits || !people[i]) return;
    const list = traits.get(people[i]!) ?? [];
    list.push({ atMs: claim.atMs, traits: claim.traits });
    traits.set(people[i]!, list);
  });
  let changed = changes.quarantined.length > 0;
  return {
    people,
    via,
    merges,
    commit: async (tx) => {
      const toFold = await writeChanges(tx, workspaceNo, {
        created: changes.created,
        attached: caused(changes.attached),
        repointed: caused(changes.repointed),
        quarantined: caused(changes.quarantined),
        merges,
        survivor: (p) => view.survivor(p),
      });
      if (view.anyApart && merges.length > 0) {
        await apartAfterMerges(tx, workspaceNo, merges);
        changed = true;
      }
      if (await writeConflicts(tx, workspaceNo, conflicts, view.rules)) changed = true;
      await foldTraits(tx, workspaceNo, traits, toFold ? merges : []);
    },
    done: () => {
      for (const [key, pointer] of view.touched) cache.set(key, pointer);
      for (const { from, to } of merges) cache.move(from, to);
      if (changed) forget();
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
