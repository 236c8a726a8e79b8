import type { ModelDeps } from '../value/deps.ts';
import { lookAtAll } from './look.ts';
import { readHeatFit, readLook } from './store.ts';

/** So old may a look at everyone be that staff go by; a chance within a week moves little in an hour. */
const goodMs = 3_600_000;

/** Of these people those who are hot, the hottest first. */
export async function hottestOf(
  deps: ModelDeps,
  workspaceNo: number,
  people: readonly number[],
  limit: number,
): Promise<{ personNo: number; chance: number }[]> {
  if (people.length === 0) return [];
  const fit = await readHeatFit(deps.pg, workspaceNo);
  if (!fit?.model) return [];
  const last = await readLook(deps.pg, workspaceNo);
  const age = last ? deps.clock.ms() - last.at.getTime() : 0;
  const { look } = last && last.fit === fit.no && age >= 0 && age < goodMs ? last : await lookAtAll(deps, workspaceNo, fit);
  return deps.ch.query(
    `SELECT person_no AS personNo, chance FROM person_heat WHERE workspace_no = ${workspaceNo} AND look = ${look} AND band = 'hot'
     AND person_no IN (${people.join(', ')}) ORDER BY chance DESC, person_no LIMIT ${limit}`,
  );
}
