import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Json, quickEnough, type Running, running } from './running.ts';

/** How long it takes until the API tells of a merge or a split of somebody with a long history. */
let y: Running;
const perPerson = 50_000;
const limitMs = 2_000;

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

it('merges and splits a person of 100,000 events in less than two seconds', async () => {
  const [a, b] = [await y.person('user_id:long-a'), await y.person('member_id:long-b')];
  let [other, n] = [b.id as string, 0];
  const times: Record<string, number[]> = { message: [], hand: [], split: [] };
  const timed = async (kind: string, work: () => Promise<void>): Promise<number> => {
    const began = performance.now();
    await work();
    const took = performance.now() - began;
    times[kind]!.push(Math.round(took));
    return took;
  };
  const orders = async () => (await y.get(`/api/people/${a.id}`)).body.orders.count as number;
  await quickEnough(
    limitMs,
    async () => {
      n += 1;
      const merging = await timed(n === 1 ? 'message' : 'hand', async () => {
        if (n === 1) {
          const both = { userId: 'long-a', context: { externalIds: [{ type: 'member_id', id: 'long-b' }] } };
          expect((await y.send('track', { event: 'Seen', messageId: 'both', ...both })).status).toBe(200);
          while ((await orders()) < perPerson / 50) await new Promise((resolve) => setTimeout(resolve, 10));
        } else {
          expect((await y.post(`/api/people/${a.id}/merge`, { with: other, force: true })).status).toBe(200);
          expect(await orders()).toBe(perPerson / 50);
        }
      });
      const splitting = await timed('split', async () => {
        const answer = await y.post(`/api/people/${a.id}/split`, { identities: [{ type: 'member_id', id: 'long-b' }] });
        const { person, newPerson } = answer.body as Record<string, Json>;
        expect([answer.status, person!.orders.count, newPerson!.orders.count]).toEqual([200, perPerson / 100, perPerson / 100]);
        expect([person!.traits.city, newPerson!.traits.city]).toEqual(['a49500', 'b49500']);
        other = newPerson!.id;
      });
      return Math.max(merging, splitting);
    },
    { tries: 3 },
  );
  console.info(`ms until the API told of it: ${JSON.stringify(times)}`);
}, 240_000);
