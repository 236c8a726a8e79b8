import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Running, running } from './running.ts';

let it_: Running;
beforeAll(async () => {
  it_ = await running();
}, 120_000);
afterAll(() => it_?.close());

const phone = '13812345678';

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
});
