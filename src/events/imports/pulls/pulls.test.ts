import mysql from 'mysql2';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabase } from '../../../../test/kit.ts';
import { connectPg, manualClock, type Pg, silentLog } from '../../../base/index.ts';
import { type Harness, harness } from '../harness.ts';
import { createPulls, type Pulls } from '../index.ts';
import { openReader } from './connect.ts';
import type { PulledRow } from './reader.ts';
import { type PullBody, pullBody, pullTest } from './schema.ts';

const clock = manualClock('2026-03-01T00:00:00Z');
let h: Harness;
let shop: Pg;
let place: URL;
let pulls: Pulls;
let stopAt: string | undefined;
const drops: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  h = await harness();
  const { url, drop } = await testDatabase();
  drops.push(drop);
  place = new URL(url);
  shop = connectPg(url, { max: 2 });
  await shop.query(
    `CREATE TABLE sales (id bigint PRIMARY KEY, no text, buyer text, paid timestamptz, money numeric(12,2), "Updated At" timestamptz)`,
  );
  await shop.query("CREATE TABLE secrets (x text); INSERT INTO secrets VALUES ('a')");
  pulls = createPulls({
    pg: h.pg,
    clock,
    jobs: h.jobs,
    log: silentLog,
    imports: h.imports,
    guard: { allow: [place.host], resolve: async () => [{ address: '10.0.0.1', family: 4 }] },
    secrets: { seal: (t) => Buffer.from(t).toString('hex'), open: (s) => Buffer.from(s, 'hex').toString() },
    workspace: async () => ({ timezone: 'Asia/Shanghai' }),
    boundary: (name) => {
      if (name === stopAt) throw Object.assign(new Error('stopped'), { code: 'STOPPING' });
    },
    rowsInSlice: 3,
  });
}, 60_000);
afterAll(async () => {
  await shop.pool.end();
  await h.close();
  for (const drop of drops) await drop();
});
beforeEach(async () => {
  h.stored.clear();
  await shop.query('DELETE FROM sales');
});

const source = () => ({
  engine: 'postgres',
  host: place.hostname,
  port: Number(place.port),
  database: place.pathname.slice(1),
  user: place.username,
  tls: 'off',
});
const body = (more: Partial<Record<keyof PullBody, unknown>> = {}): PullBody =>
  pullBody.parse({
    name: 'Shop',
    source: source(),
    password: decodeURIComponent(place.password),
    query: 'SELECT * FROM sales WHERE money > 0;',
    cursor: 'Updated At',
    kind: 'orders',
    mapping: { order_id: 'no', user_id: 'buyer', time: 'paid', amount: 'money' },
    schedule: { everyMinutes: 30 },
    ...more,
  });
let serial = 0;
const sell = async (count: number, updated: string, prefix = `S${++serial}-`) => {
  for (let i = 0; i < count; i++)
    await shop.query('INSERT INTO sales VALUES ($1, $2, $3, $4, $5, $6)', [
      ++serial,
      `${prefix}${i}`,
      `b${i % 2}`,
      '2026-02-01T02:00:00.123456Z',
      '10.05',
      updated,
    ]);
};
const turn = async (id: string) => {
  await pulls.run(1, id);
  clock.advance(1000);
  await h.jobs.flush();
  return (await pulls.runs(1, id))[0]!;
};

describe('a scheduled pull from PostgreSQL', () => {
  it('reads what is new since the last run, slice by slice, ties included', async () => {
    const { id } = await pulls.create(1, body(), 'Ann');
    expect(JSON.stringify(await pulls.list(1))).not.toContain('secret');
    await sell(8, '2026-02-01T00:00:00Z');
    await sell(1, '2026-02-02T00:00:00Z');
    // Rows with one value of the cursor are never cut apart: slices of 3 became one of 8, and one of the rest.
    expect(await turn(id)).toMatchObject({
      state: 'done',
      fetched: 9,
      accepted: 9,
      duplicate: 0,
      rejected: 0,
      imports: [expect.any(String), expect.any(String)],
    });
    expect([...h.stored.values()][0]).toMatchObject({
      timestamp: '2026-02-01T02:00:00.123Z',
      properties: { revenue_fen: 1005, currency: 'CNY' },
    });
    expect(await turn(id)).toMatchObject({ state: 'done', fetched: 0 });
    // Others with the same value of the cursor come later.
    await sell(2, '2026-02-02T00:00:00Z');
    await sell(1, '2026-02-03T00:00:00Z');
    expect(await turn(id)).toMatchObject({ fetched: 3, accepted: 3, duplicate: 0 });
    expect((await h.imports.list(1, undefined, 10)).items.every((i) => i.pullId === id)).toBe(true);
    expect(await pulls.update(1, id, { restart: true })).toMatchObject({ watermark: null });
    expect(await turn(id)).toMatchObject({ fetched: 12, accepted: 0, duplicate: 12 });
  });

  it.each(['pull.fetched', 'pull.sliced', 'pull.imported'])('goes on after a stop at %s with the same outcome', async (name) => {
    const { id } = await pulls.create(1, body(), null);
    await sell(4, '2026-02-01T00:00:00Z');
    await sell(4, '2026-02-02T00:00:00Z');
    stopAt = name;
    expect(await turn(id)).toMatchObject({ state: 'running' });
    stopAt = undefined;
    await pulls.recover();
    await h.jobs.flush();
    expect((await pulls.runs(1, id))[0]).toMatchObject({ state: 'done' });
    expect(h.stored.size).toBe(8);
    expect(await turn(id)).toMatchObject({ fetched: 0 });
  });

  it('keeps its times: every n minutes, by cron in the zone of the workspace, by hand', async () => {
    const { id, nextAt } = await pulls.create(1, body(), null);
    expect(Date.parse(nextAt!) - clock.ms()).toBe(30 * 60_000);
    const daily = await pulls.create(1, body({ schedule: { cron: '0 3 * * *' } }), null);
    expect(daily.nextAt).toBe('2026-03-01T19:00:00.000Z');
    expect((await pulls.create(1, body({ schedule: { byHand: true } }), null)).nextAt).toBeNull();
    await sell(2, '2026-02-01T00:00:00Z');
    await pulls.tick();
    expect(await pulls.runs(1, id)).toEqual([]);
    clock.advance(31 * 60_000);
    await pulls.tick();
    await pulls.tick();
    await h.jobs.flush();
    expect(await pulls.runs(1, id)).toMatchObject([{ state: 'done', fetched: 2 }]);
    await pulls.update(1, id, { enabled: false });
    expect(await pulls.get(1, id)).toMatchObject({ nextAt: null, enabled: false });
  });

  it('a test shows the columns and what they probably are', async () => {
    await sell(2, '2026-02-01T00:00:00Z');
    const seen = await pulls.test(1, pullTest.parse({ source: source(), password: decodeURIComponent(place.password), query: 'sales' }));
    expect(seen).toMatchObject({
      cursor: 'Updated At',
      columns: [{ name: 'id' }, { name: 'no' }, { name: 'buyer' }, {}, {}, {}],
      sample: [{ money: '10.05' }, {}],
    });
  });

  const troubles: [string, Partial<Record<keyof PullBody, unknown>>, string, RegExp][] = [
    [
      'an inner address',
      { source: { engine: 'postgres', host: '169.254.169.254', database: 'd', user: 'u', tls: 'off' } },
      'source.host',
      /YUTANG_PULL_ALLOW/,
    ],
    [
      'a name that leads inside',
      { source: { engine: 'mysql', host: 'db.example', database: 'd', user: 'u', tls: 'off' } },
      'source.host',
      /internal/,
    ],
    ['a table that is not there', { query: 'nothing' }, 'query', /does not exist/],
    ['a column that is not there', { cursor: 'no_such' }, 'cursor', /does not exist/],
    ['a query that writes', { query: 'WITH d AS (DELETE FROM secrets RETURNING *) SELECT * FROM d' }, 'query', /./],
    ['a query that ends and begins another', { query: 'SELECT 1) q; DELETE FROM secrets; SELECT * FROM (SELECT 1' }, 'query', /./],
    ['a function that writes', { query: "SELECT nextval('person_blocks')" }, 'query', /./],
  ];
  it.each(troubles)('refuses %s', async (_name, more, field, reason) => {
    const { source: s, password, query, cursor } = body(more);
    await expect(pulls.test(1, { source: s, password, query, cursor })).rejects.toMatchObject({
      errors: [{ field, reason: expect.stringMatching(reason) }],
    });
    expect(await shop.query('SELECT * FROM secrets')).toHaveLength(1);
    const { id } = await pulls.create(1, body({ ...more, schedule: { byHand: true } }), null);
    expect(await turn(id)).toMatchObject({ state: 'failed', error: expect.stringMatching(reason) });
  });

  it('a password goes to no other host', async () => {
    const { id } = await pulls.create(1, body(), null);
    const other = { ...body().source, host: 'evil.example' };
    await expect(pulls.update(1, id, { source: other })).rejects.toMatchObject({ errors: [{ field: 'password' }] });
    await expect(pulls.test(1, { pullId: id, source: other, query: 'sales' })).rejects.toMatchObject({ errors: [{ field: 'password' }] });
  });

  it.each([
    [{ query: 'DROP TABLE sales' }, 'query'],
    [{ schedule: { cron: 'often' } }, 'schedule'],
    [{ source: { ...{ engine: 'oracle' } } }, 'source'],
  ])('names what does not fit (%#)', (more, field) => {
    expect(() => body(more)).toThrow(field);
  });
});

interface Fake {
  writeOk(answer: object): void;
  writeTextResult(rows: object[], columns: object[]): void;
}
const fake = (connection: unknown): Fake => {
  // An answer begins to count anew, which the fake leaves to us.
  (connection as { sequenceId: number }).sequenceId = 1;
  return connection as Fake;
};
const createServer = mysql.createServer as unknown as () => {
  on(event: 'connection', take: (connection: mysql.Connection & { serverHandshake(args: object): void }) => void): void;
  listen(port: number, host: string, done: () => void): void;
  close(done: () => void): void;
  _server: { address(): { port: number } };
};

describe('MySQL', () => {
  it('is read with the same words: read-only, in order, from the cursor on, instants in UTC', async () => {
    const asked: string[] = [];
    const server = createServer();
    const columns = [
      ['no', 253],
      ['id', 8],
      ['paid', 12],
      ['seen', 7],
      ['money', 246],
      ['__cursor', 253],
    ] as const;
    server.on('connection', (connection) => {
      connection.on('error', () => {});
      connection.serverHandshake({
        protocolVersion: 4,
        serverVersion: '8.4.0',
        connectionId: 1,
        statusFlags: 2,
        characterSet: 45,
        capabilityFlags: 0xffffff ^ 0x800,
        authCallback: (_params: unknown, done: (error: null, user?: unknown) => void) => done(null),
      } as never);
      // The fake takes SET for the preparation of a statement.
      connection.on('stmt_prepare', (sql: string) => {
        asked.push(sql);
        fake(connection).writeOk({});
      });
      connection.on('query', (sql: string) => {
        asked.push(sql);
        if (!sql.startsWith('SELECT')) return fake(connection).writeOk({ affectedRows: 0 });
        fake(connection).writeTextResult(
          [
            {
              no: 'M1',
              id: '9007199254740993',
              paid: '2026-02-01 10:00:00',
              seen: '2026-02-01 02:00:00',
              money: '12.50',
              __cursor: '9007199254740993',
            },
          ],
          columns.map(([name, columnType]) => ({
            catalog: 'def',
            schema: 's',
            table: 't',
            orgTable: 't',
            name,
            orgName: name,
            characterSet: 45,
            columnLength: 255,
            columnType,
            flags: 0,
            decimals: 0,
          })),
        );
      });
    });
    const port = await new Promise<number>((done) => server.listen(0, '127.0.0.1', () => done(server._server.address().port)));
    try {
      const reader = await openReader(
        { allow: [`127.0.0.1:${port}`], resolve: async () => [] },
        { engine: 'mysql', host: '127.0.0.1', port, database: 'd', user: 'u', tls: 'off' },
        'p',
      );
      const rows: PulledRow[] = [];
      for await (const row of reader.rows('SELECT * FROM orders', 'id', '9007199254740992')) rows.push(row);
      await reader.close();
      expect(rows).toEqual([
        {
          cursor: '9007199254740993',
          values: { no: 'M1', id: expect.anything(), paid: '2026-02-01 10:00:00', seen: '2026-02-01T02:00:00Z', money: '12.50' },
        },
      ]);
      expect(String(rows[0]!.values.id)).toBe('9007199254740993');
      expect(asked).toContain('START TRANSACTION READ ONLY');
      expect(asked.at(-1)).toBe(
        'SELECT q.*, CAST(q.`id` AS CHAR) AS __cursor FROM (SELECT * FROM orders\n) AS q WHERE q.`id` IS NOT NULL AND q.`id` >= 9007199254740992 ORDER BY q.`id`',
      );
    } finally {
      server.close(() => {});
    }
  });
});
