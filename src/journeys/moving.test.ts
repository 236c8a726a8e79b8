import { describe, expect, it } from 'vitest';
import { cases, entry, exit, h, price, send, start, user, users, wait } from './cases.fixture.ts';
import { chain, day, hour, minute, ws } from './journeys.fixture.ts';

cases();

describe('who enters', () => {
  it('whoever does the event, once', async () => {
    const j = await h.launch(chain(entry(), send(), exit()));
    await h.happen(user, start);
    await h.happen(user, start);
    await h.settle();
    await h.happen(user, start);
    await h.settle();
    expect(await h.trail(j, user)).toEqual(['enter in', 'arrive s', 'exit x completed']);
    expect(await h.received(user)).toBe(1);
  });

  it('by the conditions on the event', async () => {
    const j = await h.launch(chain(entry({ where: price('>=', 100) }), exit()));
    await h.happen(user, start, { price: 99 });
    await h.settle();
    expect(await h.trail(j, user)).toEqual([]);
    await h.happen(user, start, { price: 100 });
    await h.settle();
    expect(await h.trail(j, user)).toEqual(['enter in', 'exit x completed']);
  });

  it('nobody by an event before the launch, by imported history, or by another event', async () => {
    await h.happen(user, start);
    const j = await h.launch(chain(entry(), exit()));
    await h.happen(user, start, {}, { source: 'import:1' });
    await h.happen(user, `${start} `);
    await h.settle();
    expect(await h.trail(j, user)).toEqual([]);
  });

  it('by an event that comes late but after the launch', async () => {
    const j = await h.launch(chain(entry(), exit()));
    await h.happen(user, start, {}, { at: new Date(h.clock.ms() - 2 * hour) });
    await h.settle();
    expect(await h.trail(j, user)).toHaveLength(2);
  });

  it('by entering an audience, and only that one', async () => {
    const rule = h.audience.parse({ event: 'x' });
    const one = await h.audience.addAudience(ws, { name: 'A', rule, live: false });
    const two = await h.audience.addAudience(ws, { name: 'B', rule, live: false });
    const j = await h.launch(chain({ id: 'in', type: 'entry', audience: one.id, reentry: 'never' }, exit()));
    const k = await h.launch(chain({ id: 'in', type: 'entry', audience: two.id, reentry: 'never' }, exit()));
    await h.happen(user, 'Audience Entered', { audienceId: one.id, name: 'A' }, { source: 'yutang' });
    await h.settle();
    expect(await h.trail(j, user)).toHaveLength(2);
    expect(await h.trail(k, user)).toHaveLength(0);
  });

  it('again only after the days, with a new event, and not while inside', async () => {
    const j = await h.launch(chain(entry({ reentry: { afterDays: 2 } }), wait(), exit()));
    await h.happen(user, start);
    await h.pass(minute);
    await h.happen(user, start);
    await h.pass(2 * hour);
    expect(await h.trail(j, user)).toEqual(['enter in', 'arrive w', 'exit x completed']);
    h.clock.advance(day);
    await h.happen(user, start);
    await h.settle();
    expect(await h.trail(j, user)).toHaveLength(3);
    h.clock.advance(day);
    await h.happen(user, start);
    await h.settle();
    await h.pass(2 * hour);
    expect(await h.trail(j, user)).toHaveLength(6);
  });

  it('any number of times with 0 days; the same event brings nobody twice', async () => {
    const j = await h.launch(chain(entry({ reentry: { afterDays: 0 } }), send(), exit()));
    for (let i = 0; i < 3; i++) {
      await h.happen(user, start);
      await h.pass(minute);
    }
    expect(await h.trail(j, user)).toHaveLength(9);
    await h.engines.pg.query("UPDATE event_consumers SET through = 0 WHERE name = 'journeys'");
    const again = h.process();
    const rows = await h.engines.pg.query<{ top: number }>('SELECT max(id) AS top FROM event_batches');
    await again.journeys.consume({ workspaceNo: ws, fromBatch: 1, toBatch: rows[0]!.top, names: new Set([start]) });
    await h.settle();
    expect(await h.trail(j, user)).toHaveLength(9);
  });

  it('many at once, each into each journey', async () => {
    const j = await h.launch(chain(entry(), exit()));
    const k = await h.launch(chain(entry(), send(), exit()));
    await h.events.write(
      ws,
      Array.from({ length: 500 }, (_, i) => ({
        messageId: `${start}-${i}`,
        event: start,
        timestamp: h.clock.now(),
        userId: `many${i}`,
        source: 'http',
      })),
    );
    await h.settle();
    for (const id of [j, k]) expect(await h.current.journeys.results(ws, id)).toMatchObject({ entered: 500, inside: 0 });
  });
});

describe('how they move', () => {
  it('wait to the minute', async () => {
    const j = await h.launch(chain(entry(), wait({ minutes: 30 }), send(), exit()));
    await h.happen(user, start);
    await h.settle();
    await h.pass(29 * minute);
    expect(await h.trail(j, user)).toEqual(['enter in', 'arrive w']);
    await h.pass(minute);
    expect(await h.trail(j, user)).toEqual(['enter in', 'arrive w', 'arrive s', 'exit x completed']);
  });

  it.each([
    ['hours', { hours: 2 }, 2 * hour],
    ['days', { days: 3 }, 3 * day],
    ['parts of an hour', { hours: 0.5 }, hour / 2],
  ])('wait in %s', async (_unit, time, ms) => {
    const j = await h.launch(chain(entry(), wait(time), exit()));
    await h.happen(user, start);
    await h.settle();
    await h.pass(ms - 1000);
    expect(await h.trail(j, user)).toHaveLength(2);
    await h.pass(1000);
    expect(await h.trail(j, user)).toHaveLength(3);
  });

  it('one wait after another, each from the end of the one before, also after a long stop', async () => {
    const j = await h.launch(chain(entry(), wait({ hours: 1 }, 'w1'), wait({ hours: 1 }, 'w2'), exit()));
    await h.happen(user, start);
    await h.settle();
    await h.pass(10 * hour);
    expect(await h.trail(j, user)).toEqual(['enter in', 'arrive w1', 'arrive w2']);
    await h.pass(hour);
    expect(await h.trail(j, user)).toHaveLength(4);
  });

  const branching = (rules: unknown[]) => ({
    nodes: [
      entry(),
      { id: 'b', type: 'branch', branches: rules.map((rule, i) => ({ key: `k${i}`, name: `K${i}`, rule })) },
      send('s'),
      exit(),
    ],
    edges: [
      { from: 'in', to: 'b' },
      ...rules.map((_r, i) => ({ from: 'b', to: i === 0 ? 's' : 'x', branch: `k${i}` })),
      { from: 'b', to: 'x', branch: 'else' },
      { from: 's', to: 'x' },
    ],
  });

  it('by the first branch whose rule holds, else by else', async () => {
    const rules = [{ event: `Buy ${users}`, count: { op: '>=', value: 2 } }, { event: `Buy ${users}` }];
    const j = await h.launch(branching(rules));
    const [a, b, c] = [`${user}a`, `${user}b`, `${user}c`];
    for (const u of [a, a, b]) await h.happen(u, `Buy ${users}`);
    for (const u of [a, b, c]) await h.happen(u, start);
    await h.settle();
    expect((await h.trail(j, a))[1]).toBe('branch b:k0');
    expect((await h.trail(j, b))[1]).toBe('branch b:k1');
    expect((await h.trail(j, c))[1]).toBe('branch b:else');
    expect([await h.received(a), await h.received(b), await h.received(c)]).toEqual([1, 0, 0]);
  });

  it('by what is true when they reach the branch, not when they entered', async () => {
    const graph = branching([{ event: `Buy ${users}` }]);
    graph.nodes.splice(1, 0, wait());
    graph.edges[0] = { from: 'in', to: 'w' };
    graph.edges.push({ from: 'w', to: 'b' });
    const j = await h.launch(graph);
    await h.happen(user, start);
    await h.settle();
    await h.happen(user, `Buy ${users}`);
    await h.pass(hour);
    expect((await h.trail(j, user))[2]).toBe('branch b:k0');
  });

  it('by the entry event itself', async () => {
    const j = await h.launch(branching([{ event: start, where: price('>', 10) }]));
    await h.happen(user, start, { price: 11 });
    await h.settle();
    expect((await h.trail(j, user))[1]).toBe('branch b:k0');
  });

  it('by traits', async () => {
    const j = await h.launch(branching([{ trait: 'city', op: '=', value: 'Hangzhou' }]));
    await h.events.write(ws, [
      { messageId: `t${users}`, type: 'identify', timestamp: h.clock.now(), userId: user, traits: { city: 'Hangzhou' }, source: 'http' },
    ]);
    await h.happen(user, start);
    await h.settle();
    expect((await h.trail(j, user))[1]).toBe('branch b:k0');
  });

  it('by a split in the shares of its weights, the same person always the same way', async () => {
    const graph = {
      nodes: [
        entry({ reentry: { afterDays: 0 } }),
        {
          id: 'ab',
          type: 'split',
          branches: [
            { key: 'a', name: 'A', weight: 20 },
            { key: 'b', name: 'B', weight: 80 },
            { key: 'c', name: 'C', weight: 0 },
          ],
        },
        exit(),
      ],
      edges: [{ from: 'in', to: 'ab' }, ...['a', 'b', 'c'].map((branch) => ({ from: 'ab', to: 'x', branch }))],
    };
    const j = await h.launch(graph);
    const round = async (n: number) => {
      await h.events.write(
        ws,
        Array.from({ length: 1000 }, (_, i) => ({
          messageId: `${start}-${n}-${i}`,
          event: start,
          timestamp: h.clock.now(),
          userId: `split${i}`,
          source: 'http',
        })),
      );
      await h.pass(minute);
      return (await h.current.journeys.results(ws, j)).branches.map((b) => b.entered);
    };
    const first = await round(1);
    expect(first[0]! + first[1]!).toBe(1000);
    expect(Math.abs(first[0]! - 200)).toBeLessThan(45);
    expect(first[2]).toBe(0);
    expect(await round(2)).toEqual(first.map((n) => n * 2));
  });

  it('out at the end of a way without an exit', async () => {
    const j = await h.launch(chain(entry(), send()));
    await h.happen(user, start);
    await h.settle();
    expect(await h.trail(j, user)).toEqual(['enter in', 'arrive s', 'leave s completed']);
    expect(await h.current.journeys.results(ws, j)).toMatchObject({ entered: 1, inside: 0 });
  });

  it('through several sends, each once', async () => {
    await h.launch(chain(entry(), send('s1'), wait(), send('s2'), exit()));
    await h.happen(user, start);
    await h.settle();
    expect(await h.received(user)).toBe(1);
    await h.pass(hour);
    await h.settle();
    expect(await h.received(user)).toBe(2);
  });

  it('past a journey whose rule cannot be asked', async () => {
    const one = await h.audience.addAudience(ws, { name: 'gone', rule: h.audience.parse({ event: 'x' }), live: false });
    const stuck = await h.launch(branching([{ audience: one.id }]));
    await h.engines.pg.query('DELETE FROM audiences WHERE id = $1', [one.id]);
    const fine = await h.launch(chain(entry(), exit()));
    await h.happen(user, start);
    // A process that has not the audience in memory.
    await h.current.journeys.tick().catch(() => {});
    expect(await h.trail(fine, user)).toHaveLength(2);
    await h.current.journeys.archive(ws, stuck);
  });
});
