import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Json, type Running, running, until } from './running.ts';

/** Steps that other rooms do (tags, coupons, notices, what fits best), in the whole program: asked over the API, seen from outside. */
let y: Running;
let sink: Server;
const heard: Json[] = [];
beforeAll(async () => {
  sink = createServer((req, res) => {
    let body = '';
    req.on('data', (chunk) => {
      body += chunk;
    });
    req.on('end', () => {
      heard.push(JSON.parse(body) as Json);
      res.end();
    });
  });
  await new Promise<void>((ready) => sink.listen(0, '127.0.0.1', ready));
  const host = `127.0.0.1:${(sink.address() as AddressInfo).port}`;
  y = await running({ env: { YUTANG_WEBHOOK_ALLOW: host } });
  const set = async (method: string, path: string, body: object) =>
    expect([path, (await y.call({ method, path, body })).status]).toEqual([path, 200]);
  await set('PUT', '/api/channels/webhook', { url: `http://${host}/`, secret: 'a secret of sixteen' });
  // At whatever hour this runs, and nobody is left out to compare with.
  await set('PUT', '/api/policy', { quietHours: null });
  const { content } = (await y.get('/api/matching/settings')).body;
  await set('PATCH', '/api/matching/settings', { content: { ...content, holdout: 0 } });
});
afterAll(async () => {
  await y?.close();
  sink?.close();
});

const made = async (path: string, body: object): Promise<string> => {
  const answer = await y.post(path, body);
  expect([path, answer.status, answer.status === 201 ? '' : JSON.stringify(answer.body)]).toEqual([path, 201, '']);
  return answer.body.id;
};

it('gives a tag and a coupon, tells the webhook, and says what fits with the code and the entry in it', async () => {
  const coupon = await made('/api/coupons', {
    name: 'Ten off',
    terms: { type: 'amount', faceFen: 1000, thresholdFen: 5000, validity: { days: 7 } },
    stock: 5,
  });
  const words = await made('/api/content', { name: 'Cart', body: '{{ entry.product }} waits: {{ coupon.code }}' });
  const graph = {
    nodes: [
      { id: 'entry', type: 'entry', event: 'Cart Left' },
      { id: 'tag', type: 'tag', add: 'warm' },
      { id: 'coupon', type: 'coupon', couponId: coupon },
      { id: 'told', type: 'webhook', topic: 'cart' },
      { id: 'send', type: 'send', channel: 'webhook', contentId: 'auto', among: [words] },
      { id: 'exit', type: 'exit' },
    ],
    edges: [
      { from: 'entry', to: 'tag' },
      { from: 'tag', to: 'coupon' },
      { from: 'coupon', to: 'told', branch: 'issued' },
      { from: 'told', to: 'send' },
      { from: 'send', to: 'exit' },
    ],
  };
  const journey = await made('/api/journeys', { name: 'Cart', graph });
  expect((await y.get(`/api/journeys/${journey}`)).body.problems).toEqual([]);
  expect((await y.post(`/api/journeys/${journey}/launch`)).status).toBe(200);
  // The coupon went live with the journey.
  expect((await y.get(`/api/coupons/${coupon}`)).body.state).toBe('live');
  await y.send('track', { userId: 'ann', event: 'Cart Left', properties: { product: 'Teapot' } });
  const person = await y.person('user_id:ann');
  const held = await until('the coupon', async () => (await y.get(`/api/people/${person.id}/coupons`)).body.items[0] as Json | undefined);
  expect(held).toMatchObject({ state: 'issued' });
  const notice = await until('the notice', async () => heard.find((one) => one.topic === 'cart'));
  expect(notice).toMatchObject({ journey: { id: journey }, person: { id: person.id } });
  const sent = await until('the message', async () => {
    const { items } = (await y.get(`/api/messages?personId=${person.id}`)).body;
    return items.find((m: Json) => m.state !== 'queued' && m.state !== 'submitting') as Json | undefined;
  });
  expect([sent.state, sent.reason ?? '', sent.contentId, sent.text]).toEqual(['sent', '', words, `Teapot waits: ${held.code}`]);
  await until('the tag', async () => (await y.person('user_id:ann')).tags.some((tag: Json) => tag.key === 'warm'));
  await until('the numbers on the ways', async () => {
    const { edges } = (await y.get(`/api/journeys/${journey}/results`)).body;
    return edges.find((edge: Json) => edge.from === 'coupon' && edge.branch === 'issued')?.passed === 1;
  });
  expect(y.errors).toEqual([]);
});

it('sets a task for staff, invites to a group, and gives everyone the arm that an experiment on its split was decided for', async () => {
  await made('/api/staff', { id: 'wang', name: 'Wang' });
  const group = await made('/api/touchpoints', { kind: 'short_link', name: 'Tea group', url: 'https://shop.example/group' });
  const invite = await made('/api/content', { name: 'Invite', body: 'Join: {{ group.url }}' });
  const graph = {
    nodes: [
      { id: 'entry', type: 'entry', event: 'Signed Up' },
      {
        id: 'ab',
        type: 'split',
        branches: [
          { key: 'call', weight: 50 },
          { key: 'group', weight: 50 },
        ],
      },
      { id: 'task', type: 'task', staffId: 'wang', text: 'Say hello', dueInDays: 0 },
      { id: 'group', type: 'group', touchpointId: group, channel: 'webhook', contentId: invite },
      { id: 'exit', type: 'exit' },
    ],
    edges: [
      { from: 'entry', to: 'ab' },
      { from: 'ab', to: 'task', branch: 'call' },
      { from: 'ab', to: 'group', branch: 'group' },
      { from: 'task', to: 'exit' },
      { from: 'group', to: 'exit' },
    ],
  };
  const journey = await made('/api/journeys', { name: 'Hello', graph });
  expect((await y.get(`/api/journeys/${journey}`)).body.problems).toEqual([]);
  expect((await y.post(`/api/journeys/${journey}/launch`)).status).toBe(200);
  const experiment = await made('/api/experiments', {
    name: 'Call or group',
    definition: {
      ...{ on: { kind: 'journey', journeyId: journey, nodeId: 'ab' }, control: 'call', windowDays: 1 },
      arms: graph.nodes[1]!.branches!.map(({ key, weight }) => ({ key, name: key, weight })),
      primary: { key: 'order', name: 'Ordered', kind: 'conversion', event: 'Order Completed' },
    },
  });
  expect((await y.post(`/api/experiments/${experiment}/launch`)).status).toBe(200);
  const names = Array.from({ length: 12 }, (_, i) => `new-${i}`);
  for (const userId of names) await y.send('track', { userId, event: 'Signed Up' });
  const { call, group: invited } = await until('an arm for everyone', async () => {
    const { arms } = (await y.get(`/api/experiments/${experiment}/results`)).body;
    const assigned = Object.fromEntries(arms.map((a: Json) => [a.key, a.assigned])) as Record<string, number>;
    return assigned.call! + assigned.group! === names.length ? assigned : undefined;
  });
  const tasks = await until('the tasks', async () => {
    const mine = ((await y.get('/api/sidebar/tasks?staff=wang')).body.items as Json[]).filter((t) => t.text === 'Say hello');
    return mine.length === call ? mine : undefined;
  });
  const messages = await until('the invitations', async () => {
    const items = (await y.get(`/api/messages?journeyId=${journey}`)).body.items as Json[];
    return items.filter((m) => m.state === 'sent').length === invited ? items : undefined;
  });
  const { url } = (await y.get(`/api/touchpoints/${group}`)).body;
  expect([...new Set(messages.map((m) => m.text))]).toEqual([`Join: ${url}`]);
  const reached = [...tasks.map((t) => t.personId), ...messages.map((m) => m.person.id)];
  expect(new Set(reached).size).toBe(names.length);

  expect((await y.post(`/api/experiments/${experiment}/decide`, { arm: 'group' })).status).toBe(200);
  const decided = await until('the new version', async () => {
    const { body } = await y.get(`/api/journeys/${journey}`);
    return body.version === 2 ? (body as Json) : undefined;
  });
  expect(decided.graph.nodes.find((n: Json) => n.id === 'ab').branches).toMatchObject([{ weight: 0 }, { weight: 100 }]);
  for (const i of Array(6).keys()) await y.send('track', { userId: `later-${i}`, event: 'Signed Up' });
  await until('six more invitations', async () => {
    const items = (await y.get(`/api/messages?journeyId=${journey}`)).body.items as Json[];
    return items.filter((m) => m.state === 'sent').length === invited! + 6;
  });
  expect(y.errors).toEqual([]);
});

it('lets a customer say at a page of their own what they are sent: one click or each kind, also after a merge', async () => {
  const words = await made('/api/content', { name: 'News', purpose: 'benefit', body: 'News. Stop: {{ unsubscribe }}' });
  const ask = (name: string) => ({
    nodes: [
      { id: 'entry', type: 'entry', event: name, reentry: 'always' },
      { id: 'send', type: 'send', channel: 'webhook', contentId: words },
      { id: 'exit', type: 'exit' },
    ],
    edges: [
      { from: 'entry', to: 'send' },
      { from: 'send', to: 'exit' },
    ],
  });
  const messageOf = async (event: string): Promise<Json> => {
    const journey = await made('/api/journeys', { name: event, graph: ask(event) });
    expect((await y.post(`/api/journeys/${journey}/launch`)).status).toBe(200);
    await y.send('track', { anonymousId: 'eve-phone', event });
    return until(`the message of ${event}`, async () => {
      const { items } = (await y.get(`/api/messages?journeyId=${journey}`)).body;
      return items.find((m: Json) => m.state === 'sent' || m.state === 'skipped') as Json | undefined;
    });
  };
  await y.send('identify', { anonymousId: 'eve-phone', traits: { name: 'Eve Example', phone: '13800138000' } });
  const first = await messageOf('First');
  const address = new URL(/https?:\S+\/u\/\S+/.exec(first.text)![0]).pathname;
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const page = await y.get(address, { key: null });
  expect([page.status, page.headers.get('referrer-policy'), page.body.includes('优惠与福利')]).toEqual([200, 'no-referrer', true]);
  expect(page.body).not.toMatch(/Eve|138/);
  expect((await y.get(`${address.slice(0, -2)}xx`, { key: null })).status).toBe(404);
  // Looking changed nothing; the one click of a mail program, in the shape of RFC 8058, does.
  const boundary = '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n';
  const clicked = await y.post(address, boundary, { key: null, headers: { 'content-type': 'multipart/form-data; boundary=b' } });
  expect([clicked.status, clicked.headers.get('set-cookie')]).toEqual([200, null]);
  const said = (await y.get(`/api/people/${first.person.id}/consents`)).body;
  expect(said.items).toMatchObject([{ purpose: 'benefit', channel: 'webhook', granted: false }]);
  expect(said.history).toMatchObject([{ source: 'one_click', by: 'customer' }]);
  expect(await messageOf('Second')).toMatchObject({ state: 'skipped', reason: 'no_consent' });
  // Who they turn out to be: the address still is theirs, and takes back what it said.
  await y.send('track', { userId: 'eve', event: 'Seen' });
  const known = await y.person('user_id:eve');
  await y.send('identify', { anonymousId: 'eve-phone', userId: 'eve' });
  await until('the merge', async () => (await y.person('anonymous_id:eve-phone')).id === (await y.person('user_id:eve')).id);
  expect(known.id).not.toBe(first.person.id);
  const { id } = await y.person('user_id:eve');
  await until('what was said follows', async () => (await y.get(`/api/people/${id}/consents`)).body.items.length > 0);
  const on = ['benefit', 'convert', 'community', 'service', 'notify'].map((key) => `on=${key}:webhook`).join('&');
  const saved = await y.post(address, `do=these&${on}`, { key: null, headers: form });
  expect([saved.status, saved.headers.get('location')]).toEqual([303, `${address}?said=saved`]);
  expect(await messageOf('Third')).toMatchObject({ state: 'sent' });
  expect((await y.post(address, 'do=no_marketing', { key: null, headers: form })).status).toBe(303);
  expect(await messageOf('Fourth')).toMatchObject({ state: 'skipped', reason: 'no_consent' });
  expect(y.errors).toEqual([]);
});
