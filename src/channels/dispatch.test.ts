import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHarness, type Harness, Killed } from './outbox.fixture.ts';

let h: Harness;
beforeAll(async () => {
  h = await createHarness();
});
beforeEach(() => h.reset());
afterAll(() => h.close());

const people = Array.from({ length: 40 }, (_, i) => i + 1);
const killAt = (name: string, nth = 1) => {
  let passed = 0;
  return (at: string) => {
    passed += at === name ? 1 : 0;
    if (at === name && passed === nth) throw new Killed(name);
  };
};

/** Goes on with a process that nobody kills, until all is told. */
async function finish(): Promise<void> {
  const channels = h.process();
  for (let i = 0; i < 12; i++) {
    await channels.dispatch();
    await channels.poll();
    await channels.announce();
    h.clock.advance(60_000);
  }
}

const endings = () => {
  const ends = h.events.all().filter((e) => e.event === 'Message Sent');
  return { sent: ends.length, people: new Set(ends.map((e) => e.personNo)).size, queued: h.events.of('Message Queued').length };
};

describe('a process that dies', () => {
  for (const kind of ['webhook', 'wecom'] as const) {
    it.each(['outbox.claimed', 'outbox.submitted', 'outbox.recorded', 'outbox.announced', 'outbox.told', 'outbox.polled'])(
      `at %s sends everyone one message by ${kind}`,
      async (name) => {
        for (const no of people) h.addresses.set(no, `corp:wm${no}`);
        await h.queue(people, { channel: kind });
        const dying = h.process(killAt(name));
        await dying.dispatch().catch(() => {});
        h.clock.advance(10_000);
        await dying.poll().catch(() => {});
        await dying.announce().catch(() => {});
        await finish();
        const sink = h.sinks[kind];
        expect(sink.received.map((m) => m.personNo).sort((a, b) => a - b)).toEqual(people);
        if (kind === 'wecom') expect(sink.doubled).toEqual([]);
        expect(await h.states()).toEqual({ sent: people.length });
        expect(endings()).toEqual({ sent: people.length, people: people.length, queued: people.length });
      },
    );

    it(`in the middle of the call by ${kind}`, async () => {
      for (const no of people) h.addresses.set(no, `corp:wm${no}`);
      await h.queue(people, { channel: kind });
      h.sinks[kind].breakAfter(17);
      await expect(h.process().dispatch()).rejects.toThrow(Killed);
      // And again while it takes up what was in doubt.
      await h
        .process(killAt('outbox.recovering'))
        .dispatch()
        .catch(() => {});
      await finish();
      expect(h.sinks[kind].received.map((m) => m.personNo).sort((a, b) => a - b)).toEqual(people);
      if (kind === 'wecom') expect(h.sinks.wecom.doubled).toEqual([]);
      expect(await h.states()).toEqual({ sent: people.length });
    });
  }

  it('sends again word for word what was in doubt', async () => {
    h.traits.set(1, { name: 'Ann' });
    await h.queue([1]);
    await h
      .process(killAt('outbox.claimed'))
      .dispatch()
      .catch(() => {});
    h.traits.set(1, { name: 'Bea' });
    await finish();
    expect(h.sinks.webhook.received.map((m) => m.text.slice(0, 6))).toEqual(['Hi Ann']);
  });

  it('at any place, in any order, any number of times: one message each', async () => {
    const step = fc.oneof(
      {
        weight: 3,
        arbitrary: fc.record({
          do: fc.constant('dispatch' as const),
          at: fc.constantFrom('', 'outbox.claimed', 'outbox.submitted', 'outbox.recorded', 'outbox.recovering'),
          nth: fc.integer({ min: 1, max: 3 }),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          do: fc.constant('announce' as const),
          at: fc.constantFrom('', 'outbox.announced', 'outbox.told'),
          nth: fc.constant(1),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ do: fc.constant('poll' as const), at: fc.constantFrom('', 'outbox.polled'), nth: fc.constant(1) }),
      },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('break' as const), at: fc.constant(''), nth: fc.integer({ min: 0, max: 12 }) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('queue' as const), at: fc.constant(''), nth: fc.integer({ min: 1, max: 15 }) }) },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 3, maxLength: 14 }),
        fc.constantFrom('webhook' as const, 'wecom' as const),
        async (steps, kind) => {
          await h.reset();
          for (const no of people) h.addresses.set(no, `corp:wm${no}`);
          let queued = 10;
          await h.queue(people.slice(0, queued), { channel: kind });
          for (const s of steps) {
            h.clock.advance(7_000);
            const channels = h.process(killAt(s.at, s.nth));
            if (s.do === 'dispatch') await channels.dispatch().catch(() => {});
            if (s.do === 'announce') await channels.announce().catch(() => {});
            if (s.do === 'poll') await channels.poll().catch(() => {});
            if (s.do === 'break') h.sinks[kind].breakAfter(s.nth);
            if (s.do === 'queue') {
              await h.queue(people.slice(0, queued + s.nth), { channel: kind });
              queued = Math.max(queued, Math.min(people.length, queued + s.nth));
            }
          }
          h.sinks[kind].breakAfter(-1);
          await finish();
          expect(h.sinks[kind].received.map((m) => m.personNo).sort((a, b) => a - b)).toEqual(people.slice(0, queued));
          if (kind === 'wecom') expect(h.sinks.wecom.doubled).toEqual([]);
          expect(endings()).toEqual({ sent: queued, people: queued, queued });
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('the outbox', () => {
  it('tries again with growing pauses, then gives up', async () => {
    let tries = 0;
    h.sinks.webhook.answers(() => {
      tries += 1;
      return { state: 'retry', reason: 'http_503' };
    });
    await h.queue([1]);
    const channels = h.process();
    await channels.dispatch();
    expect(await h.states()).toEqual({ 'queued:http_503': 1 });
    await channels.dispatch();
    expect(tries).toBe(1);
    for (let i = 0; i < 30; i++) {
      h.clock.advance(11 * 60_000);
      await channels.dispatch();
    }
    expect(tries).toBe(20);
    expect(await h.states()).toEqual({ 'failed:gave_up: http_503': 1 });
  });

  it('waits as long as the platform asks, with all of the account', async () => {
    h.sinks.webhook.answers(() => ({ state: 'retry', reason: 'http_429', retryAt: new Date(h.clock.ms() + 60_000) }));
    await h.queue([1, 2]);
    const channels = h.process();
    await channels.dispatch();
    h.sinks.webhook.answers(() => ({}));
    await h.queue([3]);
    h.clock.advance(59_000);
    await channels.dispatch();
    expect(h.sinks.webhook.received).toHaveLength(0);
    h.clock.advance(1_000);
    await channels.dispatch();
    expect(h.sinks.webhook.received).toHaveLength(3);
  });

  it('waits with one message alone where only that one has to', async () => {
    h.sinks.webhook.answers(() => ({ state: 'retry', reason: 'quota', retryAt: new Date(h.clock.ms() + 86_400_000), waitsAlone: true }));
    await h.queue([1]);
    const channels = h.process();
    await channels.dispatch();
    h.sinks.webhook.answers(() => ({}));
    await h.queue([2], { key: 'next' });
    await channels.dispatch();
    expect(h.sinks.webhook.received.map((m) => m.personNo)).toEqual([2]);
    h.clock.advance(86_400_000);
    await channels.dispatch();
    expect(h.sinks.webhook.received.map((m) => m.personNo)).toEqual([2, 1]);
  });

  it('two processes share the work and send nothing twice', async () => {
    const many = Array.from({ length: 5000 }, (_, i) => i + 1);
    await h.queue(many);
    await Promise.all([1, 2].map(() => h.process(() => {}, false).dispatch()));
    expect(h.sinks.webhook.received).toHaveLength(5000);
    expect(h.sinks.webhook.doubled).toEqual([]);
  });

  it('a tracked link leads where the message says, counts one click a minute, and nowhere else', async () => {
    await h.queue([1]);
    const channels = h.process();
    await channels.dispatch();
    const [message] = h.sinks.webhook.received;
    expect(message!.link).toEqual({ url: expect.stringMatching(/^https:\/\/yutang\.example\/t\/[\w-]+$/), title: 'Shop' });
    expect(message!.text).toContain(message!.link!.url);
    const token = message!.link!.url.split('/t/')[1]!;
    expect(await channels.follow(token)).toBe('https://shop.example/x');
    expect(await channels.follow(token)).toBe('https://shop.example/x');
    h.clock.advance(60_000);
    await channels.follow(token);
    expect(h.events.of('Message Clicked').map((e) => e.properties.first)).toEqual([true, false]);
    for (const bad of ['', 'x', `${token}x`, token.replace(/^1-/, '2-'), `1-2-${token.split('-')[2]}`])
      expect(await channels.follow(bad)).toBeUndefined();
    const list = await channels.messages(1, { limit: 10, state: 'clicked' });
    expect(list.items).toMatchObject([{ id: message!.outboxId, state: 'sent', contentName: 'Hello', clickedAt: expect.any(String) }]);
    expect((await channels.messages(2, { limit: 10 })).items).toEqual([]);
  });

  it('lists by filter and page, and sums up by day', async () => {
    await h.queue(people.slice(0, 5));
    h.sinks.webhook.answers((m) => (m.personNo === 2 ? { state: 'failed', reason: 'http_400' } : {}));
    const channels = h.process();
    await channels.dispatch();
    const first = await channels.messages(1, { limit: 3 });
    const rest = await channels.messages(1, { limit: 3, cursor: first.nextCursor! });
    expect([...first.items, ...rest.items]).toHaveLength(5);
    expect(rest.nextCursor).toBeNull();
    expect((await channels.messages(1, { limit: 9, reason: 'http_400' })).items).toHaveLength(1);
    const summary = await channels.summary(1, 'Asia/Shanghai', 2);
    expect(summary).toEqual({
      byState: { queued: 0, submitting: 0, submitted: 0, sent: 4, skipped: 0, failed: 1, clicked: 0 },
      byReason: { http_400: 1 },
      costFen: {},
      perDay: [
        { day: '2026-03-01', queued: 0, sent: 0, skipped: 0, failed: 0, clicked: 0 },
        { day: '2026-03-02', queued: 5, sent: 4, skipped: 0, failed: 1, clicked: 0 },
      ],
    });
  });

  it('keeps the secrets of an account sealed and to itself', async () => {
    const wecom = { corpId: 'ww1', secret: 'very-secret', token: 'tok-secret', encodingAesKey: 'a'.repeat(43) };
    const channels = h.process();
    await channels.save(1, 'wecom', wecom);
    await expect(channels.save(1, 'wecom', { corpId: '' })).rejects.toMatchObject({ status: 400, errors: [{ field: 'corpId' }] });
    const saved = await channels.save(1, 'wecom', { corpId: 'ww2', secret: '' });
    expect(saved).toMatchObject({ settings: { corpId: 'ww2' }, secretsSet: ['secret', 'token', 'encodingAesKey'] });
    expect(JSON.stringify([saved, await channels.list(1)])).not.toMatch(/very-secret|tok-secret|aaaa/);
    expect(JSON.stringify(await h.engines.pg.query('SELECT * FROM channel_accounts'))).not.toContain('very-secret');
    expect((await channels.accounts.one(1, 'wecom'))!.config).toMatchObject({ corpId: 'ww2', secret: 'very-secret' });
  });
});
