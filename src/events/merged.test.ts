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

/** Merges with one that no room has heard of yet, as soon as it is written. */
function withOneMerge(written = () => true) {
  let announced = false;
  const query = async (sql: string, [ids]: unknown[] = []) => {
    if (sql.startsWith('UPDATE')) announced = true;
    if (announced || !written() || !sql.startsWith('SELECT')) return [];
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

/** What readers read by, loaded anew: the merge is written and its events still lie under the old number. */
async function readable(moves: MoveMap, merges: Merges): Promise<boolean> {
  const rows = async (sql: string) =>
    sql.includes('person_moves') ? [{ workspace_no: merge.workspace_no, from_no: merge.from_no, to_no: merge.to_no, state: 'open' }] : [];
  await moves.load({ query: rows } as unknown as Pg, merges);
  return moves.source(merge.workspace_no).includes(`transform(person_no, [${merge.from_no}], [${merge.to_no}]`);
}

/** Writes the merge; `then` comes when it is written and its writer does not know yet. */
function write(merges: Merges, done: () => void, then: () => Promise<unknown> = async () => {}): Promise<void> {
  const moves = [{ from: merge.from_no, to: merge.to_no }];
  return merges.writing([{ workspaceNo: merge.workspace_no, moves }], async () => {
    done();
    await then();
  });
}

/** Merges at work, with one that is still to be written. */
async function atWork() {
  let written = false;
  const { merges, moves } = withOneMerge(() => written);
  merges.start();
  await merges.tell();
  return {
    ...{ merges, moves },
    done: () => {
      written = true;
    },
  };
}

test('nobody reads of a merge before the rooms follow it, nor of one that could not be written', async () => {
  const { merges, moves } = await atWork();
  const failed = write(merges, () => {
    throw new Error('the database is away for a moment');
  });
  await expect(failed).rejects.toThrow('away');
  expect(merges.merge(merge.workspace_no, merge.from_no)).toBe(false);
  await write(
    merges,
    () => {},
    async () => expect(await readable(moves, merges)).toBe(false),
  );
});

test('a merge that the rooms follow before its writer hears that it is written stays readable', async () => {
  const { merges, moves, done } = await atWork();
  await write(merges, done, () => merges.tell());
  await merges.tell();
  expect(await readable(moves, merges)).toBe(true);
});

test('what readers read by, loaded anew while the rooms follow a merge, has that merge', async () => {
  const { merges, moves, done } = await atWork();
  const seen: boolean[] = [];
  merges.following.push(async () => void seen.push(await readable(moves, merges)));
  await write(merges, done);
  // Nobody works with a number that the rooms have just left.
  await merges.work(async () => expect(await readable(moves, merges)).toBe(true));
  expect(seen).toEqual([true]);
});
