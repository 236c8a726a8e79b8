import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { limitMigrations } from './limits/migrations.ts';
import { createHarness, type Harness } from './outbox.fixture.ts';
import { quietUntil } from './quiet.ts';

let h: Harness;
beforeAll(async () => {
  h = await createHarness();
});
beforeEach(() => h.reset());
afterAll(() => h.close());

describe('quiet hours', () => {
  const until = (at: string, from: string, to: string, zone: string) => {
    const ms = quietUntil(Date.parse(at), { from, to }, zone);
    return ms === undefined ? undefined : new Date(ms).toISOString();
  };
  it.each([
    ['before', '2026-03-02T13:59:00Z', '22:00', '08:00', 'Asia/Shanghai', undefined],
    ['from the first minute', '2026-03-02T14:00:00Z', '22:00', '08:00', 'Asia/Shanghai', '2026-03-03T00:00:00.000Z'],
    ['after midnight', '2026-03-02T19:30:30Z', '22:00', '08:00', 'Asia/Shanghai', '2026-03-03T00:00:00.000Z'],
    ['the last minute', '2026-03-02T23:59:59Z', '22:00', '08:00', 'Asia/Shanghai', '2026-03-03T00:00:00.000Z'],
    ['the end is not quiet', '2026-03-03T00:00:00Z', '22:00', '08:00', 'Asia/Shanghai', undefined],
    ['within one day', '2026-03-02T05:10:00Z', '13:00', '14:30', 'Asia/Shanghai', '2026-03-02T06:30:00.000Z'],
    ['another zone', '2026-03-02T14:00:00Z', '22:00', '08:00', 'America/New_York', undefined],
    ['a zone of quarters', '2026-03-02T17:00:00Z', '22:00', '08:00', 'Asia/Kathmandu', '2026-03-03T02:15:00.000Z'],
    ['the night the clocks go forward', '2026-03-08T05:00:00Z', '22:00', '08:00', 'America/New_York', '2026-03-08T12:00:00.000Z'],
    ['the night the clocks go back', '2026-11-01T04:00:00Z', '22:00', '08:00', 'America/New_York', '2026-11-01T13:00:00.000Z'],
    ['none', '2026-03-02T14:00:00Z', '08:00', '08:00', 'Asia/Shanghai', undefined],
  ])('%s', (_what, at, from, to, zone, expected) => {
    expect(until(at, from, to, zone)).toBe(expected);
  });

  it('let a message wait, not fall', async () => {
    const channels = h.process();
    await channels.setPolicy(1, { quietHours: { from: '22:00', to: '08:00' } });
    h.clock.set('2026-03-02T15:00:00Z');
    await h.queue([1, 2]);
    await channels.dispatch();
    expect(await h.states()).toEqual({ queued: 2 });
    h.clock.set('2026-03-02T23:59:00Z');
    await channels.dispatch();
    expect(h.sinks.webhook.received).toHaveLength(0);
    h.clock.set('2026-03-03T00:00:00Z');
    await channels.dispatch();
    expect(await h.states()).toEqual({ sent: 2 });
  });
});

describe('who is sent to', () => {
  it('nobody twice for the same key', async () => {
    expect(await h.queue([1, 2])).toBe(2);
    expect(await h.queue([1, 2, 3])).toBe(1);
    await h.process().dispatch();
    expect(h.sinks.webhook.received.map((m) => m.personNo).sort()).toEqual([1, 2, 3]);
  });

  it('nobody who refused, by trait or by word on record', async () => {
    h.traits.set(1, { unsubscribed: true });
    h.traits.set(2, { consent_marketing: false });
    h.traits.set(3, { unsubscribed: 'true' });
    const at = h.clock.now();
    const channels = h.process();
    await channels.keepConsents(1, [
      { personNo: 4, purpose: '*', channel: '*', granted: false, at },
      { personNo: 5, purpose: 'benefit', channel: 'webhook', granted: false, at },
      { personNo: 6, purpose: 'notify', channel: '*', granted: false, at },
      { personNo: 7, purpose: '*', channel: 'wecom', granted: false, at },
    ]);
    await h.queue([1, 2, 3, 4, 5, 6, 7]);
    await channels.dispatch();
    expect(h.sinks.webhook.received.map((m) => m.personNo).sort()).toEqual([3, 6, 7]);
    expect(await h.states()).toEqual({ sent: 3, 'skipped:no_consent': 4 });
  });

  it('the newest word counts, in whatever order the words come', async () => {
    const channels = h.process();
    const word = (granted: boolean, at: string) => ({ personNo: 1, purpose: '*', channel: '*', granted, at: new Date(at) });
    await channels.keepConsents(1, [word(true, '2026-02-02T00:00:00Z'), word(false, '2026-02-01T00:00:00Z')]);
    await channels.keepConsents(1, [word(false, '2026-01-01T00:00:00Z')]);
    await h.queue([1]);
    await channels.dispatch();
    expect(await h.states()).toEqual({ sent: 1 });
  });

  it('only those who agreed, where consent is required', async () => {
    const channels = h.process();
    await channels.setPolicy(1, { consentRequired: true });
    h.traits.set(1, { consent_marketing: true });
    await channels.keepConsents(1, [{ personNo: 2, purpose: 'benefit', channel: '*', granted: true, at: h.clock.now() }]);
    await h.queue([1, 2, 3]);
    await channels.dispatch();
    expect(await h.states()).toEqual({ sent: 2, 'skipped:consent_missing': 1 });
  });

  it('nobody without an address, without a channel or without content', async () => {
    h.addresses.set(1, 'corp:wm1');
    await h.queue([1, 2], { channel: 'wecom' });
    await h.engines.pg.query("UPDATE outbox SET content_id = 'cnt_gone' WHERE person_no = 99");
    const channels = h.process();
    await channels.dispatch();
    expect(h.sinks.wecom.received.map((m) => m.address)).toEqual(['corp:wm1']);
    expect(await h.states()).toEqual({ submitted: 1, 'skipped:no_address': 1 });
    await h.engines.pg.query("DELETE FROM channel_accounts WHERE kind = 'webhook'");
    await h.queue([3]);
    await channels.dispatch();
    await h.queue([4], { channel: 'wecom', key: 'x' });
    h.addresses.set(4, 'corp:wm4');
    await h.engines.pg.query("UPDATE outbox SET content_id = 'cnt_gone' WHERE person_no = 4");
    await channels.dispatch();
    expect(await h.states()).toMatchObject({ 'skipped:no_channel': 1, 'skipped:no_content': 1 });
  });

  it('nobody over the cap, over all channels, within its days; what failed does not count', async () => {
    const channels = h.process();
    await channels.setPolicy(1, {
      caps: [
        { messages: 2, days: 1 },
        { messages: 3, days: 7 },
      ],
    });
    h.addresses.set(1, 'corp:wm1');
    h.sinks.webhook.answers((m) => (m.idempotencyKey === 'a:1' ? { state: 'failed', reason: 'http_400' } : {}));
    await h.queue([1], { key: 'a' });
    await channels.dispatch();
    await h.queue([1], { key: 'b' });
    await h.queue([1], { key: 'c', channel: 'wecom' });
    await channels.dispatch();
    await h.queue([1], { key: 'd' });
    await channels.dispatch();
    expect(await h.states()).toEqual({ 'failed:http_400': 1, sent: 1, submitted: 1, 'skipped:capped': 1 });
    h.clock.advance(24 * 3_600_000);
    await h.queue([1], { key: 'e' });
    await h.queue([1], { key: 'f' });
    await channels.dispatch();
    expect(await h.states()).toMatchObject({ sent: 2, 'skipped:capped': 2 });
    h.clock.advance(6 * 24 * 3_600_000);
    await h.queue([1], { key: 'g' });
    await channels.dispatch();
    expect(await h.states()).toMatchObject({ sent: 3, 'skipped:capped': 2 });
  });

  it('a cap holds inside one batch, and 0 stops all', async () => {
    const channels = h.process();
    await channels.setPolicy(1, { caps: [{ messages: 2, days: 7 }] });
    for (const key of ['a', 'b', 'c']) await h.queue([1, 2], { key });
    await channels.dispatch();
    expect(await h.states()).toEqual({ sent: 4, 'skipped:capped': 2 });
    await channels.setPolicy(1, { caps: [{ messages: 0, days: 7 }] });
    await h.queue([9], { key: 'z' });
    await channels.dispatch();
    expect(await h.states()).toMatchObject({ 'skipped:capped': 3 });
  });

  it('the same step of a journey once a day, also when two people turn out to be one', async () => {
    const channels = h.process();
    const journey = { id: 'jrn_1', version: 1, node: 'send1' };
    await h.queue([1], { journey, key: 'a' });
    await channels.dispatch();
    await h.queue([2], { journey, key: 'b' });
    await channels.onMerge(1, [{ from: 2, to: 1 }]);
    await channels.dispatch();
    await h.queue([3, 4], { journey, key: 'c' });
    await channels.onMerge(1, [{ from: 4, to: 3 }]);
    await channels.dispatch();
    await h.queue([1], { journey, key: 'again' });
    await channels.dispatch();
    expect(await h.states()).toEqual({ sent: 2, 'skipped:merged': 2, 'skipped:duplicate': 1 });
    h.clock.advance(25 * 3_600_000);
    await h.queue([1], { journey, key: 'd' });
    await channels.dispatch();
    expect(await h.states()).toEqual({ sent: 3, 'skipped:merged': 2, 'skipped:duplicate': 1 });
  });

  it('of two who turn out to be one: the newer word on consent, at the same instant the refusal', async () => {
    const channels = h.process();
    const word = (personNo: number, granted: boolean, at: string) => ({ personNo, purpose: '*', channel: '*', granted, at: new Date(at) });
    const [early, late] = ['2026-02-01T00:00:00Z', '2026-02-02T00:00:00Z'];
    await channels.keepConsents(1, [word(1, true, early), word(2, false, late), word(3, false, early), word(4, true, late)]);
    await channels.keepConsents(1, [word(5, true, late), word(6, false, late), word(7, false, late), word(8, true, late)]);
    await h.queue([1, 3, 5, 7]);
    await channels.onMerge(1, [
      { from: 2, to: 1 },
      { from: 4, to: 3 },
      { from: 6, to: 5 },
      { from: 8, to: 7 },
    ]);
    await channels.dispatch();
    expect(h.sinks.webhook.received.map((m) => m.personNo)).toEqual([3]);
  });

  it('a cap counts what both had who turn out to be one', async () => {
    const channels = h.process();
    await channels.setPolicy(1, { caps: [{ messages: 2, days: 7 }] });
    await h.queue([1, 2], { key: 'a' });
    await channels.dispatch();
    h.clock.advance(25 * 3_600_000);
    await channels.onMerge(1, [{ from: 2, to: 1 }]);
    await h.queue([1], { key: 'b' });
    await channels.dispatch();
    expect(await h.states()).toEqual({ sent: 2, 'skipped:capped': 1 });
  });

  it('after a split each has had what reached its own address', async () => {
    const channels = h.process();
    await channels.setPolicy(1, { caps: [{ messages: 1, days: 7 }] });
    h.addresses.set(1, 'corp:wm1');
    await h.queue([1], { channel: 'wecom', key: 'a' });
    await channels.dispatch();
    await channels.poll();
    h.clock.advance(60_000);
    await channels.poll();
    h.addresses.set(9, 'corp:wm1');
    h.addresses.set(1, 'corp:wm2');
    await channels.onSplit(1, { from: 1, to: 9, former: [], identities: [{ type: 'wecom_external_userid', value: 'corp:wm1' }] });
    await h.queue([1, 9], { channel: 'wecom', key: 'b' });
    await channels.dispatch();
    expect(h.sinks.wecom.received.map((m) => m.address)).toEqual(['corp:wm1', 'corp:wm2']);
    expect((await h.states())['skipped:capped']).toBe(1);
  });

  it('nobody while all is paused or the journey is held; then everyone', async () => {
    const channels = h.process();
    const journey = { id: 'jrn_1', version: 1, node: 'send1' };
    const { pg } = h.engines;
    await h.queue([1], { journey });
    await channels.hold(pg, 1, 'jrn_1');
    await h.queue([2], { journey });
    await h.queue([3]);
    await channels.setPolicy(1, { paused: true });
    await channels.dispatch();
    expect(await h.states()).toEqual({ queued: 3 });
    await channels.setPolicy(1, { paused: false });
    await channels.dispatch();
    expect(await h.states()).toEqual({ queued: 2, sent: 1 });
    await channels.release(pg, 1, 'jrn_1');
    await channels.dispatch();
    expect(await h.states()).toEqual({ sent: 3 });
  });

  it('whoever pauses while messages are on their way stops those not yet decided', async () => {
    h.addresses.set(2, 'corp:wm2');
    await h.queue([1], { key: 'first' });
    await h.queue([2], { channel: 'wecom', key: 'second' });
    await h
      .process(async (name) => {
        if (name === 'outbox.claimed') await h.process().setPolicy(1, { paused: true });
      })
      .dispatch();
    expect(await h.states()).toEqual({ sent: 1, queued: 1 });
  });

  it('a journey or a pass can take back what is not sent', async () => {
    const channels = h.process();
    const journey = { id: 'jrn_1', version: 1, node: 'send1' };
    await h.queue([1, 2, 3], { journey });
    await channels.skipPasses(h.engines.pg, 1, { people: [1], passNos: [1] }, 'merged');
    await channels.skipJourney(h.engines.pg, 1, 'jrn_1', 'journey_archived');
    await channels.dispatch();
    expect(await h.states()).toEqual({ 'skipped:merged': 1, 'skipped:journey_archived': 2 });
    await channels.announce();
    expect(
      h.events
        .of('Message Skipped')
        .map((e) => e.properties.reason)
        .sort(),
    ).toEqual(['journey_archived', 'journey_archived', 'merged']);
  });
});

describe('rules of the platform', () => {
  const wecom = async (people: number[], key: string) => {
    for (const no of people) h.addresses.set(no, `ww:${no}`);
    await h.queue(people, { channel: 'wecom', key });
  };
  beforeEach(() => h.engines.pg.query('TRUNCATE channel_limits'));

  it('hold when it is sent, with the key of the rule as the reason: by the calendar of Beijing, as the workspace has set it', async () => {
    const channels = h.process();
    const day = { period: { calendar: 'day' as const } };
    expect(await channels.limits.set(1, 'wecom.mass.perCustomer', day, { name: 'Li' })).toMatchObject({ value: null, own: { by: 'Li' } });
    await wecom([1, 2], 'a');
    await wecom([1], 'b');
    expect(await channels.foresee(1, { channel: 'wecom', people: [1, 3] })).toMatchObject({ messages: 2, may: 1 });
    await channels.dispatch();
    expect(await h.states()).toEqual({ submitted: 2, 'skipped:wecom.mass.perCustomer': 1 });
    // What was foretold is what comes: another address, or another day, is free.
    const told = await channels.foresee(1, { channel: 'wecom', people: [1, 2, 9], times: 1 });
    expect(told).toMatchObject({ messages: 3, may: 0 });
    expect(told.stopped.map((s) => [s.reason, s.messages])).toEqual([
      ['wecom.mass.perCustomer', 2],
      ['no_address', 1],
    ]);
    expect(told.stopped[0]?.zh).toContain('每天 1');
    h.clock.set('2026-03-02T16:00:00Z');
    expect(await channels.foresee(1, { channel: 'wecom', people: [1, 2], times: 2 })).toMatchObject({ messages: 4, may: 2 });
    await channels.limits.reset(1, 'wecom.mass.perCustomer');
    expect(await channels.foresee(1, { channel: 'wecom', people: [1, 2], times: 31 })).toMatchObject({ messages: 62, may: 60 });
    // Other channels are none of its business.
    await h.queue([1, 2], { key: 'w' });
    await channels.dispatch();
    expect((await h.states()).sent).toBe(2);
  });

  it('are named, dated and set only as the rule can be', async () => {
    const { limits } = h.process();
    for (const rule of await limits.list(1)) {
      expect(rule.name.zh && rule.name.en && rule.source.title, rule.key).toBeTruthy();
      expect(rule.checked, rule.key).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    }
    const refused = (key: string, change: object) =>
      limits.set(1, key, change, { name: 'Li' }).then(
        () => 0,
        (error: { status?: number }) => error.status,
      );
    expect(await refused('no.such', {})).toBe(404);
    expect(await refused('wecom.mass.reminders', { value: null })).toBe(400);
    expect(await refused('wecom.mass.reminders', { period: { calendar: 'day' } })).toBe(400);
    expect(await refused('official.mass.perFollower', { period: { calendar: 'day' } })).toBe(400);
    expect(await refused('official.template.perDay', { period: { calendar: 'month' } })).toBe(400);
    // What is not obeyed here cannot be set here, and what was set before that was said does not count.
    for (const key of ['wecom.calls.perHour', 'wecom.welcome.seconds', 'mini.subscribe.perConsent'])
      expect(await refused(key, { value: 3 }), key).toBe(400);
    await h.engines.pg.query(
      `INSERT INTO channel_limits (workspace_no, key, value, updated_at, updated_by) VALUES (1, 'mini.subscribe.perConsent', 3, now(), 'Li')`,
    );
    expect((await limits.list(1)).find((one) => one.key === 'mini.subscribe.perConsent')).toMatchObject({
      ...{ settable: false, value: 1, own: null },
    });
    expect((await limits.of(1)).get('mini.subscribe.perConsent').value).toBe(1);
    expect(
      await limits.set(1, 'official.reply.afterMessage', { value: 20, note: 'as told by the platform' }, { name: 'Li' }),
    ).toMatchObject({
      value: 20,
      period: { minutes: 2_880 },
      published: { value: 5 },
      own: { note: 'as told by the platform' },
    });
    expect((await limits.of(2)).get('official.reply.afterMessage').value).toBe(5);
  });

  it('begin lower with money, lie within each other, and took over what stood in the settings of the merchant', async () => {
    const { limits } = h.process();
    const pay = async () =>
      Object.fromEntries((await limits.list(1)).filter((one) => one.channel === 'wechat_pay').map((one) => [one.key.slice(13), one]));
    expect((await pay()).perDay).toMatchObject({ value: 500_000, published: { value: 10_000_000 }, own: null, unit: 'fen' });
    const reason = (work: Promise<unknown>) => work.then(String, (error) => error.errors?.[0]?.reason);
    const set = (key: string, value: number) => limits.set(1, `pay.transfer.${key}`, { value }, { name: 'Li' });
    expect(await reason(set('least', 20_001))).toBe('must not be above 20000 (pay.transfer.most)');
    expect(await reason(set('most', 200_000))).toBe('must not be above 199999 (pay.transfer.unnamed)');
    expect(await reason(set('most', 9))).toBe('must not be below 10 (pay.transfer.least)');
    await set('most', 50_000);
    await set('least', 30_000);
    expect(await reason(limits.reset(1, 'pay.transfer.most'))).toBe('must not be below 30000 (pay.transfer.least)');

    await h.engines.pg.query('TRUNCATE channel_limits');
    const settings = { mchid: '1900000001', singleMinFen: 10, singleMaxFen: 600, dayMaxFen: 1_000_000_000, personDayMaxFen: 20_000 };
    await h.engines.pg.query(
      `INSERT INTO channel_accounts (id, workspace_no, kind, config, created_at, updated_at) VALUES ('old', 1, 'wechat_pay', $1, now(), now())`,
      [JSON.stringify(settings)],
    );
    await h.engines.pg.query(limitMigrations[1]!.pg!);
    expect(
      Object.entries(await pay())
        .filter(([, one]) => one.own)
        .map(([key, one]) => [key, one.value, one.own?.by]),
    ).toEqual([
      ['most', 600, 'settings'],
      ['perDay', 1_000_000_000, 'settings'],
    ]);
    const [left] = await h.engines.pg.query<{ config: object }>(`SELECT config FROM channel_accounts WHERE id = 'old'`);
    expect(left?.config).toEqual({ mchid: '1900000001' });
    await h.engines.pg.query(`DELETE FROM channel_accounts WHERE id = 'old'`);
  });
});
