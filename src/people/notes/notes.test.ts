import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase } from '../../../test/kit.ts';
import { connectPg, manualClock, type Pg } from '../../base/index.ts';
import { migrations } from '../migrations.ts';
import { createNotes, type Notes, noteMigrations } from './notes.ts';

let pg: Pg;
let drop: () => Promise<void>;
let notes: Notes;
const clock = manualClock('2026-05-01T00:00:00Z');
const ann = { id: 'mem_ann', name: '安' };
const bob = { id: 'mem_bob', name: '博' };

beforeAll(async () => {
  const database = await testDatabase();
  pg = connectPg(database.url, { max: 2 });
  drop = async () => {
    await pg.pool.end();
    await database.drop();
  };
  for (const step of [...migrations, ...noteMigrations]) await pg.query(step.pg!);
  await pg.query(
    `INSERT INTO people (workspace_no, person_no, created_at, merged_into) VALUES (1, 10, now(), NULL), (1, 11, now(), 10), (2, 20, now(), NULL)`,
  );
  notes = createNotes({ pg, clock });
});
afterAll(() => drop());

test('notes are read newest first, in pages, those of a merged person too, and of nobody else', async () => {
  for (const [i, no] of [10, 11, 20, 10].entries()) {
    clock.advance(1000);
    await notes.add(no === 20 ? 2 : 1, no, ann, `note ${i}`);
  }
  const first = await notes.list(1, 10, { limit: 2 });
  expect(first.items.map((n) => n.text)).toEqual(['note 3', 'note 1']);
  expect(first.items[0]).toMatchObject({ by: ann, at: clock.now().toISOString() });
  const second = await notes.list(1, 10, { limit: 2, cursor: first.nextCursor! });
  expect(second.items.map((n) => n.text)).toEqual(['note 0']);
  expect(second.nextCursor).toBeNull();
  expect((await notes.list(1, 20, { limit: 5 })).items).toEqual([]);
});

test('a note is taken away by who wrote it, or by who may change people', async () => {
  const mine = await notes.add(1, 10, ann, 'mine');
  await expect(notes.remove(1, 10, mine.id, { id: bob.id, any: false })).rejects.toMatchObject({ status: 403 });
  await expect(notes.remove(2, 10, mine.id, { id: ann.id, any: true })).rejects.toMatchObject({ status: 404 });
  await notes.remove(1, 10, mine.id, { id: bob.id, any: true });
  await expect(notes.remove(1, 10, mine.id, { id: ann.id, any: true })).rejects.toMatchObject({ status: 404 });
});
