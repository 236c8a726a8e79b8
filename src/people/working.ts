import type { WorkspaceBook } from './book.ts';
import { cacheKey } from './cache.ts';
import type { Pointer } from './pointer.ts';
import type { ConflictReason, PeopleView } from './policy.ts';
import type { Identity, IdentityRules } from './rules.ts';

export interface Changes {
  created: { person: number; atMs: number }[];
  attached: { identity: Identity; person: number; atMs: number }[];
  repointed: { identity: Identity; pointer: Pointer; atMs: number }[];
  merges: { from: number; to: number; by: Identity | undefined }[];
  conflicts: { identity: Identity; heldBy: number | undefined; reason: ConflictReason }[];
  /** Weak identities that met too many people; `person` is the one made for what carries nothing else. */
  quarantined: { identity: Identity; person: number; people: number; atMs: number }[];
}

const dayMs = 86_400_000;

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
  readonly changes: Changes = { created: [], attached: [], repointed: [], merges: [], conflicts: [], quarantined: [] };
  readonly rules: IdentityRules;
  readonly #book: WorkspaceBook;
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
    book: WorkspaceBook,
  ) {
    this.rules = book.rules;
    this.#book = book;
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

  /** Whether an identity says nothing any more of who somebody is. */
  isQuarantined(key: string): boolean {
    if (this.#book.quarantined.has(key)) return true;
    return this.changes.quarantined.length > 0 && this.changes.quarantined.some((q) => this.#key(q.identity) === key);
  }

  get anyQuarantined(): boolean {
    return this.#book.quarantined.size > 0 || this.changes.quarantined.length > 0;
  }

  get anyApart(): boolean {
    return this.#book.apart.length > 0;
  }

  apart(a: number, b: number): boolean {
    return this.#book.apart.some(([x, y]) => {
      const [p, q] = [this.survivor(x), this.survivor(y)];
      return (p === a && q === b) || (p === b && q === a);
    });
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
    const held = this.#crowd(old, person, atMs);
    const { people } = this.rules.settings.quarantine;
    // One that goes from hand to hand names nobody: from here on it points to a person of its own.
    const next = held > people ? this.create(atMs) : person;
    if (next !== person) this.changes.quarantined.push({ identity, person: next, people: held, atMs });
    const place = old.since.findLastIndex((s) => s <= atMs) + 1;
    // At one and the same instant the later arrival holds it.
    if (old.since[place - 1] === atMs) old.person[place - 1] = next;
    else {
      old.since.splice(place, 0, atMs);
      old.person.splice(place, 0, next);
    }
    this.#pointers.set(key, old);
    (this.held(next) as Identity[]).push(identity);
    this.changes.repointed.push({ identity, pointer: old, atMs });
  }

  /** How many people an identity pointed to in the days before an instant, with the one it is about to point to. */
  #crowd(pointer: Pointer, person: number, atMs: number): number {
    if (pointer.since.length < this.rules.settings.quarantine.people) return 0;
    const begin = atMs - this.rules.settings.quarantine.days * dayMs;
    const people = new Set([person]);
    pointer.since.forEach((since, i) => {
      const until = pointer.since[i + 1] ?? Number.POSITIVE_INFINITY;
      if (since <= atMs && until > begin) people.add(this.survivor(pointer.person[i]!));
    });
    return people.size;
  }

  merge(from: number, to: number, by: Identity | undefined): void {
    const moved = this.held(from);
    (this.held(to) as Identity[]).push(...moved);
    this.#held.set(from, []);
    this.#movedTo.set(from, to);
    this.changes.merges.push({ from, to, by });
  }

  conflict(identity: Identity, heldBy: number | undefined, reason: ConflictReason): void {
    this.changes.conflicts.push({ identity, heldBy, reason });
  }
}

/** Whom a pointer names at an instant: the last who took it before, or the first holder for what is older. */
export function personAt(pointer: Pointer, atMs: number): number {
  const i = pointer.since.findLastIndex((s) => s <= atMs);
  return pointer.person[Math.max(0, i)]!;
}
