import { hashKey } from '../dedupe.ts';
import type { ImportedEvent } from './plan.ts';

/** Numbers to dense places, in typed arrays: two million cost some fifty megabytes and no work for the collector. */
export class NumberIndex {
  #keys = new Float64Array(1024);
  #places = new Int32Array(1024);
  size = 0;

  /** The place of a number above 0, and whether it is new. */
  add(key: number): { at: number; fresh: boolean } {
    if (this.size * 2 >= this.#keys.length) this.#grow();
    const slot = this.#slot(key);
    if (this.#keys[slot] === key) return { at: this.#places[slot]!, fresh: false };
    this.#keys[slot] = key;
    this.#places[slot] = this.size;
    return { at: this.size++, fresh: true };
  }

  #slot(key: number): number {
    const mask = this.#keys.length - 1;
    let slot = Math.imul(key ^ (key / 4294967296), 0x9e3779b1) & mask;
    while (this.#keys[slot] !== 0 && this.#keys[slot] !== key) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const [keys, places] = [this.#keys, this.#places];
    this.#keys = new Float64Array(keys.length * 2);
    this.#places = new Int32Array(keys.length * 2);
    for (let i = 0; i < keys.length; i++) {
      if (keys[i] === 0) continue;
      const slot = this.#slot(keys[i]!);
      this.#keys[slot] = keys[i]!;
      this.#places[slot] = places[i]!;
    }
  }
}

type Identity = { type: string; value: string };

/**
 * Counts the people that rows name: identities of one row are one person, and so are rows that share an identity.
 * An estimate, since limits and weak identities of the identity policy are not looked at.
 */
export class PeopleEstimate {
  readonly #index = new NumberIndex();
  #parents = new Int32Array(1024);
  #isPerson = new Uint8Array(1024);
  readonly #lookUp: (identities: readonly Identity[]) => Promise<Map<string, number>>;

  constructor(lookUp: (identities: readonly Identity[]) => Promise<Map<string, number>>) {
    this.#lookUp = lookUp;
  }

  async add(events: readonly ImportedEvent[]): Promise<void> {
    const unknown: { at: number; identity: Identity }[] = [];
    for (const event of events) {
      let first: number | undefined = event.personNo === undefined ? undefined : this.#person(event.personNo);
      for (const identity of identitiesOf(event)) {
        const { at, fresh } = this.#node(`${identity.type}|${identity.value}`);
        if (fresh) unknown.push({ at, identity });
        if (first !== undefined) this.#join(first, at);
        first ??= at;
      }
    }
    const owners = await this.#lookUp(unknown.map((u) => u.identity));
    for (const { at, identity } of unknown) {
      const owner = owners.get(`${identity.type}|${identity.value}`);
      if (owner !== undefined) this.#join(at, this.#person(owner));
    }
  }

  result(): { new: number; known: number; merged: number } {
    const known = new Map<number, number>();
    const roots = new Set<number>();
    for (let i = 0; i < this.#index.size; i++) {
      const root = this.#root(i);
      roots.add(root);
      if (this.#isPerson[i] === 1) known.set(root, (known.get(root) ?? 0) + 1);
    }
    const people = [...known.values()];
    return {
      new: roots.size - known.size,
      known: people.reduce((a, b) => a + b, 0),
      merged: people.reduce((a, b) => a + b - 1, 0),
    };
  }

  #person(no: number): number {
    const { at } = this.#node(`person ${no}`);
    this.#isPerson[at] = 1;
    return at;
  }

  #node(name: string): { at: number; fresh: boolean } {
    const added = this.#index.add(hashKey(name) + 1);
    if (!added.fresh) return added;
    if (added.at >= this.#parents.length) {
      const [parents, isPerson] = [this.#parents, this.#isPerson];
      this.#parents = new Int32Array(parents.length * 2);
      this.#parents.set(parents);
      this.#isPerson = new Uint8Array(parents.length * 2);
      this.#isPerson.set(isPerson);
    }
    this.#parents[added.at] = added.at;
    return added;
  }

  #root(at: number): number {
    let root = at;
    while (this.#parents[root] !== root) {
      this.#parents[root] = this.#parents[this.#parents[root]!]!;
      root = this.#parents[root]!;
    }
    return root;
  }

  #join(a: number, b: number): void {
    this.#parents[this.#root(a)] = this.#root(b);
  }
}

function identitiesOf(event: ImportedEvent): Identity[] {
  return [
    ...(event.userId === undefined ? [] : [{ type: 'user_id', value: event.userId }]),
    ...(event.anonymousId === undefined ? [] : [{ type: 'anonymous_id', value: event.anonymousId }]),
    ...(event.externalIds ?? []).map(({ type, id }) => ({ type, value: id })),
  ];
}
