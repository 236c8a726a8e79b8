import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type App, createHttp, silentLog } from '../base/index.ts';
import { routes as channelRoutes } from '../channels/index.ts';
import { routes as contentRoutes } from '../content/index.ts';
import { routes } from './index.ts';
import { chain, createHarness, type Harness, ws } from './journeys.fixture.ts';

let h: Harness;
let app: App;
beforeAll(async () => {
  h = await createHarness();
  app = await createHttp({ log: silentLog, version: 'test' });
  app.addHook('onRequest', async (req) => {
    Object.assign(req, {
      auth: { workspaceNo: 1, workspaceId: 'ws', timezone: 'Asia/Shanghai', actor: { kind: 'user', id: 'u', name: 'Li' } },
    });
  });
  contentRoutes(app, h.current.content);
  channelRoutes(app, h.current.channels);
  routes(app, h.current.journeys);
});
afterAll(async () => {
  await app.close();
  await h.close();
});

// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes are looked into here.
type Body = Record<string, any>;

const call = async (method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE', url: string, payload?: object) => {
  const answer = await app.inject({ method, url, ...(payload ? { payload } : {}) });
  return { status: answer.statusCode, body: answer.body === '' ? null : (answer.json() as Body), headers: answer.headers };
};

describe('the doors of content, channels and journeys', () => {
  it('carry a journey from its content to its results', async () => {
    const item = await call('POST', '/api/content', {
      name: 'Hi',
      body: 'Hi {{ link }}',
      link: { url: 'https://shop.example/a', title: 'Shop' },
    });
    expect(item.status).toBe(201);
    expect((await call('POST', `/api/content/${item.body!.id}/render`)).body).toMatchObject({
      text: 'Hi https://shop.example/a',
      errors: [],
    });
    const graph = chain(
      { id: 'in', type: 'entry', event: 'Go' },
      { id: 's', type: 'send', channel: 'webhook', contentId: item.body!.id },
      { id: 'x', type: 'exit' },
    );
    const made = await call('POST', '/api/journeys', { name: 'J', purpose: 'convert', graph });
    expect(made).toMatchObject({ status: 201, body: { state: 'draft', version: 0, problems: [] } });
    const id = made.body!.id as string;
    expect((await call('POST', `/api/journeys/${id}/launch`)).body).toMatchObject({ state: 'running', version: 1 });
    expect((await call('POST', `/api/journeys/${id}/launch`)).status).toBe(409);
    await h.happen('door', 'Go');
    const context = { timezone: 'America/New_York' };
    await h.events.write(ws, [{ messageId: 'zone', event: 'Looked', timestamp: h.clock.now(), userId: 'door', source: 'http', context }]);
    await h.settle();
    expect((await call('GET', `/api/journeys/${id}/results`)).body).toMatchObject({ entered: 1, branches: [] });
    expect((await call('GET', `/api/journeys/${id}/people?node=s&state=left`)).body!.items).toHaveLength(1);
    expect((await call('GET', '/api/journeys')).body!.items[0]).toMatchObject({ id, entered: 1 });
    const messages = await call('GET', `/api/messages?journeyId=${id}&state=sent`);
    expect(messages.body!.items).toMatchObject([{ journeyId: id, nodeId: 's', contentName: 'Hi', state: 'sent' }]);
    expect((await call('GET', '/api/messages/summary?days=3')).body).toMatchObject({ byState: { sent: 1 } });
    expect(await h.engines.pg.query('SELECT zone FROM person_zones')).toEqual([{ zone: 'America/New_York' }]);
    // One message without a click: 100 × (1 − e^(−1/8)).
    const person = messages.body!.items[0].person.id as string;
    expect((await call('GET', `/api/people/${person}/fatigue`)).body).toEqual({
      ...{ score: 12, messages: 1, clicks: 0, refusedAt: null, leftAt: null, above: null },
    });
    const bars = [1, 0, 0, 0, 0].map((people, i) => ({ from: i * 20, to: i === 4 ? 100 : i * 20 + 19, people }));
    expect((await call('GET', '/api/fatigue')).body).toMatchObject({ people: 1, kept: 0, above: null, bars });
    expect((await call('GET', '/api/fatigue/people?from=0&to=19')).body).toMatchObject({ items: [{ person: { id: person }, score: 12 }] });
    expect((await call('GET', '/api/fatigue/people?from=20')).body).toEqual({ items: [], nextCursor: null });
    const link = /\/t\/[\w-]+/.exec(messages.body!.items[0].text)![0];
    const followed = await app.inject({ method: 'GET', url: link });
    expect(followed).toMatchObject({ statusCode: 302, headers: { location: 'https://shop.example/a' } });
    expect((await call('DELETE', `/api/content/${item.body!.id}`)).status).toBe(409);
    expect((await call('PATCH', `/api/journeys/${id}`, { name: 'K' })).body).toMatchObject({ name: 'K', version: 1 });
    for (const verb of ['pause', 'resume', 'archive']) expect((await call('POST', `/api/journeys/${id}/${verb}`)).status).toBe(200);
    expect((await call('DELETE', `/api/content/${item.body!.id}`)).status).toBe(204);
  });

  it.each<[string, 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE', string, object | undefined, number, string?]>([
    ['content without a body', 'POST', '/api/content', { name: 'a' }, 400, 'body'],
    ['content with a broken template', 'POST', '/api/content', { name: 'a', body: '{{ x' }, 400, 'body'],
    [
      'content with a link to a script',
      'POST',
      '/api/content',
      { name: 'a', body: 'b', link: { url: 'javascript:alert(1)' } },
      400,
      'link.url',
    ],
    ['content with an unknown purpose', 'POST', '/api/content', { name: 'a', body: 'b', purpose: 'spam' }, 400, 'purpose'],
    ['content that is not there', 'GET', '/api/content/nope', undefined, 404],
    ['a journey without a graph', 'POST', '/api/journeys', { name: 'a' }, 400, 'graph'],
    [
      'a journey with a strange node',
      'POST',
      '/api/journeys',
      { name: 'a', graph: { nodes: [{ id: 'a', type: 'b' }], edges: [] } },
      400,
      'graph.nodes.0.type',
    ],
    ['a journey that is not there', 'POST', '/api/journeys/nope/launch', undefined, 404],
    ['a change of nothing', 'PATCH', '/api/journeys/nope', {}, 400],
    ['results of no version', 'GET', '/api/journeys/nope/results?version=0', undefined, 400, 'version'],
    ['people in a strange state', 'GET', '/api/journeys/nope/people?state=lost', undefined, 400, 'state'],
    ['a strange cursor', 'GET', '/api/messages?cursor=x', undefined, 400, 'cursor'],
    ['messages in a strange state', 'GET', '/api/messages?state=lost', undefined, 400, 'state'],
    ['a strange time of day', 'PUT', '/api/policy', { quietHours: { from: '25:00', to: '08:00' } }, 400, 'quietHours.from'],
    ['a cap of no days', 'PUT', '/api/policy', { caps: [{ messages: 1, days: 0 }] }, 400, 'caps.0.days'],
    ['a policy of nothing', 'PUT', '/api/policy', {}, 400],
    ['a link that was never made', 'GET', '/t/1-1-aaaaaaaaaaaa', undefined, 404],
  ])('answers %s', async (_what, method, url, payload, status, field) => {
    const answer = await call(method, url, payload);
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    if (field) expect(answer.body!.errors.map((e: { field: string }) => e.field)).toContain(field);
  });

  it('keep the policy and the channels', async () => {
    expect((await call('PUT', '/api/policy', { quietHours: { from: '21:00', to: '09:00' }, paused: true })).status).toBe(200);
    expect((await call('GET', '/api/policy')).body).toMatchObject({
      quietHours: { from: '21:00', to: '09:00' },
      quietByChannel: {},
      caps: [],
      consentRequired: false,
      fatigueAbove: null,
      paused: true,
      pausedBy: 'Li',
      remindAfterHours: null,
    });
    expect((await call('GET', '/api/channels')).body!.items).toMatchObject([
      { key: 'webhook', configured: true },
      { key: 'wechat_pay', configured: false },
    ]);
    expect((await call('PUT', '/api/channels/wecom', { corpId: 'ww' })).status).toBe(404);
    expect((await app.inject({ method: 'GET', url: '/api/openapi.json' })).statusCode).toBe(404);
  });
});
