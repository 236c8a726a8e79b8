import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWechatSimulator, openDemoCorp, type WechatSimulator } from '../src/simulators/index.ts';
import { type Json, type Running, running, until } from './running.ts';

/**
 * The whole loop through public doors only: events over the Segment door, everything set up over the API, the platform played by the simulator
 * through its own API and control, the link opened over the network. An order lifts a person to the next level; that starts a journey, which
 * branches, splits, sends; staff confirm, customers read and tap, some buy again; the result says so.
 */
const people = 14;
/** Their first orders are large: they go the branch of high value. */
const high = (i: number): boolean => i % 3 === 0;
/** They buy again after the message. */
const buysAgain = (i: number): boolean => i % 2 === 0;

describe('the loop', () => {
  let y: Running;
  let wechat: WechatSimulator;
  let shop: Server;
  let shopUrl: string;
  const visits: string[] = [];
  const corp = { corpid: '', staff: [] as string[] };
  const ids: Record<string, string> = {};
  const customers: string[] = [];

  beforeAll(async () => {
    wechat = createWechatSimulator({ seed: 'loop' });
    const { corpid, agentid, secret, staff } = openDemoCorp(wechat);
    Object.assign(corp, { corpid, staff });
    const platform = await wechat.listen();
    shop = createServer((req, res) => {
      visits.push(req.url ?? '');
      res.end('welcome');
    });
    await new Promise<void>((ready) => shop.listen(0, '127.0.0.1', ready));
    shopUrl = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`;
    y = await running({ env: { WECOM_BASE_URL: platform } });

    const callback = { token: 'a-token-of-ours', encodingAesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG' };
    const account = await made(
      y.call({
        method: 'PUT',
        path: '/api/channels/wecom',
        body: { corpId: corpid, agentId: agentid, secret, ...callback, welcome: { text: '{{ name }}，欢迎' } },
      }),
    );
    const door = await play('set-callback', { corpid, agentid, url: `${y.url}/wecom/callback/${account.id}`, ...callback });
    expect(door).toMatchObject({ ok: true });
    await made(y.call({ method: 'PUT', path: '/api/policy', body: { quietHours: null } }));
    for (const key of ['high', 'a', 'b']) {
      const item = {
        name: `Content ${key}`,
        body: `{{ person.name }}，${key}：{{ link }}`,
        link: { url: `${shopUrl}/${key}`, title: `To ${key}` },
      };
      ids[key] = (await made(y.post('/api/content', item))).id;
    }
    const rule = { all: [{ level: 'repeat' }, { tag: 'wecom_friend' }] };
    ids.audience = (await made(y.post('/api/audiences', { name: 'Repeat buyers on WeCom', rule, live: true }))).id;
    const byLevel = { event: 'Level Changed', where: [{ property: 'to', op: '=', value: 'repeat' }] };
    for (const [key, entry] of Object.entries({ level: byLevel, members: { audience: ids.audience } })) {
      ids[key] = (await made(y.post('/api/journeys', { name: `Journey ${key}`, purpose: 'convert', graph: graph(entry, ids) }))).id;
      expect(await made(y.post(`/api/journeys/${ids[key]}/launch`))).toMatchObject({ state: 'running', problems: [] });
    }
  });
  afterAll(async () => {
    await y?.close();
    await wechat?.close();
    shop?.close();
  });

  const made = async (answer: Promise<Json>): Promise<Json> => {
    const { status, body } = await answer;
    expect([status < 300, status < 300 ? '' : JSON.stringify(body)]).toEqual([true, '']);
    return body as Json;
  };
  /** What people do on the platform, over the simulator's control API. */
  const play = async (command: string, input: object): Promise<Json> => {
    const answer = await fetch(`${wechat.url()}/_control/${command}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(input),
    });
    const body = (await answer.json()) as Json;
    if (!answer.ok) throw new Error(`${command}: ${JSON.stringify(body)}`);
    return body;
  };
  const order = (user: string, no: number, revenue: number, at = new Date()): Promise<Json> =>
    y.send('track', {
      userId: user,
      event: 'Order Completed',
      messageId: `${user}-order-${no}`,
      timestamp: at.toISOString(),
      properties: { order_id: `${user}-${no}`, revenue, currency: 'CNY' },
    });
  const eventsOf = async (personId: string, event: string): Promise<Json[]> =>
    (await y.get(`/api/people/${personId}/events?event=${encodeURIComponent(event)}`)).body.items;
  const everyone = <T>(what: string, ask: (i: number) => Promise<T | undefined | null | false>): Promise<T[]> =>
    Promise.all(customers.map((_, i) => until(`${what} of customer ${i}`, () => ask(i), 30_000)));
  const inbox = async (i: number): Promise<Json[]> =>
    (await play('inbox', { corpid: corp.corpid, external_userid: customers[i]! })) as unknown as Json[];

  it('an order lifts a person to the next level', async () => {
    expect((await order('quick', 1, 50)).status).toBe(200);
    const person = await y.person('user_id:quick');
    const changes = await until('the level', async () => {
      const all = await eventsOf(person.id, 'Level Changed');
      return all.some((e) => e.properties.to === 'buyer') && all;
    });
    const [bought] = await eventsOf(person.id, 'Order Completed');
    const change = changes.find((e) => e.properties.to === 'buyer')!;
    // The change is told before it counts, so that a stop in between cannot hide it.
    await until('the person to be seen there', async () => (await y.get(`/api/people/${person.id}`)).body.level === 'buyer');
    console.info(`order received to level changed: ${Date.parse(change.receivedAt) - Date.parse(bought!.receivedAt)} ms`);
  });

  it('customers add members of staff, are welcomed, and are known as the buyers they are', async () => {
    for (let i = 0; i < people; i++) {
      const customer = await play('add-customer', { corpid: corp.corpid, name: `客人${i}` });
      customers.push(customer.external_userid);
      await play('add-friend', {
        corpid: corp.corpid,
        userid: corp.staff[i % corp.staff.length],
        external_userid: customer.external_userid,
        state: 'poster7',
      });
      const externalIds = [
        { id: `${corp.corpid}:${customer.external_userid}`, type: 'wecom_external_userid', collection: 'users', encoding: 'none' },
      ];
      expect((await y.send('identify', { userId: `buyer-${i}`, traits: { name: `客人${i}` }, context: { externalIds } })).status).toBe(200);
      expect((await order(`buyer-${i}`, 1, high(i) ? 400 : 40)).status).toBe(200);
    }
    const found = await everyone('friend and buyer', async (i) => {
      const person = (await y.get(`/api/people?externalId=user_id:buyer-${i}`)).body.items[0];
      return person?.level === 'buyer' && person.tags.some((t: Json) => t.key === 'wecom_friend') && person;
    });
    expect(new Set(found.map((p) => p.id)).size).toBe(people);
    const welcomed = await everyone('welcome', async (i) => (await inbox(i)).find((m) => m.kind === 'welcome'));
    expect(welcomed.map((m) => m.text)).toEqual(customers.map((_, i) => `客人${i}，欢迎`));
    for (const key of ['level', 'members']) expect((await y.get(`/api/journeys/${ids[key]}/results`)).body.entered).toBe(0);
  });

  it('the second order starts the journeys; staff confirm; the messages arrive', async () => {
    const answers = await Promise.all(customers.map((_, i) => order(`buyer-${i}`, 2, 30)));
    expect(answers.map((a) => a.status)).toEqual(customers.map(() => 200));
    await until('all in both journeys', async () => {
      const [level, members] = await Promise.all(['level', 'members'].map((key) => y.get(`/api/journeys/${ids[key]}/results`)));
      return level!.body.entered === people && members!.body.entered === people;
    });
    const confirmed = new Set<string>();
    const messages = await until(
      'two messages for everyone',
      async () => {
        for (const { msgid, userid } of (await play('pending-mass', { corpid: corp.corpid })) as unknown as Json[]) {
          await play('confirm-mass', { corpid: corp.corpid, msgid, userid });
          confirmed.add(userid);
        }
        const all = await Promise.all(customers.map((_, i) => inbox(i)));
        const mass = all.map((list) => list.filter((m) => m.kind === 'mass'));
        return mass.every((list) => list.length >= 2) && mass;
      },
      30_000,
    );
    expect([...confirmed].sort()).toEqual([...corp.staff].sort());
    for (const [i, list] of messages.entries()) {
      expect(list).toHaveLength(2);
      for (const { text, from } of list) {
        expect(text).toMatch(high(i) ? /^客人\d+，high：http/ : /^客人\d+，[ab]：http/);
        expect(text).toContain(`${y.url}/t/`);
        expect(from).toBe(corp.staff[i % corp.staff.length]);
      }
    }
    await until('the platform to have told that all are sent', async () => {
      const { byState } = (await y.get('/api/messages/summary')).body;
      return (byState.sent ?? 0) + (byState.clicked ?? 0) === 2 * people;
    });
  });

  it('a tap on the link comes back as an event and leads to the shop', async () => {
    await Promise.all(
      customers.map(async (external_userid, i) => {
        const mass = (await inbox(i)).filter((m) => m.kind === 'mass');
        for (const { id } of mass) {
          const opened = await play('click', { corpid: corp.corpid, external_userid, message: id });
          expect(opened).toMatchObject({ status: 200 });
          expect(opened.hops.at(-1)).toMatch(high(i) ? `${shopUrl}/high` : new RegExp(`^${shopUrl}/[ab]$`));
        }
      }),
    );
    expect(visits).toHaveLength(2 * people);
    const tagged = await everyone('click', async (i) => {
      const person = await y.person(`user_id:buyer-${i}`);
      const clicks = await eventsOf(person.id, 'Message Clicked');
      return clicks.length === 2 && person.tags.some((t: Json) => t.key === 'message_clicker') && { person, clicks };
    });
    for (const { clicks } of tagged) {
      expect(new Set(clicks.map((c: Json) => c.properties.journeyId))).toEqual(new Set([ids.level, ids.members]));
      for (const { properties } of clicks) expect(properties).toMatchObject({ channel: 'wecom', first: true });
    }
    const { person } = tagged[0]!;
    const messages = (await y.get(`/api/messages?personId=${person.id}`)).body.items;
    expect(messages.filter((m: Json) => m.journeyId).map((m: Json) => [m.channel, m.state, m.clickedAt !== null])).toEqual([
      ['wecom', 'sent', true],
      ['wecom', 'sent', true],
    ]);
  });

  it('the next order converts, and the results by branch show it, with the people behind', async () => {
    await Promise.all(customers.map((_, i) => buysAgain(i) && order(`buyer-${i}`, 3, 88)));
    const all = customers.map((_, i) => i);
    const converted = all.filter(buysAgain).length;
    for (const key of ['level', 'members']) {
      const results = await until('the conversions', async () => {
        const { body } = await y.get(`/api/journeys/${ids[key]}/results`);
        return body.converted === converted && body;
      });
      expect(results).toMatchObject({ entered: people, converted });
      const branch = (node: string, name: string) => results.branches.find((b: Json) => b.node === node && b.branch === name);
      const rich = all.filter(high);
      expect(branch('value', 'high')).toMatchObject({ entered: rich.length, converted: rich.filter(buysAgain).length });
      expect(branch('value', 'else')).toMatchObject({
        entered: people - rich.length,
        converted: all.filter((i) => !high(i) && buysAgain(i)).length,
      });
      const [a, b] = [branch('ab', 'a'), branch('ab', 'b')];
      expect(a.entered + b.entered).toBe(people - rich.length);
      expect(a.converted + b.converted).toBe(all.filter((i) => !high(i) && buysAgain(i)).length);
      for (const one of results.branches.filter((r: Json) => r.entered > 0)) {
        expect(one.rate).toBeCloseTo(one.converted / one.entered, 10);
        expect(one.low).toBeLessThanOrEqual(one.rate);
        expect(one.high).toBeGreaterThanOrEqual(one.rate);
      }
      const sends = results.nodes.filter((n: Json) => n.id.startsWith('send_'));
      expect(sends.reduce((n: number, s: Json) => n + s.entered, 0)).toBe(people);
      expect(sends.map((s: Json) => s.messages.clicked ?? 0).reduce((x: number, n: number) => x + n)).toBe(people);
      const behind = (await y.get(`/api/journeys/${ids[key]}/people?node=value&branch=high&state=converted`)).body;
      const names = behind.items.map((p: Json) => p.person.traits.name).sort();
      expect(names).toEqual(
        rich
          .filter(buysAgain)
          .map((i) => `客人${i}`)
          .sort(),
      );
    }
    const inAudience = (await y.get(`/api/audiences/${ids.audience}/members`)).body.items;
    expect(inAudience).toHaveLength(people);
  });

  it('nothing was told twice, and every step is on the timeline', async () => {
    for (const i of customers.keys()) {
      const person = await y.person(`user_id:buyer-${i}`);
      const converted = buysAgain(i) ? 2 : 0;
      // The results count a conversion as soon as it is written; its event lands a moment later.
      await until('the conversions on the timeline', async () => (await eventsOf(person.id, 'Journey Converted')).length >= converted);
      const timeline: Json[] = (await y.get(`/api/people/${person.id}/events?limit=200`)).body.items;
      const count = (name: string) => timeline.filter((e) => e.event === name && e.properties.journeyId).length;
      expect(new Set(timeline.map((e) => e.messageId)).size).toBe(timeline.length);
      for (const name of ['Journey Entered', 'Message Queued', 'Message Sent', 'Message Clicked'])
        expect([name, count(name)]).toEqual([name, 2]);
      expect(['Journey Converted', count('Journey Converted')]).toEqual(['Journey Converted', converted]);
      expect(
        timeline
          .filter((e) => e.event === 'Level Changed')
          .map((e) => e.properties.to)
          .slice(0, 2),
      ).toEqual(['repeat', 'buyer']);
      expect(timeline.filter((e) => e.event === 'Friend Added')).toHaveLength(1);
    }
    expect(y.errors).toEqual([]);
  });

  it('the customers and groups of who leaves go to several, at WeCom too', async () => {
    const [leaver, ...heirs] = corp.staff as [string, string, string];
    const rules = {
      enabled: true,
      touches: [{ event: 'Friend Added', staff: 'userId' }],
      protectionDays: 30,
      validityDays: 180,
      orderRenews: 'both',
    };
    await made(y.call({ method: 'PUT', path: '/api/binding/rules', body: { rules, from: '2020-01-01T00:00:00Z' } }));
    await made(y.post('/api/staff/sync', {}));
    const theirs = Math.ceil(people / corp.staff.length);
    await until('the customers to be bound', async () => (await y.get(`/api/staff/${leaver}/customers`)).body.items.length === theirs);
    for (let i = 0; i < 4; i++) await play('create-group', { corpid: corp.corpid, name: `群${i}`, owner: leaver });
    await until('the groups', async () => (await y.get(`/api/groups?owner=${leaver}`)).body.items.length === 4);
    await play('resign', { corpid: corp.corpid, userid: leaver });
    await play('rules', { handoverMs: 0 });
    await made(y.call({ method: 'PATCH', path: `/api/staff/${leaver}`, body: { state: 'left' } }));
    await made(y.post(`/api/staff/${leaver}/succession`, { to: heirs, reason: 'left', handOver: true }));
    const asked = async () => (await y.get('/api/transfers')).body.items as Json[];
    await until('the hand-overs to be asked for', async () => (await asked()).length === theirs);
    await y.system.binding.tick();
    expect(new Set((await asked()).map((one) => one.state))).toEqual(new Set(['waiting']));
    await play('finish-handovers', { corpid: corp.corpid });
    await y.system.binding.tick();
    const done = await asked();
    expect(done.map((one) => [one.state, one.resigned])).toEqual(done.map(() => ['done', true]));
    const groups = await made(y.post('/api/groups/handover', { from: leaver, to: heirs }));
    expect(groups).toMatchObject({ failed: [], left: 0 });
    expect(heirs.map((heir) => groups.moved.filter((one: Json) => one.to === heir).length)).toEqual([2, 2]);
    // Whom a customer is bound to is whose friend they are; nobody is left with who is gone.
    for (const { personId, to } of done)
      expect((await y.get(`/api/people/${personId}/binding`)).body).toMatchObject({ now: { staffId: to } });
    const friends = await until('WeCom to have told of it', async () => {
      const rows = await y.system.pg.query<{ userid: string; n: number }>(
        'SELECT userid, count(*) AS n FROM wecom_friends WHERE ended_at IS NULL GROUP BY 1',
      );
      return !rows.some((row) => row.userid === leaver) && rows.reduce((sum, row) => sum + row.n, 0) === people && rows;
    });
    expect(friends.map((row) => row.userid).sort()).toEqual([...heirs].sort());
  });
});

function graph(entry: object, ids: Record<string, string>) {
  const send = (id: string, content: string) => ({ id, type: 'send', channel: 'wecom', contentId: ids[content] });
  return {
    nodes: [
      { id: 'entry', type: 'entry', reentry: 'never', ...entry },
      {
        id: 'value',
        type: 'branch',
        branches: [
          { key: 'high', name: 'High', rule: { event: 'Order Completed', sum: { property: 'revenue_fen', op: '>=', value: 30_000 } } },
        ],
      },
      {
        id: 'ab',
        type: 'split',
        branches: [
          { key: 'a', name: 'A', weight: 50 },
          { key: 'b', name: 'B', weight: 50 },
        ],
      },
      send('send_high', 'high'),
      send('send_a', 'a'),
      send('send_b', 'b'),
      { id: 'goal', type: 'goal', event: 'Order Completed', withinDays: 7 },
      { id: 'exit', type: 'exit' },
    ],
    edges: [
      { from: 'entry', to: 'value' },
      { from: 'value', to: 'send_high', branch: 'high' },
      { from: 'value', to: 'ab', branch: 'else' },
      { from: 'ab', to: 'send_a', branch: 'a' },
      { from: 'ab', to: 'send_b', branch: 'b' },
      { from: 'send_high', to: 'goal' },
      { from: 'send_a', to: 'goal' },
      { from: 'send_b', to: 'goal' },
      { from: 'goal', to: 'exit' },
    ],
  };
}
