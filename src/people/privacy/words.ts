/** Names of traits and properties that hold personal values in a workspace, as the catalogue declares them. */
export interface Declared {
  traits: ReadonlySet<string>;
  properties: ReadonlySet<string>;
}

/** `Phone Number`, `phoneNumber` and `phone_number` are one name. */
export const plainName = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

/** Which names are personal; asked for every key of every event, so what was asked before is remembered. */
export class PersonalNames {
  readonly #names: Set<string>;
  readonly #known = new Map<string, boolean>();

  constructor(declared: Iterable<string>) {
    this.#names = new Set([...declared].map(plainName));
  }

  has(key: string): boolean {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const is = this.#names.has(plainName(key));
    // Senders may make up keys without end.
    if (this.#known.size > 20_000) this.#known.clear();
    this.#known.set(key, is);
    return is;
  }

  /** Whether a path such as `shipping.phone` leads to a personal value. */
  hasPath(path: string): boolean {
    return path.split('.').some((part) => this.has(part));
  }
}

export interface Names {
  traits: PersonalNames;
  properties: PersonalNames;
}

const made = new WeakMap<Declared, Names>();

/** The same names for as long as the declarations are the same. */
export function namesOf(declared: Declared): Names {
  let names = made.get(declared);
  if (!names) {
    names = { traits: new PersonalNames(declared.traits), properties: new PersonalNames(declared.properties) };
    made.set(declared, names);
  }
  return names;
}
