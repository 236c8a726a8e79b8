import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type App, createHttp, manualClock, migrate, silentLog } from '../../base/index.ts';
import { createQuestions, type Questions, questionMigrations, questionRoutes } from '../index.ts';
import { insightWorld, type World } from '../world.fixture.ts';

let world: World;
let app: App;
let questions: Questions;
let workspaceNo = 0;
let actor = { id: 'm', name: '小王' };
let all = false;
beforeAll(async () => {
  world = await insightWorld('2026-03-10T12:00:00Z');
  const { pg, ch } = world.engines;
  await migrate(pg, ch, questionMigrations);
  workspaceNo = await world.tell([
    { person: 1, event: 'a', at: '2026-03-09T00:00:00Z', properties: { phone: 'kept~138' } },
    { person: 2, event: 'a', at: '2026-02-01T00:00:00Z' },
  ]);
  questions = createQuestions({
    ...world.deps,
    pg,
    clock: manualClock('2026-03-10T12:00:00Z'),
    // What personal values are kept as, in this test.
    hidden: async (_ws, steps, keep) => JSON.parse(JSON.stringify(steps).replaceAll('"138"', keep ? '"kept~138"' : '"shown~138"')),
  });
  app = await createHttp({ log: silentLog, version: 'test' });
  app.addHook('onRequest', async (req) => {
    req.auth = {
      workspaceNo,
      timezone: 'Asia/Shanghai',
      actor: { kind: 'member', ...actor },
      can: () => all,
    } as unknown as typeof req.auth;
  });
  questionRoutes(app, questions);
  await app.ready();
});
afterAll(async () => {
  await app.close();
  await world.close();
});

const call = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path = '', payload?: object) => {
  const answer = await app.inject({ method, url: `/api/insight/questions${path}`, ...(payload ? { payload } : {}) });
  return { status: answer.statusCode, body: answer.body ? answer.json() : undefined };
};
const trend = { kind: 'trend', series: [{ event: 'a' }], interval: 'day', from: '2026-01-01', to: '2026-03-11' };

describe('saved questions', () => {
  it('are saved, listed, asked again as of now, changed and forgotten', async () => {
    const { status, body } = await call('POST', '', { name: ' 每日 a ', question: trend, days: 7 });
    expect([status, body.name, body.kind, body.days, body.createdBy]).toEqual([200, '每日 a', 'trend', 7, '小王']);
    expect((await call('GET')).body.items).toMatchObject([{ id: body.id, question: { series: [{ event: 'a', measure: 'events' }] } }]);
    const whole = async () => (await call('GET', `/${body.id}/answer`)).body.rows.find((r: { period: null }) => r.period === null).number;
    // The last seven days; with the dates of the question itself, both.
    expect(await whole()).toBe(1);
    expect((await call('PATCH', `/${body.id}`, { days: null, name: 'A' })).body).toMatchObject({ name: 'A', days: null });
    expect(await whole()).toBe(2);
    expect((await call('DELETE', `/${body.id}`)).status).toBe(204);
    expect((await call('GET', `/${body.id}`)).status).toBe(404);
    expect((await call('DELETE', `/${body.id}`)).status).toBe(404);
  });

  it('are changed by whose they are, and by who may change everyone’s', async () => {
    const { body } = await call('POST', '', { name: 'mine', question: trend });
    expect(body.mayChange).toBe(true);
    actor = { id: 'n', name: '小李' };
    expect((await call('GET', `/${body.id}`)).body.mayChange).toBe(false);
    expect([(await call('PATCH', `/${body.id}`, { name: 'x' })).status, (await call('DELETE', `/${body.id}`)).status]).toEqual([403, 403]);
    all = true;
    expect((await call('DELETE', `/${body.id}`)).status).toBe(204);
    all = false;
    actor = { id: 'm', name: '小王' };
  });

  it('keep no personal value, and find it all the same', async () => {
    const where = [{ property: 'phone', op: '=', value: '138' }];
    const { body } = await call('POST', '', { name: 'phone', question: { ...trend, series: [{ event: 'a', where }] } });
    const [row] = await world.engines.pg.query<{ question: object }>('SELECT question FROM insight_questions WHERE id = $1', [body.id]);
    expect(JSON.stringify(row)).toContain('kept~138');
    expect(JSON.stringify(row)).not.toContain('"138"');
    const { rows } = (await call('GET', `/${body.id}/answer`)).body;
    expect(rows[0].people).toBe(1);
  });

  it('name what does not fit', async () => {
    const refused = await call('POST', '', {
      name: '',
      question: { kind: 'trend', from: '2026-01-01', to: '2026-02-01', interval: 'day', series: [] },
    });
    expect(refused.status).toBe(400);
    expect(refused.body.errors.map((e: { field: string }) => e.field)).toEqual(expect.arrayContaining(['name', 'question.series']));
    expect((await call('PATCH', '/qst_none', { name: 'x' })).status).toBe(404);
  });
});
