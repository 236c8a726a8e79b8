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
  const ch: Ch = {
    ...engines.ch,
    insertText: async (table, text, options) => {
      if (broken === 1) throw new Error('the disk is full');
      await engines.ch.insertText(table, text, options);
      if (broken === 2) throw new Error('the answer was lost');
    },
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
