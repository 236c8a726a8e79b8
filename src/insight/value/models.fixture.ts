import { migrate } from '../../base/index.ts';
import type { OwnEvent } from '../../events/index.ts';
import { createHeat, type Heat, heatMigrations } from '../heat/index.ts';
import { insightWorld, type World } from '../world.fixture.ts';
import { createValue, type ModelDeps, type Value, valueMigrations } from './index.ts';

/** A world with value and heat, whose jobs are done when they are asked for. */
export interface ModelWorld extends World {
  /** What value wrote of people. */
  written: OwnEvent[];
  value: Value;
  heat: Heat;
  models: ModelDeps;
}

export async function modelWorld(now: string): Promise<ModelWorld> {
  const world = await insightWorld(now);
  const { engines, deps } = world;
  await migrate(engines.pg, engines.ch, [...valueMigrations, ...heatMigrations]);
  await engines.ch.command(
    'CREATE TABLE product_catalogue (workspace_no UInt32, product_id String, cost_fen Nullable(Int64)) ENGINE = MergeTree ORDER BY (workspace_no, product_id)',
  );
  const kinds = new Map<string, (job: never) => Promise<unknown>>();
  const written: OwnEvent[] = [];
  const models: ModelDeps = {
    write: async (_ws, items) => void written.push(...items),
    ...deps,
    pg: engines.pg,
    jobs: {
      define: (kind, fn) => void kinds.set(kind, fn as never),
      start: async (workspaceNo, kind, payload) => {
        await kinds.get(kind)!({ id: 'job', workspaceNo, payload, progress: async () => {} } as never);
        return { id: 'job' };
      },
    },
    // Buyers of one order are "buyer", of more "repeat", others "basic".
    standing: async (ws) => ({
      sql: `SELECT person_no, multiIf(countIf(event = 'Order Completed') > 1, 'repeat', countIf(event = 'Order Completed') = 1, 'buyer', 'basic') AS level, 'ordinary' AS tier
        FROM ${deps.source(ws)} GROUP BY person_no`,
    }),
    named: async (_ws, ids) => new Map(ids.flatMap((id) => (/^p\d+$/.test(id) ? [[id, Number(id.slice(1))] as [string, number]] : []))),
    products: (ws) => `(SELECT product_id, cost_fen FROM product_catalogue WHERE workspace_no = ${ws})`,
    zone: async () => 'Asia/Shanghai',
  };
  return { ...world, written, models, value: createValue(models), heat: createHeat(models) };
}
