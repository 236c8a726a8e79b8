import { badInput, type Clock, type FieldError, newId, notFound, type Pg, problem } from '../../base/index.ts';
import {
  type AudienceAbout,
  type AudienceDefinition,
  createExpander,
  type Definition,
  type Definitions,
  type Names,
  type TagAbout,
  type TagDefinition,
} from '../expand.ts';
import { parseRule } from '../parse.ts';
import type { Rule } from '../rule.ts';
import { type Action, type By, canonical, createVersions, ourselves, type Saved } from '../saved/versions.ts';
import { starter } from './starter.ts';

export type OrderedKind = 'stage' | 'tier' | 'level';
type Kind = OrderedKind | 'tag';
const lists = { stage: 'stages', tier: 'tiers', level: 'levels', tag: 'tags' } as const;

export interface AudienceRow extends AudienceDefinition {
  about: AudienceAbout;
  version: number;
  createdAt: string;
  updatedAt: string;
}
export interface VersionedDefinitions extends Definitions {
  version: number;
  audiences: AudienceRow[];
}
interface Row {
  id: string;
  kind: Kind;
  key: string;
  name: Names;
  rule: Rule | null;
  about: TagAbout;
}
interface TagDraft {
  key: string;
  name: Names;
  rule: Rule | null;
  about?: TagAbout;
}

/** Definitions and audiences of a workspace. The set has one version that grows with every change, so that what was read may be kept. */
export function createStore(deps: { pg: Pg; clock: Clock }) {
  const { pg, clock } = deps;
  const kept = new Map<number, VersionedDefinitions>();
  const versions = createVersions(deps);

  const read = async (db: Pg, ws: number, version: number): Promise<VersionedDefinitions> => {
    const rows = await db.query<Row>(
      'SELECT id, kind, key, name, rule, about FROM definitions WHERE workspace_no = $1 ORDER BY kind, position, id',
      [ws],
    );
    const audiences = await db.query<AudienceRow & { created_at: Date; updated_at: Date }>(
      'SELECT id, name, rule, live, about, version, created_at, updated_at FROM audiences WHERE workspace_no = $1 ORDER BY created_at DESC, id',
      [ws],
    );
    const of = (kind: Kind) => rows.filter((r) => r.kind === kind).map(({ id, key, name, rule }) => ({ id, key, name, rule }));
    return {
      version,
      stages: of('stage') as Definition[],
      tiers: of('tier') as Definition[],
      levels: of('level') as Definition[],
      tags: rows.filter((r) => r.kind === 'tag').map(({ id, key, name, rule, about }) => ({ id, key, name, rule, about })),
      audiences: audiences.map(({ created_at, updated_at, ...a }) => ({
        ...a,
        createdAt: created_at.toISOString(),
        updatedAt: updated_at.toISOString(),
      })),
    };
  };
  /** Those of the version that somebody just read: mostly they are at hand. */
  const at = async (ws: number, version: number | null): Promise<VersionedDefinitions> => {
    const known = kept.get(ws);
    return known?.version === version ? known : load(ws);
  };
  const load = async (ws: number): Promise<VersionedDefinitions> => {
    const [set] = await pg.query<{ version: number }>('SELECT version FROM definition_sets WHERE workspace_no = $1', [ws]);
    if (!set) {
      await pg.tx((tx) => begin(tx, ws));
      return load(ws);
    }
    const known = kept.get(ws);
    if (known?.version === set.version) return known;
    const fresh = await read(pg, ws, set.version);
    kept.set(ws, fresh);
    return fresh;
  };

  /** A workspace that has no definitions gets the starter set. */
  const begin = async (tx: Pg, ws: number): Promise<void> => {
    const made = await tx.query(
      'INSERT INTO definition_sets (workspace_no, version, since) VALUES ($1, 1, $2) ON CONFLICT DO NOTHING RETURNING version',
      [ws, clock.now()],
    );
    if (made.length === 0) return;
    for (const kind of ['stage', 'tier', 'level', 'tag'] as const) {
      const items = starter[kind].map((d) => ({ ...d, rule: d.rule === null ? null : parseRule(d.rule).rule }));
      for (const [i, d] of items.entries()) await insert(tx, ws, kind, d, i, ourselves);
      if (kind !== 'tag') await versions.keep(tx, ws, lists[kind], lists[kind], { items }, ourselves, 'created');
    }
  };
  const insert = async (tx: Pg, ws: number, kind: Kind, d: TagDraft, position: number, by: By): Promise<string> => {
    const id = newId(kind === 'tag' ? 'tag' : 'def', clock.ms());
    await tx.query(
      'INSERT INTO definitions (workspace_no, id, kind, key, name, rule, about, position, version, created_at, updated_at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,1,$9,$9)',
      [ws, id, kind, d.key, d.name, json(d.rule), d.about ?? {}, position, clock.now()],
    );
    if (kind === 'tag') await versions.keep(tx, ws, 'tag', id, savedTag(d), by, 'created');
    return id;
  };
  /** A change: made under the set's lock, refused if any reference of the whole set would then be wrong. */
  const change = async <T>(
    ws: number,
    field: string,
    about: string | null,
    fn: (tx: Pg, defs: VersionedDefinitions) => Promise<T>,
  ): Promise<T> => {
    await load(ws);
    return pg.tx(async (tx) => {
      const [set] = await tx.query<{ version: number }>(
        'UPDATE definition_sets SET version = version + 1 WHERE workspace_no = $1 RETURNING version',
        [ws],
      );
      const before = await read(tx, ws, set!.version);
      const result = await fn(tx, before);
      refuseBroken(await read(tx, ws, set!.version), field, about);
      return result;
    });
  };

  const setOrdered = (
    ws: number,
    kind: OrderedKind,
    items: { key: string; name: Names; rule: Rule }[],
    by: By = ourselves,
    action: Action = 'changed',
  ): Promise<void> =>
    change(ws, 'items', null, async (tx, defs) => {
      const before = defs[lists[kind]] as Definition[];
      const old = new Map(before.map((d) => [d.key, d]));
      const keys = items.map((i) => i.key);
      for (const d of before)
        if (!keys.includes(d.key)) await tx.query('DELETE FROM definitions WHERE workspace_no = $1 AND id = $2', [ws, d.id]);
      for (const [position, item] of items.entries()) {
        const was = old.get(item.key);
        if (was) await update(tx, ws, was.id, item, position);
        else await insert(tx, ws, kind, item, position, by);
      }
      const saved = (list: { key: string; name: Names; rule: Rule }[]) => list.map(({ key, name, rule }) => ({ key, name, rule }));
      if (canonical(saved(before)) !== canonical(saved(items)))
        await versions.keep(tx, ws, lists[kind], lists[kind], { items: saved(items) }, by, action);
    });
  const update = (
    tx: Pg,
    ws: number,
    id: string,
    d: { name: Names; rule: Rule | null; about?: TagAbout },
    position: number | null,
  ): Promise<unknown> =>
    tx.query(
      `UPDATE definitions SET name = $3, rule = $4, position = coalesce($5, position), about = $6, version = version + 1, updated_at = $7
       WHERE workspace_no = $1 AND id = $2`,
      [ws, id, d.name, json(d.rule), position, d.about ?? {}, clock.now()],
    );

  const tag = async (ws: number, id: string): Promise<TagDefinition> => {
    const found = (await load(ws)).tags.find((t) => t.id === id || t.key === id);
    if (!found) throw notFound('Tag');
    return found;
  };
  const audience = async (ws: number, id: string): Promise<AudienceRow> => {
    const found = (await load(ws)).audiences.find((a) => a.id === id);
    if (!found) throw notFound('Audience');
    return found;
  };

  return {
    load,
    at,
    tag,
    audience,
    setOrdered,
    addTag: async (ws: number, d: TagDraft, by: By = ourselves): Promise<TagDefinition> => {
      const id = await change(ws, 'rule', `tag "${d.key}"`, async (tx, defs) => {
        if (defs.tags.some((t) => t.key === d.key))
          throw problem(409, 'There is such a tag', { errors: [{ field: 'key', reason: `"${d.key}" is taken; choose another key` }] });
        return insert(tx, ws, 'tag', d, defs.tags.length, by);
      });
      return tag(ws, id);
    },
    changeTag: async (
      ws: number,
      id: string,
      d: { name?: Names | undefined; rule?: Rule | null | undefined; about?: TagAbout | undefined },
      by: By = ourselves,
      action: Action = 'changed',
    ): Promise<TagDefinition> => {
      const was = await tag(ws, id);
      const next: TagDraft = {
        key: was.key,
        name: d.name ?? was.name,
        rule: d.rule === undefined ? was.rule : d.rule,
        about: d.about ?? was.about ?? {},
      };
      if (canonical(savedTag(was)) === canonical(savedTag(next))) return was;
      await change(ws, 'rule', `tag "${was.key}"`, async (tx) => {
        await update(tx, ws, was.id, next, null);
        await versions.keep(tx, ws, 'tag', was.id, savedTag(next), by, action);
      });
      return tag(ws, was.id);
    },
    removeTag: async (ws: number, id: string, by: By = ourselves): Promise<void> => {
      const was = await tag(ws, id);
      await change(ws, 'id', null, async (tx) => {
        await tx.query('DELETE FROM definitions WHERE workspace_no = $1 AND id = $2', [ws, was.id]);
        await versions.keep(tx, ws, 'tag', was.id, savedTag(was), by, 'deleted');
      });
    },
    addAudience: async (
      ws: number,
      d: { name: string; rule: Rule; live: boolean; about?: AudienceAbout; id?: string },
      by: By = ourselves,
    ): Promise<AudienceRow> => {
      const id = d.id ?? newId('aud', clock.ms());
      await change(ws, 'rule', `audience "${d.name}"`, async (tx) => {
        await tx.query(
          'INSERT INTO audiences (workspace_no, id, name, rule, live, about, version, created_at, updated_at) VALUES ($1,$2,$3,$4,$5,$6,1,$7,$7)',
          [ws, id, d.name, json(d.rule), d.live, d.about ?? {}, clock.now()],
        );
        await versions.keep(tx, ws, 'audience', id, savedAudience(d), by, 'created');
      });
      return audience(ws, id);
    },
    changeAudience: async (
      ws: number,
      id: string,
      d: { name?: string | undefined; rule?: Rule | undefined; live?: boolean | undefined; about?: AudienceAbout | undefined },
      by: By = ourselves,
      action: Action = 'changed',
    ): Promise<AudienceRow> => {
      const was = await audience(ws, id);
      const next = { name: d.name ?? was.name, rule: d.rule ?? was.rule, live: d.live ?? was.live, about: d.about ?? was.about };
      if (canonical(savedAudience(was)) === canonical(savedAudience(next))) return was;
      await change(ws, 'rule', `audience "${next.name}"`, async (tx) => {
        await tx.query(
          'UPDATE audiences SET name = $3, rule = $4, live = $5, about = $6, version = version + 1, updated_at = $7 WHERE workspace_no = $1 AND id = $2',
          [ws, id, next.name, json(next.rule), next.live, next.about, clock.now()],
        );
        await versions.keep(tx, ws, 'audience', id, savedAudience(next), by, action);
      });
      return audience(ws, id);
    },
    removeAudience: async (ws: number, id: string, by: By = ourselves): Promise<void> => {
      const was = await audience(ws, id);
      await change(ws, 'id', null, async (tx) => {
        await tx.query('DELETE FROM audiences WHERE workspace_no = $1 AND id = $2', [ws, id]);
        await versions.keep(tx, ws, 'audience', id, savedAudience(was), by, 'deleted');
      });
    },
    versions,
    workspaces: async (): Promise<number[]> =>
      (await pg.query<{ workspace_no: number }>('SELECT workspace_no FROM definition_sets ORDER BY 1')).map((r) => r.workspace_no),
  };
}
export type Store = ReturnType<typeof createStore>;

const json = (rule: Rule | null): string | null => (rule === null ? null : JSON.stringify(rule));
const savedTag = ({ key, name, rule, about }: TagDraft): Saved => ({ key, name, rule, about: about ?? {} });
const savedAudience = ({ name, rule, live, about }: { name: string; rule: Rule; live: boolean; about?: AudienceAbout }): Saved => ({
  name,
  rule,
  live,
  about: about ?? {},
});

/** Expands every definition: a circle, or a reference to what is no longer there, names whose rule it is. */
function refuseBroken(defs: Definitions, field: string, about: string | null): void {
  const errors: FieldError[] = [];
  const check = (owner: string, index: number | null, rule: Rule | null) => {
    if (!rule) return;
    const expander = createExpander(defs);
    const own = owner === about ? field : index === null ? null : `${field}[${index}].rule`;
    expander.expand(rule, own ?? 'rule');
    for (const e of expander.errors) errors.push(own ? e : { field, reason: `${owner} would break: ${e.field} ${e.reason}` });
  };
  for (const [kind, list] of [
    ['stage', defs.stages],
    ['tier', defs.tiers],
    ['level', defs.levels],
    ['tag', defs.tags],
  ] as const)
    for (const d of list) check(`${kind} "${d.key}"`, null, d.rule);
  // An audience enters as a whole, so that a rule about its own comings and goings is seen as a circle.
  for (const a of defs.audiences) {
    check(`audience "${a.name}"`, null, { audience: a.id });
    check(`audience "${a.name}"`, null, a.rule);
  }
  for (const d of defs.tags) if (d.rule) check(`tag "${d.key}"`, null, { tag: d.key });
  for (const [kind, list] of [
    ['stage', defs.stages],
    ['tier', defs.tiers],
    ['level', defs.levels],
  ] as const)
    for (const d of list) check(`${kind} "${d.key}"`, null, { [kind]: d.key } as Rule);
  if (errors.length) {
    const unique = [...new Map(errors.map((e) => [`${e.reason}`, e])).values()];
    throw badInput(unique.slice(0, 20), 'The definitions do not fit together');
  }
}
