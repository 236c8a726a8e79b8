import type { Pg } from './base/index.ts';
import { peopleByIdentities, personNo, survivingPeople } from './people/index.ts';

/** Who ids in events stand for: ids of people, or user ids. Those that stand for nobody are left out. */
export async function peopleOfIds(pg: Pg, workspaceNo: number, ids: readonly string[]): Promise<Map<string, number>> {
  const numbers = new Map(ids.map((id) => [id, personNo(id)]));
  const users = ids.filter((id) => numbers.get(id) === 0).map((value) => ({ type: 'user_id', value }));
  const [now, held] = await Promise.all([
    survivingPeople(pg, workspaceNo, [...numbers.values()].filter(Boolean)),
    peopleByIdentities(pg, workspaceNo, users),
  ]);
  return new Map(
    ids.flatMap((id) => {
      const found = now.get(numbers.get(id)!) ?? held.get(`user_id|${id}`);
      return found === undefined ? [] : [[id, found] as const];
    }),
  );
}
