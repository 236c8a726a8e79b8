/** One identity of a person: a type of the contract, or the workspace's own, and a value in normal form. */
export interface Identity {
  type: string;
  value: string;
}

export interface TypeRule {
  type: string;
  strong: boolean;
  /** Most values of this type that one person may hold. */
  limit: number;
  /** Values are `scope:id`, and within a scope (the app of an openid, the corp of an external user) one person holds at most one. */
  scoped?: boolean | undefined;
}

export interface IdentitySettings {
  /** By priority, highest first. */
  types: readonly TypeRule[];
  /** Further values that stand for nobody, by type; `*` is every type. */
  blocked: Readonly<Record<string, readonly string[]>>;
  quarantine: { people: number; days: number };
}

const placeholders = 'null undefined none nan anonymous guest unknown true false'.split(' ');
export const blockedEverywhere: ReadonlySet<string> = new Set(['', '0', '-1', '[object object]', ...placeholders]);
const wrapping = /^[\s"'`“”‘’]|[\s"'`“”‘’]$/;
const bareOf = (value: string): string => (wrapping.test(value) ? value.replace(/^[\s"'`“”‘’]+|[\s"'`“”‘’]+$/g, '') : value).toLowerCase();

/** The identity policy of one workspace, ready to be asked. */
export class IdentityRules {
  readonly settings: IdentitySettings;
  readonly types: ReadonlyMap<string, TypeRule>;
  readonly #ranks: Map<string, number>;
  readonly #blocked: Map<string, Set<string>>;

  constructor(settings: IdentitySettings) {
    this.settings = settings;
    this.types = new Map(settings.types.map((t) => [t.type, t]));
    // Every strong type stands before every weak one, whatever place it was given among them.
    const ordered = [...settings.types.filter((t) => t.strong), ...settings.types.filter((t) => !t.strong)];
    this.#ranks = new Map(ordered.map((t, i) => [t.type, i]));
    this.#blocked = new Map(Object.entries(settings.blocked).map(([type, values]) => [type, new Set(values.map(bareOf))]));
  }

  /** 0 is the highest priority. Unknown types come last. */
  rank(type: string): number {
    return this.#ranks.get(type) ?? this.#ranks.size;
  }

  isStrong(type: string): boolean {
    return this.types.get(type)?.strong ?? false;
  }

  /** Whether a value is a placeholder that stands for nobody: in any case and quoting, and all-zero forms. */
  isBlocked(value: string, type?: string): boolean {
    // Longer than the longest word that is blocked everywhere, only zeros and the workspace's own values may be.
    if (value.length <= 32) {
      const bare = bareOf(value);
      if (blockedEverywhere.has(bare) || /^[0\-:.{}]+$/.test(bare)) return true;
    } else if (/^[\s"'`“”‘’]*[0\-:.{}\s"'`“”‘’]+$/.test(value)) return true;
    if (this.#blocked.size === 0) return false;
    const bare = bareOf(value);
    return (this.#blocked.get('*')?.has(bare) ?? false) || (type !== undefined && (this.#blocked.get(type)?.has(bare) ?? false));
  }

  /**
   * The types of which one person, made of these people and what a message adds, would hold too many, or two within one scope. What one of
   * them had too many of before (because somebody forced it) does not count: nothing new is broken.
   */
  broken(people: readonly (readonly Identity[])[], added: readonly Identity[]): string[] {
    const joined = excess(this, [...people.flat(), ...added]);
    if (joined.size === 0) return [];
    const before = people.map((held) => excess(this, held));
    return [...joined].filter(([type, over]) => before.every((b) => (b.get(type) ?? 0) < over)).map(([type]) => type);
  }
}

/** By how much the limits of each type are passed. */
function excess(rules: IdentityRules, identities: readonly Identity[]): Map<string, number> {
  const values = new Map<string, Set<string>>();
  for (const { type, value } of identities) {
    const of = values.get(type);
    if (of) of.add(value);
    else values.set(type, new Set([value]));
  }
  const over = new Map<string, number>();
  for (const [type, set] of values) {
    const rule = rules.types.get(type);
    if (!rule) continue;
    const doubles = rule.scoped ? set.size - new Set([...set].map(scopeOf)).size : 0;
    const most = Math.max(doubles, set.size - rule.limit);
    if (most > 0) over.set(type, most);
  }
  return over;
}

export const scopeOf = (value: string): string => value.slice(0, Math.max(0, value.indexOf(':')));
