import fc from 'fast-check';
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

describe('a merge and a split by the same identities', () => {
  it('give back the two people with their own events, traits and what follows from them', async () => {
    let run = 0;
    const step = fc.record({
      who: fc.constantFrom('a', 'b'),
      by: fc.nat(2),
      what: fc.constantFrom('Seen', 'Order Completed', 'identify'),
      trait: fc.constantFrom('city', 'tea', 'size'),
    });
    const steps = fc.array(step, { minLength: 2, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(
        steps,
        steps,
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom('a', 'b'),
        async (before, after, settleMerge, byHand, leaves) => {
          run += 1;
          const own = {
            a: [
              ['user_id', `a${run}`],
              ['phone', `137000${10_000 + run}`],
              ['anonymous_id', `an-a${run}`],
            ] as [string, string][],
            b: [
              ['member_id', `b${run}`],
              ['email', `b${run}@example.com`],
              ['anonymous_id', `an-b${run}`],
            ] as [string, string][],
          };
          const expected = {
            a: { events: [] as string[], traits: {} as Json, orders: 0 },
            b: { events: [] as string[], traits: {} as Json, orders: 0 },
          };
          const play = async (list: typeof before, mark: string) => {
            const batch = list.map(({ who, by, what, trait }, i) => {
              const messageId = `${run}-${mark}-${i}`;
              expected[who].events.push(messageId);
              if (what === 'identify') expected[who].traits[trait] = messageId;
              if (what === 'Order Completed') expected[who].orders += 1;
              serial += 1;
              return {
                messageId,
                timestamp: at(serial),
                context: external(own[who][by]!),
                ...(what === 'identify'
                  ? { type: 'identify', traits: { [trait]: messageId } }
                  : { type: 'track', event: what, properties: { order_id: messageId } }),
              };
            });
            expect((await y.send('batch', { batch })).status).toBe(200);
          };
          // Each is known by all that is theirs.
          await send({ messageId: `${run}-a`, context: external(...own.a) }, { messageId: `${run}-b`, context: external(...own.b) });
          expected.a.events.push(`${run}-a`);
          expected.b.events.push(`${run}-b`);
          await play(before, 'before');
          const [a, b] = [await y.person(`user_id:a${run}`), await y.person(`member_id:b${run}`)];
          if (byHand) expect((await merge(a.id, { with: b.id })).status).toBe(200);
          else {
            await send({ messageId: `${run}-both`, context: external(own.a[0]!, own.b[0]!) });
            expected.a.events.push(`${run}-both`);
          }
          if (settleMerge) {
            await y.system.events.flush();
            await y.system.events.settle();
          }
          await play(after, 'after');
          const answer = await split(a.id, { identities: own[leaves].map(([type, id]) => ({ type, id })) });
          expect([answer.status, JSON.stringify(answer.body.errors)]).toEqual([200, undefined]);
          const found = { [leaves]: answer.body.newPerson as Json, [leaves === 'a' ? 'b' : 'a']: answer.body.person as Json };
          for (const settled of [false, true]) {
            for (const who of ['a', 'b'] as const) {
              const person = (await y.get(`/api/people/${found[who]!.id}`)).body;
              expect(ids(person)).toEqual(own[who].map(([type, id]) => `${type}:${type === 'phone' ? `+86${id}` : id}`).sort());
              expect(await eventsOf(person.id)).toEqual(expected[who].events.toSorted());
              expect(person.traits).toEqual(expected[who].traits);
              expect(person.orders.count).toBe(expected[who].orders);
              const { orders } = expected[who];
              expect([settled, who, ['buyer', 'repeat'].includes(person.level) ? person.level : '']).toEqual([
                settled,
                who,
                ['', 'buyer'][orders] ?? 'repeat',
              ]);
            }
            if (settled) continue;
            await y.system.events.flush();
            await y.system.events.settle();
          }
        },
      ),
      { numRuns: 4, endOnFailure: true },
    );
  }, 300_000);
});

describe('what does not fit', () => {
  it('is refused by the name of its field', async () => {
    await send(
      { userId: 'e1', context: external(['phone', '13900000001']) },
      { userId: 'e2' },
      { messageId: 'e-m', context: external(['member_id', 'e3']) },
      { userId: 'e2', context: external(['member_id', 'e3']) },
    );
    const one = await y.person('user_id:e1');
    const two = await y.person('user_id:e2');
    const refusals: [string, object, number, string][] = [
      [one.id, { identities: [] }, 400, 'identities'],
      [one.id, {}, 400, 'identities'],
      [one.id, { identities: [{ type: 'shoe_size', id: '42' }] }, 400, 'identities.0.type'],
      [one.id, { identities: [{ type: 'user_id', id: 'nobody' }] }, 400, 'identities.0'],
      [
        one.id,
        {
          identities: [
            { type: 'user_id', id: 'e1' },
            { type: 'user_id', id: 'e2' },
          ],
        },
        400,
        'identities.1',
      ],
      [
        one.id,
        {
          identities: [
            { type: 'user_id', id: 'e1' },
            { type: 'phone', id: '139 0000 0001' },
          ],
        },
        400,
        'identities',
      ],
    ];
    for (const [id, body, status, field] of refusals) {
      const answer = await split(id, body);
      expect([JSON.stringify(body), answer.status, answer.body.errors?.[0]?.field]).toEqual([JSON.stringify(body), status, field]);
    }
    expect((await split('p_0000000', { identities: [{ type: 'user_id', id: 'e1' }] })).status).toBe(404);
    const gone = (await y.get(`/api/people/${two.id}/identity-history`)).body.items.find((h: Json) => h.kind === 'merged').person;
    expect((await split(gone, { identities: [{ type: 'member_id', id: 'e3' }] })).body.errors[0]).toMatchObject({ field: 'id' });
    expect((await merge(one.id, { with: one.id })).body.errors[0].field).toBe('with');
    expect((await merge(one.id, { with: gone })).body.errors[0].field).toBe('with');
    const limit = await merge(one.id, { with: two.id });
    expect([limit.status, limit.body.type, limit.body.errors[0].reason]).toEqual([
      409,
      'urn:yutang:problem:identity_conflict',
      expect.stringContaining('user_id'),
    ]);
    // A phone may be named by the mask that is shown of it.
    const session = { cookie: await y.signIn() };
    const shown = (await y.get(`/api/people/${one.id}`, session)).body.identities.find((i: Json) => i.type === 'phone');
    expect(shown.id).toBe('139****0001');
    const apart = await y.post(`/api/people/${one.id}/split`, { identities: [{ type: 'phone', id: shown.id }] }, session);
    expect([apart.status, ids(apart.body.newPerson)]).toEqual([200, ['phone:139****0001']]);
  });

  it('takes what a forced merge made as it is, and lets it grow', async () => {
    await send({ userId: 'f1' }, { userId: 'f2' });
    const [one, two] = [await y.person('user_id:f1'), await y.person('user_id:f2')];
    expect((await merge(one.id, { with: two.id, force: true })).status).toBe(200);
    await send({ userId: 'f2', context: external(['email', 'f@example.com'], ['crm_id', 'f-crm']) });
    expect((await y.person('crm_id:f-crm')).id).toBe(one.id);
    await send({ userId: 'f3', context: external(['crm_id', 'f-crm']) });
    expect((await y.person('user_id:f3')).id).not.toBe(one.id);
  });
});

describe('quarantine', () => {
  it('takes a device that goes from hand to hand out of the game, shows what it had glued, and gives it back', async () => {
    for (let i = 0; i < 14; i++) await send({ userId: `shop-${i}`, anonymousId: 'till-tablet' });
    await send(
      { messageId: 'till-alone', anonymousId: 'till-tablet' },
      { userId: 'shop-20', anonymousId: 'till-tablet', messageId: 'shop-20-a' },
    );
    const [held] = (await y.get('/api/identity/quarantine')).body.items;
    expect(held).toMatchObject({ identity: { type: 'anonymous_id', id: 'till-tablet' }, reason: 'repointed', people: 11 });
    expect(held.glued).toHaveLength(10);
    expect(await eventsOf(held.own)).toEqual(['till-alone']);
    expect(ids(await y.person('user_id:shop-20'))).toEqual(['user_id:shop-20']);
    expect(await eventsOf((await y.person('user_id:shop-20')).id)).toEqual(['shop-20-a']);
    expect((await y.post(`/api/identity/quarantine/${held.id}/release`)).status).toBe(204);
    expect((await y.get('/api/identity/quarantine')).body.items).toEqual([]);
    expect((await y.get('/api/identity/quarantine?released=true')).body.items[0].released.actor.kind).toBe('apiKey');
    await send({ userId: 'shop-21', anonymousId: 'till-tablet' });
    expect((await y.person('anonymous_id:till-tablet')).id).toBe((await y.person('user_id:shop-21')).id);
  });

  it('takes a phone that stands between many people out of the game', async () => {
    await send({ userId: 'office-0', context: external(['phone', '13800138000']) });
    for (let i = 1; i < 13; i++) await send({ userId: `office-${i}`, context: external(['phone', '13800138000']) });
    const [held] = (await y.get('/api/identity/quarantine')).body.items;
    expect(held).toMatchObject({ identity: { type: 'phone', id: '+8613800138000' }, reason: 'conflicts', people: 11 });
    expect((await y.get('/api/identity/conflicts?type=phone&limit=100')).body.items).toHaveLength(11);
    const [{ id }] = (await y.get('/api/identity/conflicts?type=phone&limit=100')).body.items;
    expect((await y.post(`/api/identity/conflicts/${id}/dismiss`)).status).toBe(204);
    const seen: number[] = [];
    for (let cursor = ''; ; ) {
      const page = (await y.get(`/api/identity/conflicts?type=phone&limit=4${cursor && `&cursor=${cursor}`}`)).body;
      seen.push(...page.items.map((c: Json) => c.id));
      if (!page.nextCursor) break;
      cursor = encodeURIComponent(page.nextCursor);
    }
    expect([seen.length, new Set(seen).size, seen.includes(id)]).toEqual([10, 10, false]);
  });
});

describe('WeChat', () => {
  it('joins one unionid with the openids of many apps, and an external user of each corp', async () => {
    const apps = ['mp', 'game', 'oa'].map((app) => `wx-${app}`);
    for (const app of apps) await send({ context: external(['wechat_openid', `${app}:o1`]) });
    await send(
      { context: external(['wecom_external_userid', 'corp-a:wm1']) },
      { context: external(['wecom_external_userid', 'corp-b:wm1']) },
    );
    for (const app of apps) await send({ context: external(['wechat_unionid', 'union-1'], ['wechat_openid', `${app}:o1`]) });
    await send(
      { context: external(['wechat_unionid', 'union-1'], ['wecom_external_userid', 'corp-a:wm1']) },
      { context: external(['wechat_unionid', 'union-1'], ['wecom_external_userid', 'corp-b:wm1']) },
      // A second openid of the same app, a second external user of the same corp: somebody else, whatever the unionid says.
      { context: external(['wechat_unionid', 'union-1'], ['wechat_openid', 'wx-mp:o2']) },
      { context: external(['wechat_unionid', 'union-1'], ['wecom_external_userid', 'corp-a:wm2']) },
    );
    const person = await y.person('wechat_unionid:union-1');
    expect(ids(person)).toEqual(
      [
        'wechat_unionid:union-1',
        ...apps.map((a) => `wechat_openid:${a}:o1`),
        'wecom_external_userid:corp-a:wm1',
        'wecom_external_userid:corp-b:wm1',
      ].sort(),
    );
    // Readers see what was merged once the rooms have followed.
    await until('all of their events', async () => (await eventsOf(person.id)).length === 12);
  });

  it('knows pending ids as a type of the workspace', async () => {
    const before = (await y.get('/api/identity/policy')).body;
    const { blockedEverywhere, ...rest } = before;
    expect(blockedEverywhere).toContain('[object object]');
    const types = before.types.map(({ own, ...t }: Json) => t);
    const put = (body: object) => y.call({ method: 'PUT', path: '/api/identity/policy', body });
    expect((await put({ ...rest, types: types.slice(1) })).body.errors[0]).toMatchObject({
      field: 'types',
      reason: expect.stringContaining('user_id'),
    });
    expect((await put({ ...rest, types: [...types, types[0]] })).status).toBe(400);
    expect((await put({ ...rest, types, blocked: { shoe: ['42'] } })).status).toBe(400);
    const unknown = await y.send('track', { event: 'Seen', context: external(['wecom_pending_id', 'corp-a:pend-1']) });
    expect(unknown.status).toBe(400);
    const at5 = types.findIndex((t: Json) => t.type === 'wecom_external_userid') + 1;
    types.splice(at5, 0, { type: 'wecom_pending_id', strong: true, limit: 5, scoped: true });
    const saved = await put({ ...rest, types, blocked: { phone: ['13012341234'], '*': ['Test-User'] } });
    expect([saved.status, saved.body.types[at5].own]).toEqual([200, true]);
    await send(
      { context: external(['wecom_pending_id', 'corp-a:pend-1']) },
      { context: external(['wechat_unionid', 'union-2'], ['wecom_pending_id', 'corp-a:pend-1']) },
      { context: external(['wecom_external_userid', 'corp-a:wm9'], ['wecom_pending_id', 'corp-a:pend-1']) },
    );
    expect(ids(await y.person('wecom_pending_id:corp-a:pend-1'))).toEqual([
      'wechat_unionid:union-2',
      'wecom_external_userid:corp-a:wm9',
      'wecom_pending_id:corp-a:pend-1',
    ]);
    for (const bad of [external(['phone', '130 1234 1234']), external(['crm_id', ' "TEST-user" '])])
      expect((await y.send('track', { event: 'Seen', context: bad })).status).toBe(400);
    expect((await y.get('/api/identity/largest?limit=1')).body.items[0]).toMatchObject({
      identities: expect.any(Number),
      types: expect.any(Object),
    });
    await put({ ...rest, types: types.filter((t: Json) => t.type !== 'wecom_pending_id') });
  });
});
