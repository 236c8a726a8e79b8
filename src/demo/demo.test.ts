import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabase } from '../../test/kit.ts';
import { connectPg, type ManualClock, manualClock, migrate, silentLog } from '../base/index.ts';
import { createDemo } from './demo.ts';
import { bestSellers, shiftDays, shopPeople } from './files.ts';
import type { DemoDeps } from './ports.ts';
import { isDemo, migrations } from './state.ts';

let db: Awaited<ReturnType<typeof testDatabase>>;
let pg: ReturnType<typeof connectPg>;
let dir: string;
let clock: ManualClock;
/** What the rooms were asked to do. */
let made: string[];
/** The next call that begins with this fails. */
let failAt: string | undefined;

beforeAll(async () => {
  db = await testDatabase();
  pg = connectPg(db.url, { max: 3 });
  await pg.query(
    'CREATE TABLE people (n int); CREATE TABLE imports (n int); CREATE TABLE workspaces (n int); INSERT INTO workspaces VALUES (1)',
  );
  await migrate(pg, { command: async () => {} } as never, migrations);
});
afterAll(async () => {
  await pg.close();
  await db.drop();
});
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'yutang-demo-'));
  clock = manualClock('2026-03-01T10:00:00Z');
  made = [];
  failAt = undefined;
  await pg.query('TRUNCATE demo_shop; TRUNCATE people; TRUNCATE imports');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const note = (what: string) => {
  if (failAt !== undefined && what.startsWith(failAt)) {
    failAt = undefined;
    throw new Error(`${what} failed`);
  }
  made.push(what);
};

/** Rooms that remember what they were given, as the real ones do. */
function rooms(): DemoDeps {
  const audiences: { id: string; name: string }[] = [];
  const contents: { id: string; name: string }[] = [];
  const coupons: { id: string; name: string }[] = [];
  const journeys: { id: string; name: string; state: string }[] = [];
  let options: unknown;
  return {
    pg,
    clock,
    log: silentLog,
    workspaceNo: 1,
    localUrl: 'http://127.0.0.1:1',
    platform: undefined,
    say: () => {},
    sleep: async () => {},
    imports: {
      upload: async (_no: number, file: { name: string; stream: { destroy(): void } }) => {
        file.stream.destroy();
        return { uploadId: file.name };
      },
      start: async (_no: number, input: { uploadId: string; options: unknown }) => {
        note(`import ${input.uploadId}`);
        options = input.options;
        return { id: input.uploadId };
      },
      get: async (_no: number, id: string) => {
        note(`look ${id}`);
        return { state: 'done', progress: { done: 1, total: 1 }, rows: { read: 1 }, options };
      },
      resume: async () => ({ id: '' }),
    },
    audience: {
      definitions: async () => ({ audiences }),
      addAudience: async (_no: number, a: { name: string }) => {
        note(`audience ${a.name}`);
        audiences.push({ id: `aud${audiences.length}`, name: a.name });
        return audiences.at(-1);
      },
    },
    content: {
      list: async () => ({ items: contents, nextCursor: null }),
      create: async (_no: number, c: { name: string; key?: string }) => {
        // What goes by its key is there once however often it is sent.
        if (c.key !== undefined) return { id: c.key };
        note(`content ${c.name}`);
        contents.push({ id: `con${contents.length}`, name: c.name });
        return contents.at(-1);
      },
    },
    journeys: {
      list: async () => ({ items: journeys, nextCursor: null }),
      create: async () => journeys[0],
      launch: async () => journeys[0],
    },
    rewards: {
      coupons: {
        list: async () => ({ items: coupons, nextCursor: null }),
        create: async (_no: number, c: { name: string }) => {
          note(`coupon ${c.name}`);
          coupons.push({ id: `cpn${coupons.length}`, name: c.name });
          return coupons.at(-1);
        },
      },
    },
    matching: { recompute: async () => note('matching run') },
    channels: { save: async () => {}, setPolicy: async () => note('policy'), accounts: { one: async () => undefined } },
    access: { workspaces: { change: async (_n: number, _a: unknown, c: { name: string }) => note(`shop ${c.name}`) }, keys: {} },
  } as unknown as DemoDeps;
}

const doings = () => made.filter((m) => !m.startsWith('look'));

describe('the demo shop', () => {
  it('is loaded once, in order; a later start does nothing again', async () => {
    const deps = rooms();
    const demo = createDemo(deps);
    await demo.load();
    expect(demo.status()).toEqual({ state: 'living', step: null });
    await demo.stop();
    expect(doings().map((d) => d.split(' ')[1] ?? d)).toEqual([
      '礼物小铺',
      'policy',
      'products.csv',
      'people.csv',
      'events.csv.gz',
      '买过一次的客人',
      '买过一次的企微好友',
      '第二单礼券',
      '本周上新',
      '第二单礼券',
      'run',
    ]);
    const before = made.length;
    await createDemo(deps).load();
    expect(made.length).toBe(before);
    const [row] = await pg.query<{ loaded_at: Date }>('SELECT loaded_at FROM demo_shop');
    expect(row!.loaded_at).toEqual(clock.now());
  });

  it.each([
    'shop',
    'policy',
    'import products',
    'look people',
    'import events',
    'look events',
    'audience 买过一次的企微',
    'content 本周',
    'coupon',
  ])('goes on where it was when it died at "%s"', async (place) => {
    const deps = rooms();
    failAt = place;
    const first = createDemo(deps);
    await first.load();
    expect(first.status().state).toBe('failed');
    // A day later: what was decided stays.
    clock.advance(86_400_000);
    await createDemo(deps).load();
    const done = doings();
    expect(new Set(done).size).toBe(done.length - (place === 'policy' ? 1 : 0));
    expect(done.length).toBe(place === 'policy' ? 12 : 11);
    const [row] = await pg.query<{ steps: { shift: number } }>('SELECT steps FROM demo_shop');
    expect([shiftDays(Date.parse('2026-03-01T10:00:00Z')), shiftDays(clock.ms())]).toContain(row!.steps.shift);
  });

  it('stops in the middle of an import and does not go further', async () => {
    const deps = rooms();
    deps.imports.get = (async () => ({ state: 'running', progress: { done: 0, total: 1 }, rows: { read: 0 } })) as never;
    deps.sleep = () => new Promise((done) => setImmediate(done));
    const demo = createDemo(deps);
    const loading = demo.load();
    await demo.stop();
    await loading;
    expect(doings().filter((d) => d.startsWith('audience'))).toEqual([]);
    expect(demo.status().state).toBe('stopped');
  });

  it('only an empty installation becomes one, and it stays one', async () => {
    expect(await isDemo(pg)).toBe(true);
    await pg.query('INSERT INTO people VALUES (1)');
    expect(await isDemo(pg)).toBe(false);
    await pg.query('INSERT INTO demo_shop (workspace_no, created_at) VALUES (1, now())');
    expect(await isDemo(pg)).toBe(true);
  });
});

describe('its files', () => {
  it('the last order lies on yesterday', () => {
    const now = Date.parse('2026-03-01T00:00:00Z');
    const last = Date.parse('2011-12-09T12:50:00Z') + shiftDays(now) * 86_400_000;
    expect(new Date(last).toISOString()).toBe('2026-02-28T12:50:00.000Z');
  });
  it('people with names, most of whom bought once; goods with prices', () => {
    const people = shopPeople();
    expect(people.length).toBeGreaterThan(1500);
    expect(people.filter((p) => p.orders === 1).length / people.length).toBeGreaterThan(0.5);
    expect(people.every((p) => /^\p{Script=Han}{2,3}$/u.test(p.name))).toBe(true);
    const goods = bestSellers(300);
    expect(goods).toHaveLength(300);
    expect(goods.every((g) => g.price > 0 && g.name !== '')).toBe(true);
  });
});
