import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hashKey } from '../src/events/dedupe.ts';
import { createServer } from './kill/server.ts';
import { filesWith, inClickhouse } from './raw-data.ts';
import { type Running, running, until } from './running.ts';

/**
 * An installation from before personal values were sealed, as it is on its disks: started again it seals them, and in the end no file holds one in clear,
 * while everybody is still known by them.
 */
const old = { phone: '13912349901', other: '13912349902', email: 'from.before@example.com', street: '从前路七号', nick: '老旧的昵称' };

let dir: string;
let home: Running;
const start = () => running({ env: { DATABASE_URL: '', YUTANG_MASTER_KEY: '', YUTANG_DATA: dir }, asStarted: true });

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'yutang-plain-'));
  home = await start();
  for (const n of [1, 2]) await home.send('identify', { userId: `old-${n}`, traits: { city: '上海' } });
  for (const i of [1, 2, 3])
    await home.send('track', { userId: 'old-1', event: 'Parcel Sent', properties: { n: i }, timestamp: `2025-0${i * 3}-01T08:00:00Z` });
  await home.system.settle();
  await asBefore(home);
}, 240_000);
afterAll(async () => {
  await home?.close();
  rmSync(dir, { recursive: true, force: true });
}, 60_000);

/** Takes the sealing back: puts values in clear where they stood, and forgets that there is a vault. */
async function asBefore({ system: { pg, ch } }: Running): Promise<void> {
  const [one] = await pg.query<{ ws: number; no: number }>(
    "SELECT workspace_no AS ws, person_no AS no FROM identities WHERE value = 'old-1'",
  );
  const { ws, no } = one!;
  const [second] = await pg.query<{ no: number }>("SELECT person_no AS no FROM identities WHERE value = 'old-2'");
  await pg.query('UPDATE people SET traits = traits || $2 WHERE person_no = $1', [
    no,
    { phone: old.phone, address: { street: old.street }, nick: old.nick },
  ]);
  const identity = (type: string, value: string, whose: number) =>
    pg.query('INSERT INTO identities (workspace_no, type, value, person_no, first_seen_at, born_no) VALUES ($1, $2, $3, $4, now(), $4)', [
      ws,
      type,
      value,
      whose,
    ]);
  await identity('phone', `+86${old.phone}`, no);
  await identity('email', old.email, no);
  await identity('phone', `+86${old.other}`, second!.no);
  await pg.query(
    `INSERT INTO outbox (workspace_no, person_no, channel, content_id, idempotency_key, state, text, queued_at) VALUES ($1, $2, 'webhook', 'c', 'k', 'sent', $3, now())`,
    [ws, no, `Your phone is ${old.phone}`],
  );
  await pg.query(
    "INSERT INTO person_notes (id, workspace_no, person_no, at, by_id, by_name, text) VALUES ('note_1', $1, $2, now(), 'm', 'M', $3)",
    [ws, no, `call ${old.other} or ${old.email}`],
  );
  await home.post('/api/audiences', { name: 'by phone', rule: { trait: 'city', op: '=', value: 'x' } });
  await pg.query('UPDATE audiences SET rule = $1', [{ trait: 'phone', op: '=', value: old.phone }]);
  const via = hashKey(`${ws}|phone|+86${old.phone}`);
  const properties = JSON.stringify({ receiver: { phone: old.phone }, n: 1.5, list: [{ email: old.email }], nick: old.nick });
  const context = JSON.stringify({ traits: { phone: old.phone }, externalIds: [{ type: 'phone', id: old.phone }], ip: '10.9.8.7' });
  await ch.command(
    `INSERT INTO events SELECT * REPLACE ('old-' || toString(key) AS message_id, key + 1 AS key, 'Old Parcel' AS event, CAST('${properties}' AS JSON) AS properties,
       '${context}' AS context, ${via} AS via, source AS source)
     FROM (SELECT * FROM events WHERE event = 'Parcel Sent')`,
  );
  await ch.command(
    `INSERT INTO events SELECT * REPLACE ('identify-old' AS message_id, 77 AS key, CAST('{"phone":"${old.phone}","city":"上海"}' AS JSON) AS properties)
     FROM events WHERE type = 'identify' AND person_no = ${no}`,
  );
  await pg.query('DELETE FROM sealings');
  await pg.query('DELETE FROM personal_values');
  await pg.query('CHECKPOINT');
}

const sealed = () => until('the sealing', async () => (await home.get('/api/privacy')).body.plain.done, 60_000);
const personal = ({ nick: _, ...values } = old) => values;

it('seals what stands in clear, and leaves no byte of it', async () => {
  expect((await filesWith(home, old)).length).toBeGreaterThan(4);
  expect((await inClickhouse(home, [old.phone])).length).toBe(1);
  await home.close();
  // Killed on its way it goes on where it was.
  const server = createServer({ dir, port: home.system.config.PORT, env: {} });
  for (const name of ['identities', 'copied', 'events']) {
    await server.start(`privacy.sealed.${name}`);
    expect([name, await server.gone(30_000), server.crashed()], server.output()).toEqual([name, true, false]);
  }
  home = await start();
  // Before anything else: who is known by a phone is known by it again.
  expect((await home.person(`phone:${old.phone}`)).identities).toContainEqual(expect.objectContaining({ type: 'user_id', id: 'old-1' }));
  await sealed();
  expect(await filesWith(home, personal())).toEqual([]);
  expect(await inClickhouse(home, Object.values(personal()))).toEqual([]);
  expect(await inClickhouse(home, ['10.9.8.7'])).toEqual([]);
  expect((await inClickhouse(home, [old.nick])).length).toBe(1);
  expect(home.errors).toEqual([]);
}, 180_000);

it('changes nothing of what is known', async () => {
  const found = await home.person(`email:${old.email}`);
  expect(found.traits).toMatchObject({ phone: old.phone, address: { street: old.street }, city: '上海' });
  const events = (await home.get(`/api/people/${found.id}/events?event=Old%20Parcel`)).body.items;
  expect(events).toHaveLength(3);
  expect(events[0]).toMatchObject({ properties: { receiver: { phone: old.phone }, n: 1.5, list: [{ email: old.email }] } });
  expect(JSON.stringify(events)).toContain('10.9.8.7');
  const { body } = await home.post('/api/audiences/preview', {
    rule: { event: 'Old Parcel', where: [{ property: 'receiver.phone', op: '=', value: old.phone }] },
  });
  expect(body).toMatchObject({ count: 1 });
  const [audience] = (await home.get('/api/audiences')).body.items;
  expect((await home.get(`/api/audiences/${audience.id}`)).body).toMatchObject({ rule: { value: old.phone } });
  expect((await home.get(`/api/people/${found.id}/notes`)).body.items[0].text).toBe(`call +86${old.other} or ${old.email}`);
  expect((await home.get(`/api/messages?personId=${found.id}`)).body.items[0].text).toBe(`Your phone is ${old.phone}`);
  // What came through the phone leaves with it.
  const split = await home.post(`/api/people/${found.id}/split`, { identities: [{ type: 'phone', id: old.phone }] });
  expect(split.status, JSON.stringify(split.body)).toBe(200);
  const other = await home.person(`phone:${old.phone}`);
  await until(
    'the events of the other',
    async () => (await home.get(`/api/people/${other.id}/events?event=Old%20Parcel`)).body.items.length === 3,
  );
}, 60_000);

it('seals what was sent under a name that is declared personal later', async () => {
  await home.send('track', { userId: 'old-2', event: 'Named', properties: { nick: old.nick } });
  const put = await home.call({
    method: 'PUT',
    path: '/api/catalog/entries',
    body: { kind: 'property', type: 'track', event: 'Named', name: 'nick', personal: true },
  });
  expect(put.status, JSON.stringify(put.body)).toBeLessThan(300);
  await until('the sealing to begin', async () => !(await home.get('/api/privacy')).body.plain.done, 10_000).catch(() => {});
  await sealed();
  expect(await inClickhouse(home, [old.nick])).toEqual([]);
  const [event] = (await home.get(`/api/people/${(await home.person('user_id:old-2')).id}/events?event=Named`)).body.items;
  expect(event.properties).toEqual({ nick: old.nick });
}, 60_000);
