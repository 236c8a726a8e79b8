import { notFound, problem } from '../../base/index.ts';
import type { OrderedKind, Store } from '../definitions/store.ts';
import type { Definitions } from '../expand.ts';
import type { Rule } from '../rule.ts';
import { type Needs, needsOf, type RefKind, refsOf, type User, type Users, usersIn } from './depends.ts';
import type { By, SavedItem, SavedKind, Version } from './versions.ts';

const singular = { stages: 'stage', tiers: 'tier', levels: 'level' } as const;
const plural = { stage: 'stages', tier: 'tiers', level: 'levels', tag: 'tags' } as const;

/** What changes saved definitions as an operator does, so that a restored version passes the same checks. */
export interface Changes {
  setOrdered(ws: number, kind: OrderedKind, items: never, by: By, action: 'restored'): Promise<unknown>;
  changeTag(ws: number, id: string, change: never, by: By, action: 'restored'): Promise<unknown>;
  changeAudience(ws: number, id: string, change: never, by: By, action: 'restored'): Promise<unknown>;
}

/** Versions of saved definitions, and what hangs together with them. */
export function createSaved({ store, changes }: { store: Store; changes: () => Changes }) {
  const others: Users[] = [];
  const ruleOf = (defs: Definitions, kind: RefKind, key: string): { rule: Rule | null; name: string } => {
    const found = kind === 'audience' ? defs.audiences.find((a) => a.id === key) : defs[plural[kind]].find((d) => d.key === key);
    if (!found) throw notFound(`${kind} "${key}"`);
    return { rule: found.rule, name: typeof found.name === 'string' ? found.name : found.name.en };
  };
  const usedBy = async (ws: number, kind: RefKind, key: string): Promise<User[]> => {
    const outside = (await Promise.all(others.map((users) => users(ws)))).flat();
    const names = (u: (typeof outside)[number]) =>
      (kind === 'audience' && u.audiences?.includes(key)) ||
      u.rules.some((r) => refsOf(r).some((ref) => ref.kind === kind && ref.key === key));
    return [...usersIn(await store.load(ws), kind, key), ...outside.filter(names).map(({ kind: k, id, name }) => ({ kind: k, id, name }))];
  };

  return {
    /** A room below says who there uses definitions. */
    alsoUsedBy: (users: Users): void => void others.push(users),
    usedBy,
    /** Throws 409 with the names of those who use it. */
    refuseIfUsed: async (ws: number, kind: RefKind, key: string): Promise<void> => {
      const users = await usedBy(ws, kind, key);
      if (users.length > 0)
        throw problem(409, 'Others use it', {
          detail: `Take it out of them first: ${users.map((u) => `${u.kind} "${u.name.en}"`).join(', ')}`,
          errors: users.slice(0, 20).map((u) => ({ field: 'id', reason: `${u.kind} "${u.name.en}" would break: it uses this` })),
        });
    },
    dependencies: async (ws: number, kind: RefKind, key: string): Promise<{ needs: Needs | null; usedBy: User[] }> => {
      const defs = await store.load(ws);
      const { rule } = ruleOf(defs, kind, key);
      return { needs: rule && needsOf(rule, defs), usedBy: await usedBy(ws, kind, key) };
    },
    /** Newest first. */
    versions: async (ws: number, kind: SavedKind, id: string): Promise<Version[]> =>
      store.versions.list(ws, kind, id, await store.load(ws)),
    /** Makes what was saved then a new version. */
    restore: async (ws: number, kind: SavedKind, id: string, version: number, by: By): Promise<void> => {
      const what = await store.versions.one(ws, kind, id, version);
      const make = changes();
      if ('items' in what) await make.setOrdered(ws, singular[kind as 'stages'], what.items as never, by, 'restored');
      else {
        const { name, rule, live, about } = what as SavedItem;
        if (kind === 'tag') await make.changeTag(ws, id, { name, rule, ...(about ? { about } : {}) } as never, by, 'restored');
        else
          await make.changeAudience(
            ws,
            id,
            { name, rule, ...(live === undefined ? {} : { live }), ...(about ? { about } : {}) } as never,
            by,
            'restored',
          );
      }
    },
  };
}
