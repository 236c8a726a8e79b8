import type { Pointer } from './pointer.ts';
import type { Identity } from './rules.ts';

export const cacheKey = (workspaceNo: number, identity: Identity): string => `${workspaceNo}|${identity.type}|${identity.value}`;

/**
 * Where identities point, as far as they were asked for lately. PostgreSQL is the truth; this saves the trip. What was not asked for while half of what
 * may be kept was new is forgotten, so that a list of millions passes through without all of it staying.
 */
export class IdentityCache {
  #young = new Map<string, Pointer | number>();
  #old = new Map<string, Pointer | number>();
  readonly #moved = new Map<number, number>();
  readonly #most: number;

  /** @param most entries kept between batches (about 250 bytes each) */
  constructor(most = 60_000) {
    this.#most = most;
  }

  /** What was found here is there for the rest of a batch: it counts as asked for. */
  has(key: string): boolean {
    return this.#find(key) !== undefined;
  }

  #find(key: string): Pointer | number | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  get(key: string): Pointer | number | undefined {
    const pointer = this.#find(key);
    if (pointer === undefined || this.#moved.size === 0) return pointer;
    return typeof pointer === 'number' ? this.follow(pointer) : { since: pointer.since, person: pointer.person.map((p) => this.follow(p)) };
  }

  /** Whom it points to for what happens now. */
  current(key: string): number | undefined {
    const pointer = this.get(key);
    return typeof pointer === 'object' ? pointer.person.at(-1) : pointer;
  }

  set(key: string, pointer: Pointer | number): void {
    this.#young.set(key, pointer);
  }

  /** Between two batches; amid one nothing is forgotten, however many identities it names: it counts on what it found. */
  rest(): void {
    if (this.#young.size < this.#most / 2) return;
    this.#old = this.#young;
    this.#young = new Map();
  }

  /** Everything that pointed to one person points to another. After so many all is asked again, here and not amid a batch that counts on what it found. */
  move(from: number, to: number): void {
    if (this.#moved.size >= this.#most) this.clear();
    this.#moved.set(from, to);
  }

  /** Those who were one of the people merged into another, and now go with somebody else: where identities point is asked again. */
  split(people: readonly number[], to: number): void {
    this.#forget();
    for (const person of people) this.#moved.set(person, to);
  }

  clear(): void {
    this.#forget();
    this.#moved.clear();
  }

  #forget(): void {
    this.#young.clear();
    this.#old.clear();
  }

  /** Whom a person number stands for, as far as merges were seen since the start. */
  follow(person: number): number {
    let p = person;
    for (let next = this.#moved.get(p); next !== undefined; next = this.#moved.get(p)) p = next;
    return p;
  }
}
