import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHarness, type Harness } from './outbox.fixture.ts';
import { keepZones, zonesOf } from './zones.ts';

let h: Harness;
beforeAll(async () => {
  h = await createHarness();
});
beforeEach(() => h.reset());
afterAll(() => h.close());

describe('the policy reaches as far as the purpose says', () => {
  const reasons = async () =>
    Object.fromEntries(
      (
        await h.engines.pg.query<{ key: string; what: string }>(
          'SELECT idempotency_key AS key, coalesce(reason, state) AS what FROM outbox ORDER BY idempotency_key COLLATE "C"',
        )
      ).map((row) => [row.key, row.what]),
    );

  it('quiet hours lie over the day of each person, and a channel may have its own', async () => {
    const channels = h.process();
    const night = { from: '22:00', to: '08:00' };
    await channels.setPolicy(1, { quietHours: night, quietByChannel: { wecom: null } });
    h.traits.set(1, { timezone: 'America/New_York' });
    h.traits.set(2, { timezone: 'nowhere' });
    // Without a trait: where their devices are; the newest counts, and a zone that is none does not.
    const seen = (personNo: number, zone: string, hour: number) => ({ personNo, zone, at: new Date(`2026-03-01T0${hour}:00:00Z`) });
    await keepZones(h.engines.pg, 1, [seen(1, 'Asia/Shanghai', 1), seen(4, 'America/New_York', 1), seen(5, 'America/New_York', 2)]);
    await keepZones(h.engines.pg, 1, [seen(4, 'Asia/Tokyo', 0), seen(5, 'Asia/Tokyo', 3), seen(5, 'Mars/Base', 4)]);
    for (const no of [1, 2]) h.addresses.set(no, `corp:${no}`);
    // Ten in the morning in Shanghai is nine in the evening in New York, noon is eleven.
    h.clock.set('2026-03-02T04:00:00Z');
    await h.queue([1, 2, 4, 5]);
    await h.queue([1], { channel: 'wecom', key: 'w' });
    await channels.dispatch();
    expect(await reasons()).toEqual({ 'k:1': 'queued', 'k:2': 'sent', 'k:4': 'queued', 'k:5': 'sent', 'w:1': 'submitted' });
    h.clock.set('2026-03-02T12:59:00Z');
    await channels.dispatch();
    expect((await reasons())['k:1']).toBe('queued');
    h.clock.set('2026-03-02T13:00:00Z');
    await channels.dispatch();
    expect((await reasons())['k:1']).toBe('sent');
    // Hours that hold no more hold nobody back.
    h.clock.set('2026-03-02T15:00:00Z');
    await h.queue([3], { key: 'n' });
    await channels.dispatch();
    expect((await reasons())['n:3']).toBe('queued');
    await channels.setPolicy(1, { quietHours: null });
    await channels.dispatch();
    expect((await reasons())['n:3']).toBe('sent');
  });

  it('where people are follows merges and splits, and what arrives late does not count as new', async () => {
    const channels = h.process();
    const { pg } = h.engines;
    const seen = (personNo: number, zone: string, day: number) => ({ personNo, zone, at: new Date(Date.UTC(2026, 2, day)) });
    await keepZones(pg, 1, [seen(1, 'Asia/Tokyo', 1), seen(2, 'Europe/Paris', 4)]);
    await keepZones(pg, 1, [seen(1, 'Asia/Tokyo', 6)]);
    await keepZones(pg, 1, [seen(1, 'America/Lima', 3)]);
    expect([...(await zonesOf(pg, 1, [1, 2]))]).toEqual([
      [1, 'Asia/Tokyo'],
      [2, 'Europe/Paris'],
    ]);
    await channels.onMerge(1, [{ from: 1, to: 2 }]);
    expect([...(await zonesOf(pg, 1, [1, 2]))]).toEqual([[2, 'Asia/Tokyo']]);
    await channels.onSplit(1, { from: 2, to: 3, former: [], identities: [] });
    expect([...(await zonesOf(pg, 1, [2, 3]))].sort()).toEqual([
      [2, 'Asia/Tokyo'],
      [3, 'Asia/Tokyo'],
    ]);
  });

  it('caps count marketing, by channel and by purpose too; a notice is never stopped by them, but by a refusal of its own', async () => {
    const channels = h.process();
    await channels.setPolicy(1, {
      caps: [
        { messages: 2, days: 7 },
        { messages: 1, days: 7, channel: 'wecom' },
        { messages: 1, days: 7, purpose: 'service' },
      ],
    });
    await expect(channels.setPolicy(1, { caps: [{ messages: 1, days: 1, purpose: 'notify' }] })).rejects.toThrow();
    h.addresses.set(1, 'corp:1');
    const send = async (key: string, purpose: string, channel = 'webhook') => {
      await h.queue([1], { key, purpose, channel });
      await channels.dispatch();
    };
    for (const [key, purpose] of Object.entries({ a: 'service', b: 'service', c: 'notify' })) await send(key, purpose);
    await send('d', 'benefit', 'wecom');
    await send('e', 'benefit', 'wecom');
    await send('f', 'convert');
    await send('g', 'convert');
    await send('h', 'notify');
    const at = h.clock.now();
    await channels.keepConsents(1, [{ personNo: 1, purpose: '*', channel: '*', granted: false, at }]);
    await send('i', 'notify');
    await channels.keepConsents(1, [{ personNo: 1, purpose: 'notify', channel: 'webhook', granted: false, at }]);
    await send('j', 'notify');
    expect(await reasons()).toEqual({
      ...{ 'a:1': 'sent', 'b:1': 'capped_purpose', 'c:1': 'sent', 'd:1': 'submitted', 'e:1': 'capped' },
      ...{ 'f:1': 'sent', 'g:1': 'capped', 'h:1': 'sent', 'i:1': 'sent', 'j:1': 'no_consent' },
    });
  });

  it('of what competes for the last room the higher priority goes: in one batch, on another channel, and soon; nobody waits for ever', async () => {
    const channels = h.process();
    await channels.setPolicy(1, { caps: [{ messages: 1, days: 1 }], competeMinutes: 60 });
    for (const no of [1, 2, 3]) h.addresses.set(no, `corp:${no}`);
    await h.queue([1], { key: 'low', priority: 10 });
    await h.queue([1], { key: 'high', priority: 90 });
    await h.queue([2, 3], { key: 'low', priority: 10 });
    const soon = new Date(h.clock.ms() + 30 * 60_000);
    await h.queue([2], { key: 'high', priority: 90, channel: 'wecom', dueAt: soon });
    const held = { id: 'jrn_held', version: 1, node: 'send' };
    await h.queue([3], { key: 'held', priority: 90, channel: 'wecom', journey: held });
    await channels.hold(h.engines.pg, 1, held.id);
    await channels.dispatch();
    expect(await reasons()).toEqual({
      ...{ 'high:1': 'sent', 'low:1': 'outranked', 'high:2': 'queued', 'low:2': 'queued', 'low:3': 'sent', 'jrn_held:held:3': 'queued' },
    });
    // The forecast sees what is in line, whatever its number.
    const [last] = await h.engines.pg.query<{ no: number }>('SELECT max(no) AS no FROM outbox');
    const ask = {
      channel: 'webhook',
      people: [2, ...Array.from({ length: last!.no }, (_, i) => 100 + i)],
      purpose: 'benefit',
      priority: 10,
    };
    expect(await channels.foreseeWho(1, ask, 'outranked', 5)).toEqual([2]);
    h.clock.advance(31 * 60_000);
    await channels.dispatch();
    // Channels claim side by side: whoever was asked first is asked again a minute later.
    h.clock.advance(61_000);
    await channels.dispatch();
    expect(await reasons()).toMatchObject({ 'high:2': 'submitted', 'low:2': 'outranked' });
    // What was to come is taken away: the lower goes when its time is over.
    h.clock.advance(48 * 3_600_000);
    await h.queue([1], { key: 'low2', priority: 10 });
    await h.queue([1], { key: 'never', priority: 90, channel: 'wecom', dueAt: new Date(h.clock.ms() + 59 * 60_000) });
    await channels.dispatch();
    expect((await reasons())['low2:1']).toBe('queued');
    await h.engines.pg.query("DELETE FROM channel_accounts WHERE kind = 'wecom'");
    h.clock.advance(61 * 60_000);
    await channels.dispatch();
    expect(await reasons()).toMatchObject({ 'never:1': 'no_channel', 'low2:1': 'sent' });
  });

  it('whoever is tired gets no marketing until it has passed; a notice they get', async () => {
    const channels = h.process();
    await channels.setPolicy(1, { fatigueAbove: 40 });
    for (let n = 0; n < 8; n++) {
      await h.queue([1], { key: `m${n}` });
      await channels.dispatch();
      h.clock.advance(3_600_000);
    }
    expect(await reasons()).toMatchObject({ 'm4:1': 'sent', 'm5:1': 'fatigued', 'm7:1': 'fatigued' });
    expect(await channels.foresee(1, { channel: 'webhook', people: [1, 2], purpose: 'benefit' })).toMatchObject({
      may: 1,
      stopped: [{ reason: 'fatigued', messages: 1 }],
    });
    expect(await channels.foreseeWho(1, { channel: 'webhook', people: [2, 1], purpose: 'benefit' }, 'fatigued', 5)).toEqual([1]);
    await h.queue([1], { key: 'notice', purpose: 'notify' });
    await channels.dispatch();
    h.clock.advance(7 * 24 * 3_600_000);
    await h.queue([1], { key: 'later' });
    await channels.dispatch();
    expect(await reasons()).toMatchObject({ 'notice:1': 'sent', 'later:1': 'sent' });
  });

  it('a purpose is added, renamed and retired, and never forgotten: what it means holds on', async () => {
    const channels = h.process();
    const { purposes } = await channels.policy(1);
    const vip = { key: 'vip', name: { zh: '会员日', en: 'Members' }, kind: 'service' as const };
    expect((await channels.setPolicy(1, { purposes: [...purposes, vip] })).purposes.at(-1)).toEqual(vip);
    expect((await channels.setPolicy(1, { purposes })).purposes).toEqual([...purposes, { ...vip, retired: true }]);
    await channels.setPolicy(1, { caps: [{ messages: 0, days: 7 }] });
    await h.queue([1], { purpose: 'vip' });
    await channels.dispatch();
    expect(await reasons()).toEqual({ 'k:1': 'sent' });
    expect((await channels.policy(1)).purposes.filter((one) => !one.retired)).toEqual(purposes);
  });
});
