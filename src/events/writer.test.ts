import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engines, testEngines } from '../../test/kit.ts';
import { type Ch, jobMigrations, manualClock, migrate, silentLog } from '../base/index.ts';
import { migrations as peopleMigrations } from '../people/index.ts';
import { createEvents, type Events, migrations } from './index.ts';

let engines: Engines;
let events: Events;
let broken = 0;
const clock = manualClock('2026-03-01T00:00:00Z');
const seen: number[] = [];

beforeAll(async () => {
  engines = await testEngines();
  await migrate(engines.pg, engines.ch, [...jobMigrations, ...peopleMigrations, ...migrations]);
  // An engine that fails when told to, before or after the rows are in.
  const failing = async (write: () => Promise<void>) => {
    if (broken === 1) throw new Error('the disk is full');
    await write();
    if (broken === 2) throw new Error('the answer was lost');
  };
  const ch: Ch = {
    ...engines.ch,
    insertText: (table, text, options) => failing(() => engines.ch.insertText(table, text, options)),
    command: (sql, params) => failing(() => engines.ch.command(sql, params)),
  };
  events = await createEvents({ pg: engines.pg, ch, clock, log: silentLog, grace: async () => {} });
  events.consume('test', async (slice) => {
    seen.push(...slice.people);
  });
});
afterAll(async () => {
  await events.stop();
  await engines.close();
});

const send = (messageId: string) => events.write(1, [{ messageId, event: 'Seen', timestamp: clock.now(), userId: 'u1' }]);
const count = async () => (await engines.ch.query<{ n: number }>(`SELECT count() AS n FROM ${events.source(1)}`))[0]!.n;

describe('a batch that cannot be stored', () => {
  it('is not acknowledged, does not hold up those after it, and may be sent again', async () => {
    broken = 1;
    await expect(send('m1')).rejects.toThrow(/disk is full/);
    broken = 0;
    expect(await send('m2')).toMatchObject({ accepted: 1 });
    await expect.poll(() => engines.pg.query("SELECT 1 FROM event_batches WHERE state = 'writing'")).toEqual([]);
    await events.flush();
    expect(seen.length).toBe(1);
    expect(await send('m1')).toMatchObject({ accepted: 1, duplicates: 0 });
    expect(await count()).toBe(2);
  });

  it('counts once when it was stored although nobody was told', async () => {
    broken = 2;
    await expect(send('m3')).rejects.toThrow(/answer was lost/);
    broken = 0;
    await expect.poll(() => engines.pg.query("SELECT 1 FROM event_batches WHERE state = 'writing'")).toEqual([]);
    expect(await send('m3')).toMatchObject({ accepted: 0, duplicates: 1 });
    await events.flush();
    expect(await count()).toBe(3);
  });
});

describe('few words said of many people', () => {
  const settled = () => expect.poll(() => engines.pg.query("SELECT 1 FROM event_batches WHERE state = 'writing'")).toEqual([]);
  const words = [
    { event: 'Tag Added', properties: { key: 'a "b" \\ \t\n~茶', by: 'rule' } },
    { event: 'Level Changed', properties: { from: null, to: 'buyer' } },
  ];
  const tell = (ids: string[], word = 0) =>
    events.tell(2, { timestamp: clock.now(), words, told: ids.map((messageId, i) => ({ messageId, personNo: 7_000 + i, word })) });
  const rows = (where: string) =>
    engines.ch.query(`SELECT * EXCEPT (key, batch, message_id) FROM events WHERE workspace_no = 2 AND ${where}`);

  it('are stored as if they had been written one by one, be they few or many', async () => {
    for (const count of [1, 600])
      for (const [word, { event, properties }] of words.entries()) {
        const id = (i: number) => `odd \\n '${word}' ${count} ${i}`;
        const ids = Array.from({ length: count }, (_, i) => id(i));
        const own = (messageId: string) => ({ messageId, event, properties, personNo: 7_000, timestamp: clock.now() });
        expect(await tell(ids, word)).toMatchObject({ accepted: count, duplicates: 0 });
        expect(await events.write(2, [own(id(0))])).toMatchObject({ duplicates: 1 });
        await events.write(2, [own(`written ${word} ${count}`)]);
        const told = await rows(
          `startsWith(message_id, 'odd') AND event = '${event}' AND person_no = 7000 AND endsWith(message_id, ' ${count} 0')`,
        );
        expect(told).toHaveLength(1);
        expect(told).toEqual(await rows(`message_id = 'written ${word} ${count}'`));
      }
    expect(await rows("startsWith(message_id, 'odd')")).toHaveLength(1202);
  });

  it('count once, however often they are said, also within one telling, and are seen by consumers', async () => {
    expect(await tell(['t1', 't2', 't1'])).toMatchObject({ accepted: 2, duplicates: 1 });
    expect(await tell(['t1', 't2', 't3'])).toMatchObject({ accepted: 1, duplicates: 2 });
    expect(await rows("message_id IN ('t1', 't2', 't3')")).toHaveLength(3);
    seen.length = 0;
    await events.flush();
    expect(seen).toEqual(expect.arrayContaining([7_000, 7_001, 7_002]));
  });

  it.each([2, 600])('that cannot be stored are said again, those stored although nobody was told count once: %i', async (count) => {
    const ids = Array.from({ length: count }, (_, i) => `f-${count}-${i}`);
    broken = 1;
    await expect(tell(ids)).rejects.toThrow(/disk is full/);
    broken = 0;
    await settled();
    broken = 2;
    await expect(tell(ids)).rejects.toThrow(/answer was lost/);
    broken = 0;
    await settled();
    expect(await tell([...ids, `f-${count}-last`])).toMatchObject({ accepted: 1, duplicates: count });
    expect(await rows(`startsWith(message_id, 'f-${count}-')`)).toHaveLength(count + 1);
  });

  it('do not stop what is written meanwhile', async () => {
    const many = Array.from({ length: 25_000 }, (_, i) => `many-${i}`);
    const [told, written] = await Promise.all([tell(many), send('m4')]);
    expect([told.accepted, written.accepted]).toEqual([25_000, 1]);
    expect(await rows("startsWith(message_id, 'many-')")).toHaveLength(25_000);
  });
});
