import { expect, test } from 'vitest';
import { type Pg, silentLog } from '../base/index.ts';
import { Merges } from './merged.ts';
import { MoveMap } from './moves.ts';

const merge = {
  id: 1,
  workspace_no: 3,
  from_no: 7,
  to_no: 8,
  at: new Date(0),
  message_id: 'm',
  actor: null,
  reason: null,
  identities: null,
};

/** Merges with one that no room has heard of yet. */
function withOneMerge() {
  let announced = false;
  const query = async (sql: string, [ids]: unknown[] = []) => {
    if (sql.startsWith('UPDATE')) announced = true;
    if (announced || !sql.startsWith('SELECT')) return [];
    const excluded = sql.includes('<> ALL') && (ids as number[]).includes(merge.id);
    const asked = sql.includes('<> ALL') || (ids as number[]).includes(merge.id);
    return asked && !excluded ? [merge] : [];
  };
  const pg = { query } as unknown as Pg;
  const moves = new MoveMap();
  return { merges: new Merges({ pg, log: silentLog, moves, write: async () => {}, refold: async () => {} }), moves };
}

test('who waited while a room failed to follow a merge works after it has followed', async () => {
  const { merges } = withOneMerge();
  const order: string[] = [];
  let failures = 1;
  let fail = () => {};
  const asked = new Promise<void>((resolve) => {
    fail = resolve;
  });
  merges.following.push(async () => {
    order.push('asked');
    if (failures-- > 0) {
      await asked;
      throw new Error('the database is away for a moment');
    }
    order.push('followed');
  });
  const first = merges.work(async () => order.push('the first')).catch((error: Error) => order.push(error.message));
  await expect.poll(() => order).toEqual(['asked']);
  // It comes while the change is under way, and has nothing to follow itself.
  const second = merges.work(async () => order.push('the second'));
  fail();
  await Promise.all([first, second]);
  expect(order).toEqual(['asked', 'the database is away for a moment', 'asked', 'followed', 'the second']);
});
