import { Analytics } from '@segment/analytics-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Json, type Running, running, until, WRITE_KEY } from './running.ts';

/** The package as it comes from npm, told nothing but the host. */
describe('@segment/analytics-node', () => {
  let y: Running;
  let analytics: Analytics;
  const failures: unknown[] = [];
  beforeAll(async () => {
    y = await running();
    analytics = new Analytics({ writeKey: WRITE_KEY, host: y.url, flushInterval: 20, maxRetries: 0 });
    analytics.on('error', (error) => failures.push(error));
  });
  afterAll(async () => {
    await analytics?.closeAndFlush();
    await y?.close();
  });

  const deliver = (say: (done: (error?: unknown) => void) => void): Promise<void> =>
    new Promise((resolve, reject) => say((error) => (error ? reject(error) : resolve())));
  /** Every kind of call but alias, for one person. */
  const callAll = async (userId: string, timestamp: Date): Promise<void> => {
    const products = [{ product_id: 'tea', price: 128.5, quantity: 1 }];
    const properties = { order_id: userId, revenue: 128.5, currency: 'CNY', products };
    const traits = { name: '林小满', vip: true, points: 12 };
    await Promise.all([
      deliver((done) => analytics.identify({ userId, anonymousId: `anon-${userId}`, traits }, done)),
      deliver((done) => analytics.track({ userId, event: 'Order Completed', timestamp, properties }, done)),
      deliver((done) => analytics.page({ userId, category: 'Shop', name: 'Home', properties: { url: 'https://shop.example/' } }, done)),
      deliver((done) => analytics.screen({ userId, name: 'Cart' }, done)),
      deliver((done) => analytics.group({ userId, groupId: 'store-7', traits: { city: '杭州' } }, done)),
    ]);
  };
  const eventsOf = async (externalId: string): Promise<Json[]> => {
    const found = await y.get(`/api/people?externalId=${encodeURIComponent(externalId)}`);
    const person = found.body.items[0];
    return person ? (await y.get(`/api/people/${person.id}/events`)).body.items : [];
  };

  it('delivers every kind of call, and person and events are there', async () => {
    const started = performance.now();
    await callAll('sdk-user', new Date());
    await until('five events and the person', async () => {
      const items = await eventsOf('user_id:sdk-user');
      return items.filter((e) => e.context?.library).length === 5;
    });
    console.info(`SDK call to person and events over the API: ${Math.round(performance.now() - started)} ms`);
    expect(failures).toEqual([]);
  });

  it('keeps what was said, as it was said', async () => {
    const user = 'sdk-whole';
    const at = new Date();
    await callAll(user, at);
    const events = await until('five events', async () => {
      const items = (await eventsOf(`user_id:${user}`)).filter((e) => e.context?.library);
      return items.length === 5 && items;
    });
    const person = await y.person(`user_id:${user}`);
    expect(person.traits).toMatchObject({ name: '林小满', vip: true, points: 12 });
    expect(person.identities.map((i: Json) => `${i.type}:${i.id}`).sort()).toEqual([`anonymous_id:anon-${user}`, `user_id:${user}`]);
    expect(events.map((e) => e.type).sort()).toEqual(['group', 'identify', 'page', 'screen', 'track']);
    for (const event of events) expect(event.context.library.name).toBe('@segment/analytics-node');
    expect(events.find((e) => e.type === 'track')).toMatchObject({
      event: 'Order Completed',
      timestamp: at.toISOString(),
      personId: person.id,
      properties: { order_id: user, revenue: 128.5, currency: 'CNY', products: [{ product_id: 'tea', price: 128.5, quantity: 1 }] },
    });
    expect(events.find((e) => e.type === 'page')!.event).toBe('Home');
    expect(events.find((e) => e.type === 'group')!.properties).toMatchObject({ groupId: 'store-7', city: '杭州' });
  });

  it('joins what an anonymous visitor did to the person by alias', async () => {
    await deliver((done) => analytics.track({ anonymousId: 'sdk-visitor', event: 'Product Viewed' }, done));
    await deliver((done) => analytics.identify({ userId: 'sdk-aliased', traits: { name: '周周' } }, done));
    await deliver((done) => analytics.alias({ previousId: 'sdk-visitor', userId: 'sdk-aliased' }, done));
    const events = await until('the visit under the person', async () => {
      const items = await eventsOf('user_id:sdk-aliased');
      return items.some((e) => e.event === 'Product Viewed') && items;
    });
    expect(events.find((e) => e.event === 'Product Viewed')!.properties).toEqual({});
    const [byVisitor, byUser] = await Promise.all([y.person('anonymous_id:sdk-visitor'), y.person('user_id:sdk-aliased')]);
    expect(byVisitor.id).toBe(byUser.id);
    expect(failures).toEqual([]);
  });

  it('delivers a burst in batches, each message once', async () => {
    const many = 500;
    await Promise.all(
      Array.from({ length: many }, (_, i) =>
        deliver((done) =>
          analytics.track({ userId: 'sdk-burst', event: 'Ticked', properties: { i }, messageId: `burst-${i % many}` }, done),
        ),
      ),
    );
    const person = await y.person('user_id:sdk-burst');
    const ticks = await until('all ticks', async () => {
      const seen: number[] = [];
      let cursor: string | null = null;
      do {
        const page: Json = (await y.get(`/api/people/${person.id}/events?event=Ticked&limit=200${cursor ? `&cursor=${cursor}` : ''}`)).body;
        seen.push(...page.items.map((e: Json) => e.properties.i));
        cursor = page.nextCursor;
      } while (cursor);
      return seen.length >= many && seen;
    });
    expect(ticks.sort((a, b) => a - b)).toEqual(Array.from({ length: many }, (_, i) => i));
    expect(failures).toEqual([]);
    expect(y.errors).toEqual([]);
  });
});
