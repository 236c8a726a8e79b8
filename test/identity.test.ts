import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Json, type Running, running, until } from './running.ts';

/** Identities by hand, through the doors that everybody uses. */
let y: Running;
let serial = 0;

beforeAll(async () => {
  y = await running();
});
afterAll(async () => {
  await y?.close();
});

const external = (...list: [string, string][]) => ({ externalIds: list.map(([type, id]) => ({ type, id })) });
const begin = Date.now() - 86_400_000;
const at = (n: number) => new Date(begin + n * 60_000).toISOString();

/** Sends messages one after another. */
async function send(...messages: Json[]): Promise<void> {
  for (const { type = 'track', ...message } of messages) {
    serial += 1;
    const event = type === 'track' ? { event: 'Seen' } : {};
    const answer = await y.send(type, { messageId: `m${serial}`, timestamp: at(serial), ...event, ...message });
    expect([answer.status, answer.body]).toEqual([200, { success: true }]);
  }
}
const split = (id: string, body: object) => y.post(`/api/people/${id}/split`, body);
const merge = (id: string, body: object) => y.post(`/api/people/${id}/merge`, body);
const ids = (person: Json): string[] => person.identities.map((i: Json) => `${i.type}:${i.id}`).sort();
const eventsOf = async (id: string): Promise<string[]> =>
  (await y.get(`/api/people/${id}/events?limit=200`)).body.items
    .filter((e: Json) => !/^(state|merge|split)/.test(e.messageId))
    .map((e: Json) => e.messageId)
    .sort();

describe('a split', () => {
  it('takes identities to a new person with their events, traits and what follows from them', async () => {
    await send(
      { userId: 's1', messageId: 's1-a', event: 'Order Completed', properties: { order_id: 'o1', revenue: 10 } },
      { type: 'identify', userId: 's1', messageId: 's1-b', traits: { city: 'Hangzhou', name: 'One' } },
      { messageId: 's2-a', event: 'Order Completed', context: external(['member_id', 's2']), properties: { order_id: 'o2', revenue: 20 } },
      { type: 'identify', messageId: 's2-b', context: external(['member_id', 's2']), traits: { city: 'Suzhou', tea: 'oolong' } },
    );
    const one = await y.person('user_id:s1');
    const two = await y.person('member_id:s2');
    await send({ userId: 's1', messageId: 's-both', context: external(['member_id', 's2']) });
    const both = await until('the merge', async () => {
      const found = await y.person('user_id:s1');
      return found.orders.count === 2 && found.level === 'repeat' && found;
    });
    expect([both.id, both.traits.city, both.traits.name]).toEqual([one.id, 'Suzhou', 'One']);

    const answer = await split(both.id, { identities: [{ type: 'member_id', id: 's2' }], reason: 'a wrong card was scanned' });
    expect([answer.status, JSON.stringify(answer.body.errors)]).toEqual([200, undefined]);
    const { person, newPerson } = answer.body;
    expect([ids(person), ids(newPerson)]).toEqual([['user_id:s1'], ['member_id:s2']]);
    expect([person.traits, newPerson.traits]).toEqual([
      { city: 'Hangzhou', name: 'One' },
      { city: 'Suzhou', tea: 'oolong' },
    ]);
    expect([person.orders.revenueFen, newPerson.orders.revenueFen]).toEqual([1000, 2000]);
    expect([person.level, newPerson.level]).toEqual(['buyer', 'buyer']);
    expect([person.createdAt, newPerson.createdAt]).toEqual([one.createdAt, two.createdAt]);
    expect(await eventsOf(person.id)).toEqual(['s-both', 's1-a', 's1-b']);
    expect(await eventsOf(newPerson.id)).toEqual(['s2-a', 's2-b']);
    // The id that was merged away leads to where its identities went.
    expect((await y.get(`/api/people/${two.id}`)).body.id).toBe(newPerson.id);
    for (const id of [person.id, newPerson.id])
      expect((await y.get(`/api/people/${id}/events?event=Identity%20Split`)).body.items).toHaveLength(1);

    // What comes later goes where it belongs, and what carries both joins them no more.
    await send({ messageId: 's2-c', context: external(['member_id', 's2']) }, { userId: 's1', messageId: 's1-c' });
    await send({ userId: 's1', messageId: 's-again', context: external(['member_id', 's2']) });
    expect(await eventsOf(newPerson.id)).toEqual(['s2-a', 's2-b', 's2-c']);
    expect(await eventsOf(person.id)).toEqual(['s-again', 's-both', 's1-a', 's1-b', 's1-c']);
    const conflicts = (await y.get('/api/identity/conflicts')).body.items;
    expect(conflicts[0]).toMatchObject({ identity: { type: 'member_id', id: 's2' }, reason: 'apart', times: 1, person: { id: person.id } });
    expect((await y.get('/api/people?externalId=user_id:s1')).body.items[0].id).toBe(person.id);

    // The rows as they lie in the end tell the same.
    await y.system.events.flush();
    await y.system.events.settle();
    expect(await eventsOf(newPerson.id)).toEqual(['s2-a', 's2-b', 's2-c']);
    expect(await eventsOf(person.id)).toEqual(['s-again', 's-both', 's1-a', 's1-b', 's1-c']);
    const rows = await y.system.ch.query<{ n: number }>("SELECT count() AS n FROM events WHERE message_id LIKE 's2-%'");
    expect(rows[0]!.n).toBe(3);

    // Until somebody merges them by hand.
    expect((await y.get(`/api/people/${person.id}/merge-check?with=${newPerson.id}`)).body).toEqual({ limits: [], apart: true });
    const refused = await merge(person.id, { with: newPerson.id });
    expect([refused.status, refused.body.errors[0].field]).toEqual([409, 'with']);
    const forced = await merge(person.id, { with: newPerson.id, force: true, reason: 'it was one after all' });
    expect([forced.status, ids(forced.body.person)]).toEqual([200, ['member_id:s2', 'user_id:s1']]);
    expect(await eventsOf(person.id)).toHaveLength(8);
    expect((await y.get('/api/identity/conflicts')).body.items).toEqual([]);
    const history = (await y.get(`/api/people/${person.id}/identity-history`)).body.items;
    expect(history.filter((h: Json) => h.kind === 'merged').map((h: Json) => [h.forced, h.reason, h.messageId === 's-both'])).toEqual([
      [true, 'it was one after all', false],
      [false, null, true],
    ]);
    expect(history.find((h: Json) => h.kind === 'split')).toMatchObject({
      reason: 'a wrong card was scanned',
      identities: [{ type: 'member_id', id: 's2' }],
      actor: { kind: 'apiKey' },
    });
    // And apart again, with all that came.
    const again = (await split(person.id, { identities: [{ type: 'member_id', id: 's2' }] })).body;
    expect(await eventsOf(again.newPerson.id)).toEqual(['s2-a', 's2-b', 's2-c']);
    expect((await y.get(`/api/people/${two.id}`)).body.id).toBe(again.newPerson.id);
    expect((await y.get(`/api/people/${newPerson.id}`)).body.id).toBe(again.newPerson.id);
    const trail = (await y.get('/api/audit?action=person.split', { cookie: await y.signIn() })).body.items;
    expect(trail[1].details).toMatchObject({ reason: 'a wrong card was scanned', types: ['member_id'] });
  });
});
