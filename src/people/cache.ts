import type { Pointer } from './pointer.ts';
import type { Identity } from './rules.ts';

export const cacheKey = (workspaceNo: number, identity: Identity): string => `${workspaceNo}|${identity.type}|${identity.value}`;

/** Where identities point, as far as they were asked for. PostgreSQL is the truth; this saves the trip. */
export class IdentityCache {
  readonly #entries = new Map<string, Pointer | number>();
  readonly #moved = new Map<number, number>();
  readonly #most: number;

  /** @param most entries kept at most (about 150 bytes each) */
  constructor(most = 2_000_000) {
    this.#most = most;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  get(key: string): Pointer | number | undefined {
    const pointer = this.#entries.get(key);
    if (pointer === undefined || this.#moved.size === 0) return pointer;
    return typeof pointer === 'number' ? this.follow(pointer) : { since: pointer.since, person: pointer.person.map((p) => this.follow(p)) };
  }

  /** Whom it points to for what happens now. */
  current(key: string): number | undefined {
    const pointer = this.get(key);
    return typeof pointer === 'object' ? pointer.person.at(-1) : pointer;
  }

  set(key: string, pointer: Pointer | number): void {
    if (this.#entries.size >= this.#most) this.clear();
    this.#entries.set(key, pointer);
  }

  /** Everything that pointed to one person points to another. */
  move(from: number, to: number): void {
    this.#moved.set(from, to);
  }

  /** Those who were one of the people merged into another, and now go with somebody else: where identities point is asked again. */
  split(people: readonly number[], to: number): void {
    this.#entries.clear();
    for (const person of people) this.#moved.set(person, to);
  }

  clear(): void {
    this.#entries.clear();
    this.#moved.clear();
  }

  /** Whom a person number stands for, as far as merges were seen since the start. */
  follow(person: number): number {
    let p = person;
    for (let next = this.#moved.get(p); next !== undefined; next = this.#moved.get(p)) p = next;
    return p;
  }
}
