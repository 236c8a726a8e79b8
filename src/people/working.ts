import { cacheKey } from './cache.ts';
import type { Identity } from './identity-types.ts';
import type { PeopleView } from './policy.ts';

/** Where an identity points: to one person, or, for a weak one that changed hands, to several in turn. */
export interface Pointer {
  /** Instants from which each person holds it, ascending; the first is -Infinity in effect. */
  since: number[];
  person: number[];
}

export interface Changes {
  created: { person: number; atMs: number }[];
  attached: { identity: Identity; person: number; atMs: number }[];
  repointed: { identity: Identity; pointer: Pointer }[];
  merges: { from: number; to: number }[];
  conflicts: { identity: Identity; heldBy: number | undefined }[];
}

/** Raised when a decision needs what has not been loaded; the batch loads it and starts again. */
export class NotLoaded extends Error {
  readonly person: number;
  constructor(person: number) {
    super('person not loaded');
    this.person = person;
  }
}

/** Known facts of one workspace, overlaid by what this batch decides. Nothing is written until the batch is. */
export class WorkingView implements PeopleView {
  readonly changes: Changes = { created: [], attached: [], repointed: [], merges: [], conflicts: [] };
  readonly #workspaceNo: number;
  readonly #known: (key: string) => Pointer | number | undefined;
  readonly #heldBefore: Map<number, Identity[]>;
  readonly #newNumber: () => number;
  readonly #pointers = new Map<string, Pointer | number>();
  readonly #held = new Map<number, Identity[]>();
  readonly #movedTo = new Map<number, number>();

  constructor(
    workspaceNo: number,
    known: (key: string) => Pointer | number | undefined,
    heldBefore: Map<number, Identity[]>,
    newNumber: () => number,
  ) {
    this.#workspaceNo = workspaceNo;
    this.#known = known;
    this.#heldBefore = heldBefore;
    this.#newNumber = newNumber;
  }

  get touched(): ReadonlyMap<string, Pointer | number> {
    return this.#pointers;
  }

  /** Whom a key names, where this batch has not touched it and it never changed hands; undefined sends the caller the long way. */
  quick(key: string): number | undefined {
    if (this.#pointers.size > 0 && this.#pointers.has(key)) return undefined;
    const pointer = this.#known(key);
    return typeof pointer === 'number' ? this.survivor(pointer) : undefined;
  }

  #key(identity: Identity): string {
    return cacheKey(this.#workspaceNo, identity);
  }

  /** Whom a person number stands for after this batch's merges. */
  survivor(person: number): number {
    let p = person;
    for (let next = this.#movedTo.get(p); next !== undefined; next = this.#movedTo.get(p)) p = next;
    return p;
  }

  owner(identity: Identity, atMs: number): number | undefined {
    const key = this.#key(identity);
    const pointer = this.#pointers.get(key) ?? this.#known(key);
    if (pointer === undefined) return undefined;
    return this.survivor(typeof pointer === 'number' ? pointer : personAt(pointer, atMs));
  }

  held(person: number): readonly Identity[] {
    const own = this.#held.get(person);
    if (own) return own;
    const before = this.#heldBefore.get(person);
    if (!before) throw new NotLoaded(person);
    const copy = [...before];
    this.#held.set(person, copy);
    return copy;
  }

  create(atMs: number): number {
    const person = this.#newNumber();
    this.#held.set(person, []);
    this.changes.created.push({ person, atMs });
    return person;
  }

  attach(identity: Identity, person: number, atMs: number): void {
    this.#pointers.set(this.#key(identity), person);
    this.#held.get(person)?.push(identity) ?? (this.held(person) as Identity[]).push(identity);
    this.changes.attached.push({ identity, person, atMs });
  }

  repoint(identity: Identity, person: number, atMs: number): void {
    const key = this.#key(identity);
    const before = this.#pointers.get(key) ?? this.#known(key);
    const old: Pointer =
      typeof before === 'number' ? { since: [0], person: [before] } : { since: [...before!.since], person: [...before!.person] };
    const place = old.since.findLastIndex((s) => s <= atMs) + 1;
    // At one and the same instant the later arrival holds it.
    if (old.since[place - 1] === atMs) old.person[place - 1] = person;
    else {
      old.since.splice(place, 0, atMs);
      old.person.splice(place, 0, person);
    }
    this.#pointers.set(key, old);
    (this.held(person) as Identity[]).push(identity);
    this.changes.repointed.push({ identity, pointer: old });
  }

  merge(from: number, to: number): void {
    const moved = this.held(from);
    (this.held(to) as Identity[]).push(...moved);
    this.#held.set(from, []);
    this.#movedTo.set(from, to);
    this.changes.merges.push({ from, to });
  }

  conflict(identity: Identity, heldBy: number | undefined): void {
    this.changes.conflicts.push({ identity, heldBy });
  }
}

/** Whom a pointer names at an instant: the last who took it before, or the first holder for what is older. */
export function personAt(pointer: Pointer, atMs: number): number {
  const i = pointer.since.findLastIndex((s) => s <= atMs);
  return pointer.person[Math.max(0, i)]!;
}
