import { expect, it } from 'vitest';
import { narrow } from './narrow.ts';
import type { Pg } from './pool.ts';

it('lets so many work at once and the others in their order, also after errors', async () => {
  const gates: PromiseWithResolvers<void>[] = [];
  let [inside, most] = [0, 0];
  const work = async () => {
    inside += 1;
    most = Math.max(most, inside);
    const gate = Promise.withResolvers<void>();
    gates.push(gate);
    await gate.promise.finally(() => {
      inside -= 1;
    });
    return [];
  };
  const pg = narrow({ query: work, tx: work } as unknown as Pg, 2);
  const ended: string[] = [];
  const asked = ['a', 'b', 'c', 'd', 'e'].map((name, i) =>
    (i % 2 ? pg.tx(async () => []) : pg.query('SELECT 1')).then(
      () => ended.push(name),
      () => ended.push(`${name} failed`),
    ),
  );
  expect(gates).toHaveLength(2);
  for (let i = 0; i < 5; i++) {
    if (i === 1) gates[i]!.reject(new Error('gone'));
    else gates[i]!.resolve();
    await asked[i];
  }
  expect([ended, most, inside]).toEqual([['a', 'b failed', 'c', 'd', 'e'], 2, 0]);
});
