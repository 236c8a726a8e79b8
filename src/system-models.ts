import type { Audience } from './audience/index.ts';
import type { Jobs, Pg } from './base/index.ts';
import { sqlString } from './base/index.ts';
import { productsSource } from './events/imports/index.ts';
import type { InsightDeps, ModelDeps } from './insight/index.ts';
import { personNo, survivingPerson } from './people/index.ts';
import type { Privacy } from './people/privacy/index.ts';
import { holdersOf } from './system-privacy.ts';

/** What the models of value and heat stand on. */
export function modelDeps(
  parts: InsightDeps & { pg: Pg; jobs: Jobs; audience: Audience; privacy: Privacy; zone(workspaceNo: number): Promise<string> } & Pick<
      ModelDeps,
      'write'
    >,
): ModelDeps {
  const { audience, privacy, ...rest } = parts;
  return {
    ...rest,
    products: productsSource,
    standing: async (workspaceNo) => {
      const { levels, tiers } = await audience.definitions(workspaceNo);
      const { sql } = await audience.compile(workspaceNo, [
        ...levels.map((l) => ({ level: l.key })),
        ...tiers.map((t) => ({ tier: t.key })),
      ]);
      const which = (keys: string[], first: number) =>
        keys.length > 0 ? `multiIf(${keys.map((key, i) => `r${first + i}, ${sqlString(key)}`).join(', ')}, '')` : "''";
      return {
        sql: `SELECT person_no, ${which(
          levels.map((l) => l.key),
          0,
        )} AS level, ${which(
          tiers.map((t) => t.key),
          levels.length,
        )} AS tier FROM (${sql})`,
      };
    },
    named: async (workspaceNo, ids) => {
      const found = new Map<string, number>();
      for (const id of ids) {
        const no = personNo(id) && (await survivingPerson(parts.pg, workspaceNo, personNo(id)));
        if (no) found.set(id, no);
      }
      const users = ids.filter((id) => !found.has(id));
      const held = await holdersOf(
        parts.pg,
        privacy,
        workspaceNo,
        users.map((value) => ({ type: 'user_id', value })),
      );
      for (const id of users) {
        const no = held.get(`user_id|${id}`);
        if (no !== undefined) found.set(id, no);
      }
      return found;
    },
  };
}
