import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Json, type Running, running, until, WRITE_KEY } from '../../../test/running.ts';
import { fitsChain, parseSelector } from './selector.ts';

describe('selectors over element chains', () => {
  const chain = 'main#app > div.list > div.card.big:nth-of-type(3) > button.buy[name="go"]:nth-of-type(2)';
  it.each([
    ['button', true],
    ['button.buy', true],
    ['.buy', true],
    ['[name="go"]', true],
    ['[name]', true],
    ['div.card > button', true],
    ['#app button.buy', true],
    ['#app .card .buy', true],
    ['div > div > button:nth-of-type(2)', true],
    [chain, true],
    ['#app > button', false],
    ['a', false],
    ['div.card', false],
    ['button:nth-of-type(1)', false],
    ['main:nth-of-type(1) button', true],
    ['[name="stop"]', false],
    ['.card .list .buy', false],
  ])('%s', (selector, fits) => {
    expect(fitsChain(parseSelector(selector)!, parseSelector(chain)!)).toBe(fits);
  });
  it.each(['', '>', 'a >', 'a + b', 'a:hover', 'a[b=c]', '"', 'a,b', '!'])('%j is none', (text) => {
    expect(parseSelector(text)).toBeUndefined();
  });
});

describe('named events', () => {
  let y: Running;
  beforeAll(async () => {
    y = await running();
  });
  afterAll(async () => {
    await y?.close();
  });
  const click = (who: string, n: number, more: Json = {}): Json => ({
    type: 'track',
    event: 'Element Clicked',
    anonymousId: who,
    messageId: `${who}-${n}`,
    timestamp: new Date(Date.UTC(2026, 8, 1, 4, n)).toISOString(),
    properties: { element_chain: 'main#app > button.buy:nth-of-type(2)', element_text: '立即购买', path: '/tea', ...more },
  });
  const send = (batch: Json[]) => y.send('batch', { batch, writeKey: WRITE_KEY });
  const named = async () => (await y.get('/api/named-events')).body.items as Json[];
  const counted = (count: number) => until(`${count} named`, async () => (await named())[0]?.count === count && (await named())[0]);

  it('names what was captured before and what comes after, once, and every room knows it by that name', async () => {
    await send([
      click('n1', 1),
      click('n1', 2),
      click('n2', 1),
      click('n2', 2, { path: '/cup' }),
      click('n3', 1, { element_text: '取消' }),
    ]);
    const rule = { on: 'click', selector: '#app > button.buy', text: { op: 'contains', value: '购买' }, path: { op: '=', value: '/tea' } };
    const made = await y.post('/api/named-events', { name: '点击购买', ...rule });
    expect(made.status).toBe(200);
    await until('the job', async () => (await y.get(`/api/jobs/${made.body.jobId}`)).body.state === 'done');
    expect(await counted(3)).toMatchObject({ name: '点击购买', people: 2 });
    await send([click('n1', 2), click('n4', 9)]);
    expect(await counted(4)).toMatchObject({ people: 3 });
    const preview = await y.post('/api/audiences/preview', {
      rule: { event: '点击购买', where: [{ property: 'path', op: '=', value: '/tea' }] },
    });
    expect(preview.body.count).toBe(3);
    const funnel = await y.post('/api/insight/funnel', {
      steps: [{ event: 'Element Clicked' }, { event: '点击购买' }],
      within: { days: 7 },
      from: '2026-08-01',
      to: '2026-10-01',
    });
    expect(funnel.status).toBe(200);
    const person = await y.person('anonymous_id:n4');
    const events = (await y.get(`/api/people/${person.id}/events?event=${encodeURIComponent('点击购买')}`)).body.items;
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      timestamp: click('n4', 9).timestamp,
      properties: { named_from: 'Element Clicked', element_text: '立即购买' },
    });
  });

  it('says beforehand what a rule would name; refuses names that mean something else, and rules that mean nothing', async () => {
    const now = y.system.clock.ms();
    await send([{ ...click('p1', 1), messageId: 'p-1', timestamp: new Date(now).toISOString() }]);
    const preview = await y.post('/api/named-events/preview', { on: 'click', selector: 'button.buy' });
    expect(preview.body).toMatchObject({ count: 1, people: 1, samples: [{ text: '立即购买', path: '/tea' }] });
    const refused = async (body: Json) => {
      const answer = await y.post('/api/named-events', body);
      return [answer.status, answer.body.errors[0].field];
    };
    expect(await refused({ name: '点击购买', on: 'click', selector: 'a' })).toEqual([409, 'name']);
    expect(await refused({ name: 'Element Clicked', on: 'click', selector: 'a' })).toEqual([400, 'name']);
    expect(await refused({ name: 'x', on: 'click', selector: 'a:hover' })).toEqual([400, 'selector']);
    await y.send('track', { event: 'Order Completed', userId: 'u', properties: { revenue: 1 } });
    expect(await refused({ name: 'Order Completed', on: 'click', selector: 'a' })).toEqual([409, 'name']);
  });

  it('is archived: nothing more is named, and what was stays', async () => {
    const [one] = await named();
    expect((await y.call({ method: 'DELETE', path: `/api/named-events/${one!.id}` })).status).toBe(204);
    expect(await named()).toEqual([]);
    await send([click('n5', 1)]);
    await y.system.events.flush();
    const person = await y.person('anonymous_id:n5');
    expect((await y.get(`/api/people/${person.id}/events?event=${encodeURIComponent('点击购买')}`)).body.items).toEqual([]);
    expect(y.errors).toEqual([]);
  });
});
