import type { Pg } from '../base/index.ts';
import { cacheKey, IdentityCache } from './cache.ts';
import type { Identity } from './identity-types.ts';
import { loadPointers } from './store.ts';

/** Who holds these identities (in normal form) now, by `type|value`; those of nobody are left out. */
export async function peopleByIdentities(pg: Pg, workspaceNo: number, identities: readonly Identity[]): Promise<Map<string, number>> {
  if (identities.length === 0) return new Map();
  const keyed = new Map(identities.map((identity) => [cacheKey(workspaceNo, identity), identity]));
  const cache = new IdentityCache();
  await loadPointers(pg, workspaceNo, keyed, cache);
  const found = new Map<string, number>();
  for (const [key, identity] of keyed) {
    const person = cache.current(key);
    if (person !== undefined) found.set(`${identity.type}|${identity.value}`, person);
  }
  return found;
}
