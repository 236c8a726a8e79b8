import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Json, type Running, running } from './running.ts';

/** What the API tells of a merge and a split of people with long histories, as soon as it has answered. `npm run bench -- identity` says how long it takes. */
let y: Running;
const perPerson = 10_000;

beforeAll(async () => {
  y = await running();
  const begin = Date.now() - 200 * 86_400_000;
  for (const who of ['a', 'b']) {
    for (let i = 0; i < perPerson; i += 5_000) {
      const batch = Array.from({ length: 5_000 }, (_, k) => {
        const n = i + k;
        const about = {
          messageId: `${who}${n}`,
          timestamp: new Date(begin + n * 300_000).toISOString(),
          userId: undefined as string | undefined,
        };
        const one =
          who === 'a' ? { ...about, userId: 'long-a' } : { ...about, context: { externalIds: [{ type: 'member_id', id: 'long-b' }] } };
        if (n % 500 === 0) return { ...one, type: 'identify', traits: { city: `${who}${n}` } };
        return {
          ...one,
          type: 'track',
          event: n % 100 === 7 ? 'Order Completed' : `Seen ${n % 20}`,
          properties: { order_id: `${who}${n}`, revenue: 5 },
        };
      });
      expect((await y.send('batch', { batch })).status).toBe(200);
    }
  }
  await y.system.events.flush();
});
afterAll(async () => {
  await y?.close();
});

it('merges and splits people with long histories, again and again', async () => {
  const [a, b] = [await y.person('user_id:long-a'), await y.person('member_id:long-b')];
  const orders = async () => (await y.get(`/api/people/${a.id}`)).body.orders.count as number;
  let other = b.id as string;
  for (const round of [1, 2]) {
    if (round === 1) {
      const both = { userId: 'long-a', context: { externalIds: [{ type: 'member_id', id: 'long-b' }] } };
      expect((await y.send('track', { event: 'Seen', messageId: 'both', ...both })).status).toBe(200);
      await y.system.events.flush();
    } else {
      expect((await y.post(`/api/people/${a.id}/merge`, { with: other, force: true })).status).toBe(200);
    }
    expect(await orders()).toBe(perPerson / 50);
    const answer = await y.post(`/api/people/${a.id}/split`, { identities: [{ type: 'member_id', id: 'long-b' }] });
    const { person, newPerson } = answer.body as Record<string, Json>;
    expect([answer.status, person!.orders.count, newPerson!.orders.count]).toEqual([200, perPerson / 100, perPerson / 100]);
    expect([person!.traits.city, newPerson!.traits.city]).toEqual([`a${perPerson - 500}`, `b${perPerson - 500}`]);
    other = newPerson!.id;
  }
}, 240_000);
