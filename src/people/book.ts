import type { Pg } from '../base/index.ts';
import { cacheKey } from './cache.ts';
import { defaultQuarantine, defaultRules, defaultTypes } from './identity-types.ts';
import { IdentityRules, type IdentitySettings } from './rules.ts';

/** What holds in one workspace beside who holds which identity: its rules, what is in quarantine, who is kept apart. */
export interface WorkspaceBook {
  rules: IdentityRules;
  /** Cache keys. */
  quarantined: ReadonlySet<string>;
  /** Pairs of people that somebody took apart; merges of theirs are followed. */
  apart: readonly (readonly [number, number])[];
}

export const emptyBook: WorkspaceBook = { rules: defaultRules, quarantined: new Set(), apart: [] };

/** What another process changed is seen after so long. */
const keptMs = 5_000;

/** The books of all workspaces, kept in memory. PostgreSQL is the truth. */
export class IdentityBooks {
  readonly #pg: Pg;
  readonly #books = new Map<number, { book: WorkspaceBook; at: number }>();

  constructor(pg: Pg) {
    this.#pg = pg;
  }

  async of(workspaceNo: number): Promise<WorkspaceBook> {
    const kept = this.#books.get(workspaceNo);
    if (kept && performance.now() - kept.at < keptMs) return kept.book;
    const at = performance.now();
    const book = await load(this.#pg, workspaceNo, kept?.book);
    this.#books.set(workspaceNo, { book, at });
    return book;
  }

  /** Something of it changed: it is read again. */
  forget(workspaceNo: number): void {
    this.#books.delete(workspaceNo);
  }
}

async function load(pg: Pg, workspaceNo: number, before: WorkspaceBook | undefined): Promise<WorkspaceBook> {
  const [policy, quarantined, apart] = await Promise.all([
    pg.query<{ settings: Partial<IdentitySettings> }>('SELECT settings FROM identity_policies WHERE workspace_no = $1', [workspaceNo]),
    pg.query<{ type: string; value: string }>(
      'SELECT type, value FROM identity_quarantine WHERE workspace_no = $1 AND released_at IS NULL',
      [workspaceNo],
    ),
    pg.query<{ a_no: number; b_no: number }>('SELECT a_no, b_no FROM people_apart WHERE workspace_no = $1', [workspaceNo]),
  ]);
  const settings = policy[0]?.settings;
  const same = before && settings && JSON.stringify(before.rules.settings) === JSON.stringify(whole(settings));
  return {
    rules: !settings ? defaultRules : same ? before.rules : new IdentityRules(whole(settings)),
    quarantined: new Set(quarantined.map((q) => cacheKey(workspaceNo, q))),
    apart: apart.map((p) => [p.a_no, p.b_no] as const),
  };
}

const whole = (settings: Partial<IdentitySettings>): IdentitySettings => ({
  types: settings.types ?? defaultTypes,
  blocked: settings.blocked ?? {},
  quarantine: settings.quarantine ?? defaultQuarantine,
});
