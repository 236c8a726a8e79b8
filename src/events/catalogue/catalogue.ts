import type { Ch, Clock, Pg } from '../../base/index.ts';
import { type Entry, putEntry, readEntries } from './entries.ts';
import { exampleValues, learnedEvents, learnedNames, learnedProperties } from './learned.ts';
import type { Personal } from './personal.ts';
import type { Declared, EntryInput } from './schema.ts';

export interface CatalogueProperty {
  name: string;
  types: string[];
  share: number;
  examples: string[];
  personal: boolean;
  declared: Declared | null;
}

export interface CatalogueItem {
  type: string;
  event: string;
  count: number;
  people: number;
  firstSeenAt: string | null;
  lastSeenAt: string | null;
  daily: number[];
  sources: { source: string; sdk: string; version: string; count: number; lastHour: string }[];
  declared: Declared | null;
  properties: CatalogueProperty[];
}

export interface Shapes {
  events: { event: string; properties: { name: string; types: string[] }[] }[];
  traits: { name: string; types: string[] }[];
}

export interface CatalogueDeps {
  pg: Pg;
  ch: Ch;
  clock: Clock;
  source: (workspaceNo: number) => string;
  personal: Personal;
  /** Counts what has landed, as far as it gets in this time. */
  soon: (patienceMs: number) => Promise<void>;
}

export type Catalogue = ReturnType<typeof createCatalogue>;

const masked = '•••';
/** Somebody who looks waits no longer than this for the latest to be counted. */
const patienceMs = 3_000;
const keptMs = 5_000;

export function createCatalogue(deps: CatalogueDeps) {
  const { pg, ch, clock } = deps;
  const blockedOf = new Map<number, { at: number; names: Promise<ReadonlySet<string>> }>();
  const recent = () => deps.soon(patienceMs);
  const withStatus = async (workspaceNo: number, statuses: string[]): Promise<ReadonlySet<string>> => {
    const rows = await pg.query<{ type: string; event: string }>(
      "SELECT type, event FROM catalogue_entries WHERE workspace_no = $1 AND kind = 'event' AND status = ANY($2)",
      [workspaceNo, statuses],
    );
    return new Set(rows.map((r) => `${r.type}/${r.event}`));
  };

  const properties = async (workspaceNo: number, entries: readonly Entry[]): Promise<Map<string, CatalogueProperty[]>> => {
    const [list, examples, personal] = await Promise.all([
      learnedProperties(ch, workspaceNo),
      exampleValues(ch, deps.source(workspaceNo)),
      deps.personal(workspaceNo),
    ]);
    const declared = (type: string, event: string, name: string): Declared | null => {
      const trait = type === 'identify';
      const own = entries.find(
        (e) => (trait ? e.kind === 'trait' : e.kind === 'property' && e.type === type && e.event === event) && e.name === name,
      );
      const found = own ?? entries.find((e) => !trait && e.kind === 'property' && e.event === '' && e.name === name);
      return found ? declaredOf(found) : null;
    };
    const result = new Map<string, CatalogueProperty[]>();
    for (const { type, event, name, types, share } of list) {
      const isPersonal = (type === 'identify' ? personal.traits : personal.properties).has(name);
      const values = examples.get(`${type}/${event}/${name}`) ?? [];
      const key = `${type}/${event}`;
      const into = result.get(key) ?? [];
      into.push({
        name,
        types,
        share,
        examples: isPersonal ? values.slice(0, 1).map(() => masked) : values,
        personal: isPersonal,
        declared: declared(type, event, name),
      });
      result.set(key, into);
    }
    return result;
  };

  return {
    /** Every event, as it was learned from what arrived and as it is declared. */
    events: async (workspaceNo: number): Promise<CatalogueItem[]> => {
      await recent();
      const entries = await readEntries(pg, workspaceNo);
      const [learned, byEvent] = await Promise.all([learnedEvents(ch, workspaceNo, clock.ms()), properties(workspaceNo, entries)]);
      const declared = new Map(entries.filter((e) => e.kind === 'event').map((e) => [`${e.type}/${e.event}`, e]));
      const items: CatalogueItem[] = learned.map((e) => {
        const key = `${e.type}/${e.event}`;
        const entry = declared.get(key);
        declared.delete(key);
        return { ...e, declared: entry ? declaredOf(entry) : null, properties: byEvent.get(key) ?? [] };
      });
      // Declared, and never seen: it should be known that it is missing.
      for (const e of declared.values())
        items.push({
          type: e.type,
          event: e.event,
          count: 0,
          people: 0,
          firstSeenAt: null,
          lastSeenAt: null,
          daily: [],
          sources: [],
          declared: declaredOf(e),
          properties: [],
        });
      return items;
    },
    traits: async (workspaceNo: number): Promise<CatalogueProperty[]> => {
      await recent();
      const entries = await readEntries(pg, workspaceNo);
      const seen = (await properties(workspaceNo, entries)).get('identify/') ?? [];
      const personal = await deps.personal(workspaceNo);
      const known = new Set(seen.map((s) => s.name));
      const unseen = entries.filter((e) => e.kind === 'trait' && !known.has(e.name));
      return [
        ...seen,
        ...unseen.map((e) => ({
          name: e.name,
          types: [],
          share: 0,
          examples: [],
          personal: personal.traits.has(e.name),
          declared: declaredOf(e),
        })),
      ];
    },
    /** Names and types alone of what came in, from the counts: no event is read. */
    shapes: async (workspaceNo: number): Promise<Shapes> => {
      await recent();
      const [seen, list] = await Promise.all([learnedNames(ch, workspaceNo), learnedProperties(ch, workspaceNo)]);
      const byEvent = Map.groupBy(list, (p) => `${p.type}/${p.event}`);
      return {
        events: seen.map(({ type, event }) => ({ event, properties: byEvent.get(`${type}/${event}`) ?? [] })),
        traits: byEvent.get('identify/') ?? [],
      };
    },
    entries: (workspaceNo: number) => readEntries(pg, workspaceNo),
    put: async (workspaceNo: number, input: EntryInput, by: string): Promise<Entry> => {
      const entry = await putEntry(deps, workspaceNo, input, by);
      deps.personal.forget(workspaceNo);
      blockedOf.delete(workspaceNo);
      return entry;
    },
    /** Events that are not to be taken in, as `type/name`. */
    blocked: (workspaceNo: number): Promise<ReadonlySet<string>> => {
      const kept = blockedOf.get(workspaceNo);
      if (kept && Math.abs(clock.ms() - kept.at) < keptMs) return kept.names;
      const names = withStatus(workspaceNo, ['blocked']);
      blockedOf.set(workspaceNo, { at: clock.ms(), names });
      names.catch(() => blockedOf.delete(workspaceNo));
      return names;
    },
    /** What is declared to be expected of events that are in use. */
    expectations: async (workspaceNo: number) => {
      const rows = await pg.query<{ type: string; event: string; expected: NonNullable<Declared['expected']>; updated_at: Date | string }>(
        "SELECT type, event, expected, updated_at FROM catalogue_entries WHERE workspace_no = $1 AND kind = 'event' AND status = 'active' AND expected IS NOT NULL",
        [workspaceNo],
      );
      return rows.map(({ type, event, expected, updated_at }) => ({
        ...{ type, event, perDay: expected.perDay ?? null, sources: expected.sources ?? [] },
        since: Math.ceil(new Date(updated_at).getTime() / 3_600_000),
      }));
    },
    /** Subjects of health findings of which silence is right. */
    quiet: async (workspaceNo: number): Promise<ReadonlySet<string>> =>
      new Set([...(await withStatus(workspaceNo, ['deprecated', 'blocked']))].map((key) => `event:${key}`)),
  };
}

const declaredOf = ({ valueType, owner, meaning, personal, expected, status }: Entry): Declared => ({
  valueType,
  owner,
  meaning,
  personal,
  expected,
  status,
});
