import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Running, running, until } from './running.ts';

let it_: Running;
beforeAll(async () => {
  it_ = await running();
}, 120_000);
afterAll(() => it_?.close());

const phone = '13812345678';

/** A key that may operate and see no personal values. */
const blindKey = async (): Promise<string> =>
  (await it_.post('/api/keys', { kind: 'api', name: 'blind', personal: false }, { cookie: await it_.signIn() })).body.secret;

describe('personal values', () => {
  it('stand nowhere in clear, and come back for a key that may see them', async () => {
    const { send, person, system } = it_;
    const made = await send('identify', {
      userId: 'u-1',
      traits: { name: '王小鱼', phone, email: 'wang@example.com', city: '上海', address: { city: '上海', street: '南京路 1 号' } },
      context: { externalIds: [{ type: 'phone', id: phone }], ip: '10.1.2.3', traits: { mobile: phone } },
    });
    expect(made.status).toBe(200);
    await send('track', {
      userId: 'u-1',
      event: 'Order Completed',
      properties: { revenue: 10, receiver: { phone }, products: [{ name: 'tea', email: 'wang@example.com' }] },
    });
    await system.settle();
    const found = await person(`phone:+86${phone}`);
    expect(found.identities).toContainEqual(expect.objectContaining({ type: 'phone', id: `+86${phone}` }));
    expect(found.traits).toMatchObject({
      name: '王小鱼',
      phone,
      email: 'wang@example.com',
      address: { city: '上海', street: '南京路 1 号' },
    });
    const events = (await it_.get(`/api/people/${found.id}/events`)).body.items;
    expect(JSON.stringify(events)).toContain(phone);
    const kept = JSON.stringify([
      await system.pg.query('SELECT * FROM identities'),
      await system.pg.query('SELECT * FROM people'),
      await system.ch.query('SELECT * FROM events'),
    ]);
    expect(kept).toContain('王小鱼');
    for (const value of [phone, 'wang@example.com', '南京路', '10.1.2.3']) expect(kept).not.toContain(value);
  });

  it('are masked for members', async () => {
    const cookie = await it_.signIn();
    const { body } = await it_.get(`/api/people?externalId=phone:${phone}`, { cookie });
    expect(body.items[0].identities).toContainEqual(expect.objectContaining({ type: 'phone', id: '138****5678' }));
    expect(body.items[0].traits).toMatchObject({ phone: '138****5678', email: 'w***@example.com', name: '王小鱼' });
  });

  it('are found by rules that say them, and warned about where a rule cannot be answered', async () => {
    const { post, system } = it_;
    await it_.send('identify', { userId: 'u-2', traits: { name: '李小虾', phone: '13812340000' } });
    await system.settle();
    const count = async (rule: object) => (await post('/api/audiences/preview', { rule })).body;
    expect(await count({ trait: 'phone', op: '=', value: phone })).toMatchObject({ count: 1, sample: [{ name: '王小鱼' }], warnings: [] });
    expect(await count({ trait: 'phone', op: 'in', value: [phone, '13812340000'] })).toMatchObject({ count: 2 });
    expect(await count({ trait: 'phone', op: '!=', value: phone })).toMatchObject({ count: 1, sample: [{ name: '李小虾' }] });
    expect(await count({ event: 'Order Completed', where: [{ property: 'receiver.phone', op: '=', value: phone }] })).toMatchObject({
      count: 1,
    });
    const part = await count({ trait: 'phone', op: 'contains', value: '1381234' });
    expect(part).toMatchObject({ count: 0 });
    expect(JSON.stringify(part.warnings)).toContain('personal');
    const made = await post('/api/audiences', { name: 'one', rule: { trait: 'phone', op: '=', value: phone } });
    expect(made.status).toBeLessThan(300);
    expect(JSON.stringify(await system.pg.query('SELECT * FROM audiences'))).not.toContain(phone);
    expect(JSON.stringify((await it_.get(`/api/audiences/${made.body.id}`)).body.rule)).toContain(phone);
  });

  it('are met by funnels, which say what was asked', async () => {
    const where = [{ property: 'receiver.phone', op: '=', value: phone }];
    const steps = [{ event: 'Order Completed', where }];
    const day = 86_400_000;
    const range = { from: new Date(Date.now() - day).toISOString(), to: new Date(Date.now() + day).toISOString() };
    const { status, body } = await it_.post('/api/insight/funnel', { steps, within: { days: 1 }, ...range });
    expect([status, body.rows[0]?.people], JSON.stringify(body)).toEqual([200, 1]);
    expect(body.meta.question.steps).toEqual(steps);
    const people = await it_.post('/api/insight/people', { question: { ...body.meta.question, kind: 'funnel' }, cell: { step: 1 } });
    expect(people.body.items, JSON.stringify(people.body)).toMatchObject([{ traits: { name: '王小鱼' } }]);
    // Kept, it shows masks to who may not see more; sent back, these are the values that stood there.
    const kept = { kind: 'funnel', steps, within: { days: 1 }, ...range };
    const { id } = (await it_.post('/api/insight/questions', { name: 'By phone', question: kept })).body;
    const key = await blindKey();
    const seen = (await it_.get(`/api/insight/questions/${id}`, { key })).body;
    expect(JSON.stringify(seen)).not.toMatch(new RegExp(`pii~|${phone}`));
    const { kind: _, ...masked } = seen.question;
    const again = await it_.post('/api/insight/funnel', masked, { key });
    expect([again.status, again.body.rows?.[0]?.people], JSON.stringify(again.body)).toEqual([200, 1]);
  });

  it('are met by journeys, stand sealed in their graphs, and survive being edited by who sees only masks', async () => {
    const { post, system } = it_;
    const where = [{ property: 'receiver.phone', op: '=', value: '13812340000' }];
    const graph = {
      nodes: [
        { id: 'in', type: 'entry', event: 'Parcel Sent', where, reentry: 'never' },
        { id: 'out', type: 'exit' },
      ],
      edges: [{ from: 'in', to: 'out' }],
    };
    const made = await post('/api/journeys', { name: 'By phone', graph });
    expect(made.status, JSON.stringify(made.body)).toBeLessThan(300);
    expect(JSON.stringify(await system.pg.query('SELECT graph FROM journeys'))).not.toContain('13812340000');
    const key = await blindKey();
    const seen = (await it_.get(`/api/journeys/${made.body.id}`, { key })).body;
    expect(seen.graph.nodes[0].where[0].value).toBe('138****0000');
    const edited = await it_.call({ method: 'PATCH', path: `/api/journeys/${made.body.id}`, body: { graph: seen.graph }, key });
    expect(edited.status, JSON.stringify(edited.body)).toBe(200);
    expect((await post(`/api/journeys/${made.body.id}/launch`)).status).toBe(200);
    for (const [n, to] of ['13812340000', phone].entries())
      await it_.send('track', { userId: `u-${n + 1}`, event: 'Parcel Sent', properties: { receiver: { phone: to } } });
    await system.settle();
    const inside = await system.pg.query<{ name: string }>(
      "SELECT traits->>'name' AS name FROM journey_people JOIN people USING (person_no)",
    );
    expect(inside).toEqual([{ name: '王小鱼' }]);
  });

  it('in kept rules are seen by who may reveal, and survive being edited by who sees masks', async () => {
    const { post, get, call, system } = it_;
    const phones = ['13811110000', '13812220000'];
    const rule = {
      any: [
        { trait: 'phone', op: 'in', value: phones },
        { event: 'Order Completed', where: [{ property: 'receiver.phone', op: '=', value: phone }] },
      ],
    };
    const { id } = (await post('/api/audiences', { name: 'phones', rule })).body;
    const path = `/api/audiences/${id}`;
    const kept = async () => (await system.pg.query<{ rule: object }>('SELECT rule FROM audiences WHERE id = $1', [id]))[0]!.rule;
    const before = await kept();
    // A list is a set: kept in the order of its tokens.
    const anyOrder = {
      any: [{ ...rule.any[0], value: expect.toSatisfy((list: string[]) => [...list].sort().join() === phones.join()) }, rule.any[1]],
    };
    expect((await get(path, { cookie: await it_.signIn() })).body.rule).toMatchObject(anyOrder);
    const key = await blindKey();
    const seen = (await get(path, { key })).body;
    // Alike under their masks, they have marks.
    expect(seen.rule.any[0].value).toEqual([expect.stringMatching(/^138\*{4}0000·.{3}$/), expect.stringMatching(/^138\*{4}0000·.{3}$/)]);
    const edit = (body: object) => call({ method: 'PATCH', path, body, key });
    const renamed = await edit({ name: 'renamed', rule: seen.rule });
    expect(renamed.status, JSON.stringify(renamed.body)).toBe(200);
    expect(await kept()).toEqual(before);
    // What it counts while it is edited, too.
    const one = await post('/api/audiences/preview', { rule: seen.rule.any[1] }, { key });
    expect([one.status, one.body.count], JSON.stringify(one.body)).toEqual([200, 1]);
    // Which of the two is meant cannot be told without its mark; nor what a mask means that stands nowhere.
    for (const value of [['138****0000'], ['139****9999']]) {
      const refused = await edit({ rule: { any: [{ trait: 'phone', op: 'in', value }, seen.rule.any[1]] } });
      expect([refused.status, refused.body.errors?.[0]?.field]).toEqual([400, 'rule']);
    }
    expect(await kept()).toEqual(before);
    const less = await edit({ rule: seen.rule.any[1] });
    expect(less.status).toBe(200);
    expect(await kept()).toEqual((before as { any: object[] }).any[1]);
  });

  it('in notes by staff are recognised and sealed', async () => {
    const { id } = await it_.person('user_id:u-2');
    const text = '加微信 138 1234 5678，或 Wang@Example.com；订单 1381234567890，座机 021-5555 6666';
    const made = await it_.post(`/api/people/${id}/notes`, { text });
    expect(made.status).toBe(201);
    const rows = JSON.stringify(await it_.system.pg.query('SELECT text FROM person_notes'));
    for (const part of ['138 1234 5678', 'xample.com']) expect(rows).not.toContain(part);
    const cookie = await it_.signIn();
    const seen = (await it_.get(`/api/people/${id}/notes`, { cookie })).body.items[0].text;
    expect(seen).toBe('加微信 138****5678，或 w***@example.com；订单 1381234567890，座机 021-5555 6666');
    const revealed = await it_.post(`/api/people/${id}/reveal`, { fields: ['notes'] }, { cookie });
    expect(revealed.body.notes).toEqual([
      { id: made.body.id, text: '加微信 +8613812345678，或 wang@example.com；订单 1381234567890，座机 021-5555 6666' },
    ]);
    expect((await it_.get(`/api/people/${id}/notes`)).body.items[0].text).toContain('+8613812345678');
  });

  it('what somebody said about being written to is kept by purpose and channel, with who and when', async () => {
    const { id } = await it_.person('user_id:u-2');
    const path = `/api/people/${id}/consents`;
    expect((await it_.get(path)).status).toBe(200);
    const put = (body: unknown) => it_.call({ method: 'PUT', path, body });
    const said = await put({ consents: [{ purpose: 'convert', channel: 'webhook', granted: false }, { granted: true }] });
    expect(said.status, JSON.stringify(said.body)).toBe(200);
    const held = JSON.stringify((await it_.get(path)).body);
    expect(held).toContain('convert');
    expect(held).toContain('webhook');
    expect((await put({ consents: [{ purpose: 'convert', granted: 'yes' }] })).status).toBe(400);
    const late = await put({ consents: [{ granted: true, at: '2999-01-01T00:00:00Z' }] });
    expect([late.status, late.body.errors?.[0]?.field]).toEqual([400, 'consents.0.at']);
    expect((await it_.get('/api/people/p_nobody/consents')).status).toBeGreaterThanOrEqual(400);
  });

  it('what somebody said last about all covers being shown to advertisers too', async () => {
    const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString();
    const ads = { purpose: 'ads', channel: 'ads' };
    const said = {
      'u-left': [
        { ...ads, granted: true, at: day(2) },
        { granted: false, at: day(1) },
      ],
      'u-came': [
        { granted: false, at: day(2) },
        { ...ads, granted: true, at: day(1) },
      ],
    };
    for (const [i, [userId, consents]] of Object.entries(said).entries()) {
      await it_.send('identify', { userId, traits: { club: 'ads' }, context: { externalIds: [{ type: 'phone', id: `1391234000${i}` }] } });
      const { id } = await it_.person(`user_id:${userId}`);
      expect((await it_.call({ method: 'PUT', path: `/api/people/${id}/consents`, body: { consents } })).status).toBe(200);
    }
    await it_.system.settle();
    const audience = await it_.post('/api/audiences', { name: 'Club', rule: { trait: 'club', op: '=', value: 'ads' } });
    const asked = await it_.post(`/api/audiences/${audience.body.id}/files`, { format: 'hashed', identities: ['phone'] });
    expect([asked.status, asked.body.errors]).toEqual([202, undefined]);
    const job = await until('the file', async () => {
      const { body } = await it_.get(`/api/jobs/${asked.body.jobId}`);
      return (body.state === 'done' || body.state === 'failed') && body;
    });
    expect(job.state).toBe('done');
    const hash = createHash('sha256').update('+8613912340001').digest('hex');
    const lines = (await it_.get(`/api/audiences/files/${asked.body.id}`)).body.trim().split(/\r?\n/);
    expect(lines.slice(1)).toEqual([`phone,${hash}`]);
  });
});
