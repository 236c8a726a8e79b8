import { type Clock, notFound, type Pg } from '../../base/index.ts';
import type { Definitions, Names } from '../expand.ts';
import type { Rule } from '../rule.ts';
import { sentenceOf } from '../sentence.ts';

/** Who changed a definition. */
export interface By {
  kind: string;
  id: string;
  name: string;
}
export const ourselves: By = { kind: 'system', id: 'yutang', name: 'Yutang' };

export const savedKinds = ['stages', 'tiers', 'levels', 'tag', 'audience'] as const;
/** Stages, tiers and levels are saved as a whole: which of them wins depends on all. */
export type SavedKind = (typeof savedKinds)[number];
export type Action = 'created' | 'changed' | 'restored' | 'deleted';

/** One item of an ordered kind, a tag or an audience, as it was saved. */
export interface SavedItem {
  key?: string;
  name: Names | string;
  rule: Rule | null;
  live?: boolean;
  about?: object;
}
export type Saved = SavedItem | { items: SavedItem[] };

export interface Version {
  version: number;
  at: string;
  by: By | null;
  action: Action;
  what: Saved;
  /** What is other than in the version before, in words and as it stands. */
  changes: Change[];
}
export interface Change {
  /** `name`, `rule`, `live`, `about.owner`, `items.buyer.rule`, `items.order` … */
  field: string;
  from: unknown;
  to: unknown;
  /** Of a rule, in words. */
  said?: { from: Names | null; to: Names | null };
}

interface Row {
  version: number;
  changed_at: Date;
  changed_by: By | null;
  action: Action;
  what: Saved | null;
  name: Names | string;
  rule: Rule | null;
}

/** Keeps each state of a saved definition, in the transaction of its change. */
export function createVersions(deps: { pg: Pg; clock: Clock }) {
  const { pg, clock } = deps;
  const rows = (ws: number, kind: SavedKind, id: string, which = ''): Promise<Row[]> =>
    pg.query<Row>(
      `SELECT version, changed_at, changed_by, action, what, name, rule FROM definition_versions
       WHERE workspace_no = $1 AND kind = $2 AND id = $3 ${which} ORDER BY version DESC LIMIT 200`,
      [ws, kind, id],
    );
  return {
    keep: async (tx: Pg, ws: number, kind: SavedKind, id: string, what: Saved, by: By, action: Action): Promise<void> => {
      const one = 'items' in what ? { name: {}, rule: null } : what;
      await tx.query(
        `INSERT INTO definition_versions (workspace_no, id, version, kind, name, rule, changed_at, changed_by, what, action)
         SELECT $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5, $6, $7, $8, $9 FROM definition_versions WHERE workspace_no = $1 AND id = $2`,
        [ws, id, kind, JSON.stringify(one.name), one.rule && JSON.stringify(one.rule), clock.now(), by, JSON.stringify(what), action],
      );
    },
    /** Newest first, each with what it changed. */
    list: async (ws: number, kind: SavedKind, id: string, defs: Definitions): Promise<Version[]> => {
      const found = await rows(ws, kind, id);
      return found.map((row, i) => {
        const before = found[i + 1];
        return {
          version: row.version,
          at: row.changed_at.toISOString(),
          by: row.changed_by,
          action: row.action,
          what: savedOf(row),
          changes: before ? changesBetween(savedOf(before), savedOf(row), defs) : [],
        };
      });
    },
    one: async (ws: number, kind: SavedKind, id: string, version: number): Promise<Saved> => {
      const [row] = await rows(ws, kind, id, `AND version = ${Math.trunc(version)}`);
      if (!row) throw notFound(`Version ${version}`);
      return savedOf(row);
    },
  };
}
export type Versions = ReturnType<typeof createVersions>;

/** What was kept before versions said everything has a name and a rule. */
const savedOf = (row: Row): Saved => row.what ?? { name: row.name, rule: row.rule };

export function changesBetween(from: Saved, to: Saved, defs: Definitions): Change[] {
  if (!('items' in from) || !('items' in to)) return itemChanges('', from as SavedItem, to as SavedItem, defs);
  const [old, now] = [from, to].map((s) => new Map(s.items.map((i) => [i.key!, i])));
  const found: Change[] = [];
  const order = (list: Map<string, SavedItem>) => [...list.keys()].join(' < ');
  if (order(old!) !== order(now!)) found.push({ field: 'items.order', from: [...old!.keys()], to: [...now!.keys()] });
  for (const key of new Set([...old!.keys(), ...now!.keys()])) {
    const [was, is] = [old!.get(key), now!.get(key)];
    if (was && is) found.push(...itemChanges(`items.${key}.`, was, is, defs));
    else found.push(ruleChange(`items.${key}`, was?.rule ?? null, is?.rule ?? null, defs));
  }
  return found;
}

function itemChanges(at: string, from: SavedItem, to: SavedItem, defs: Definitions): Change[] {
  const found: Change[] = [];
  const differ = (a: unknown, b: unknown) => canonical(a) !== canonical(b);
  if (differ(from.name, to.name)) found.push({ field: `${at}name`, from: from.name, to: to.name });
  if (differ(from.rule, to.rule)) found.push(ruleChange(`${at}rule`, from.rule, to.rule, defs));
  if (from.live !== to.live && from.live !== undefined) found.push({ field: `${at}live`, from: from.live, to: to.live });
  const [a, b] = [from.about ?? {}, to.about ?? {}] as Record<string, unknown>[];
  for (const key of new Set([...Object.keys(a!), ...Object.keys(b!)]))
    if (differ(a![key], b![key])) found.push({ field: `${at}about.${key}`, from: a![key] ?? null, to: b![key] ?? null });
  return found;
}

const ruleChange = (field: string, from: Rule | null, to: Rule | null, defs: Definitions): Change => ({
  field,
  from,
  to,
  said: { from: from && sentenceOf(from, defs), to: to && sentenceOf(to, defs) },
});

/** The same for the same value, whatever the order of its fields. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, v: unknown) =>
    v && typeof v === 'object' && !Array.isArray(v) ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1))) : v,
  );
}
