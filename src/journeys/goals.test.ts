import { describe, expect, it } from 'vitest';
import { cases, entry, exit, goal, h, price, send, start, user, users, wait } from './cases.fixture.ts';
import { chain, day, hour, minute, ws } from './journeys.fixture.ts';

cases();

describe('goals', () => {
  it('are reached while inside, by a later event, once', async () => {
    const j = await h.launch(chain(entry(), wait(), goal(), exit()));
    await h.happen(user, start);
    await h.settle();
    h.clock.advance(minute);
    await h.happen(user, `Goal ${users}`);
    h.clock.advance(minute);
    await h.happen(user, `Goal ${users}`);
    await h.pass(hour);
    expect(await h.trail(j, user)).toEqual(['enter in', 'arrive w', 'convert g', 'arrive g', 'exit x completed']);
  });

  it('are reached within the window after, not later', async () => {
    const j = await h.launch(chain(entry(), goal(), exit()));
    const late = `${user}late`;
    for (const u of [user, late]) await h.happen(u, start);
    await h.settle();
    h.clock.advance(3 * day - minute);
    await h.happen(user, `Goal ${users}`);
    h.clock.advance(2 * minute);
    await h.happen(late, `Goal ${users}`);
    await h.settle();
    expect(await h.trail(j, user)).toContain('convert g');
    expect(await h.trail(j, late)).not.toContain('convert g');
  });

  it('count by the time of the event, not of its arrival', async () => {
    const j = await h.launch(chain(entry(), goal(), exit()));
    await h.happen(user, start);
    await h.settle();
    h.clock.advance(5 * day);
    await h.happen(user, `Goal ${users}`, {}, { at: new Date(h.clock.ms() - 4 * day) });
    expect(await h.trail(j, user)).toContain('convert g');
  });

  it('are not reached by what was before, or by the entry event', async () => {
    const j = await h.launch(chain(entry(), goal({ event: start }), exit()));
    await h.happen(user, start);
    await h.settle();
    await h.happen(user, start, {}, { at: new Date(h.clock.ms() - hour) });
    expect(await h.trail(j, user)).not.toContain('convert g');
    h.clock.advance(minute);
    await h.happen(user, start);
    expect(await h.trail(j, user)).toContain('convert g');
  });

  it('ask the conditions on the event', async () => {
    const j = await h.launch(chain(entry(), goal({ where: price('>', 5) }), exit()));
    await h.happen(user, start);
    h.clock.advance(minute);
    await h.happen(user, `Goal ${users}`, { price: 5 });
    expect(await h.trail(j, user)).not.toContain('convert g');
    await h.happen(user, `Goal ${users}`, { price: 6 });
    expect(await h.trail(j, user)).toContain('convert g');
  });

  it('stand beside the way as well, and let out where they say so', async () => {
    const graph = chain(entry(), wait(), send(), exit());
    graph.nodes.push(goal({ exit: true }));
    const j = await h.launch(graph);
    await h.happen(user, start);
    await h.settle();
    h.clock.advance(minute);
    await h.happen(user, `Goal ${users}`);
    await h.pass(2 * hour);
    expect(await h.trail(j, user)).toEqual(['enter in', 'arrive w', 'convert g', 'leave w converted']);
    expect(await h.received(user)).toBe(0);
  });

  it('belong to the latest entry before the event', async () => {
    const j = await h.launch(chain(entry({ reentry: { afterDays: 0 } }), goal(), exit()));
    for (let i = 0; i < 2; i++) {
      await h.happen(user, start);
      await h.pass(hour);
    }
    await h.happen(user, `Goal ${users}`);
    expect(await h.trail(j, user)).toEqual([
      'enter in',
      'arrive g',
      'exit x completed',
      'enter in',
      'arrive g',
      'exit x completed',
      'convert g',
    ]);
  });
});

describe('a journey that changes', () => {
  it('keeps those inside on the version they entered', async () => {
    const j = await h.launch(chain(entry(), wait(), send(), exit()));
    await h.happen(user, start);
    await h.settle();
    const changed = await h.current.journeys.change(ws, j, { graph: chain(entry(), exit('y')) });
    expect(changed).toMatchObject({ version: 2, state: 'running' });
    const later = `${user}b`;
    await h.happen(later, start);
    await h.pass(hour);
    expect(await h.trail(j, user)).toEqual(['enter in', 'arrive w', 'arrive s', 'exit x completed']);
    expect(await h.trail(j, later)).toEqual(['enter in', 'exit y completed']);
    expect((await h.current.journeys.results(ws, j, 2)).entered).toBe(1);
  });

  it('is no new version when the graph is the same, and none that cannot run', async () => {
    const graph = chain(entry(), exit());
    const j = await h.launch(graph);
    expect((await h.current.journeys.change(ws, j, { name: 'New', graph })).version).toBe(1);
    await expect(h.current.journeys.change(ws, j, { graph: chain(entry(), { ...send(), contentId: 'cnt_none' }) })).rejects.toMatchObject({
      status: 400,
    });
  });

  it('stands still while paused and goes on after', async () => {
    const j = await h.launch(chain(entry(), wait(), send(), exit()));
    await h.happen(user, start);
    await h.settle();
    await h.current.journeys.pause(ws, j);
    const other = `${user}b`;
    await h.happen(other, start);
    await h.pass(2 * hour);
    expect(await h.trail(j, user)).toEqual(['enter in', 'arrive w']);
    expect(await h.trail(j, other)).toEqual([]);
    await h.current.journeys.resume(ws, j);
    await h.settle();
    expect(await h.received(user)).toBe(1);
  });

  it('keeps back what it queued while paused', async () => {
    const j = await h.launch(chain(entry(), send(), exit()));
    await h.happen(user, start);
    await h.current.journeys.tick();
    await h.current.journeys.pause(ws, j);
    await h.settle();
    expect(await h.received(user)).toBe(0);
    await h.current.journeys.resume(ws, j);
    await h.settle();
    expect(await h.received(user)).toBe(1);
  });

  it('lets everyone out when archived and takes back what is not sent', async () => {
    const j = await h.launch(chain(entry(), send(), wait(), exit()));
    await h.happen(user, start);
    await h.current.journeys.tick();
    await h.current.journeys.archive(ws, j);
    await h.settle();
    expect(await h.received(user)).toBe(0);
    expect(await h.trail(j, user)).toEqual(['enter in', 'arrive s', 'arrive w', 'leave w archived']);
    expect(await h.told(user, 'Message Skipped')).toEqual(['Message Skipped s journey_archived']);
    for (const verb of ['launch', 'pause', 'resume', 'archive'] as const) {
      await expect(h.current.journeys[verb](ws, j)).rejects.toMatchObject({ status: 409 });
    }
  });

  it('is seen by its own workspace alone', async () => {
    const j = await h.launch(chain(entry(), exit()));
    await expect(h.current.journeys.get(2, j)).rejects.toMatchObject({ status: 404 });
    await expect(h.current.journeys.pause(2, j)).rejects.toMatchObject({ status: 404 });
    expect((await h.current.journeys.list(2, { limit: 10 })).items).toEqual([]);
  });

  it('guards the content that it sends', async () => {
    await h.launch(chain(entry(), { ...send(), contentId: h.otherId }, exit()));
    await expect(h.current.content.remove(ws, h.otherId)).rejects.toMatchObject({ status: 409 });
  });
});

describe('what is told and counted', () => {
  it('every step of importance is an event, once, with its journey, node and branch', async () => {
    const graph = {
      nodes: [entry(), { id: 'b', type: 'branch', branches: [{ key: 'k', name: 'K', rule: { event: start } }] }, send(), goal(), exit()],
      edges: [
        { from: 'in', to: 'b' },
        { from: 'b', to: 's', branch: 'k' },
        { from: 'b', to: 'x', branch: 'else' },
        { from: 's', to: 'g' },
        { from: 'g', to: 'x' },
      ],
    };
    const j = await h.launch(graph);
    await h.happen(user, start);
    await h.settle();
    h.clock.advance(minute);
    await h.happen(user, `Goal ${users}`);
    await h.settle();
    expect(await h.told(user, 'Journey%')).toEqual([
      'Journey Branched b k',
      'Journey Entered in',
      'Journey Exited x k completed',
      'Journey Converted g k',
    ]);
    expect(await h.told(user, 'Message%')).toEqual(['Message Queued s k', 'Message Sent s k']);
    await h.engines.pg.query('UPDATE journey_progress SET announced = 0');
    await h.settle();
    expect(await h.told(user, 'Journey%')).toHaveLength(4);
    const results = await h.current.journeys.results(ws, j);
    expect(results).toMatchObject({ entered: 1, inside: 0, converted: 1 });
    expect(results.nodes).toEqual([
      { id: 'in', entered: 1, left: 1, waiting: 0, converted: 1 },
      { id: 'b', entered: 1, left: 1, waiting: 0, converted: 1 },
      { id: 's', entered: 1, left: 1, waiting: 0, converted: 1, messages: { sent: 1, clicked: 0 } },
      { id: 'g', entered: 1, left: 1, waiting: 0, converted: 1 },
      { id: 'x', entered: 1, left: 1, waiting: 0, converted: 1 },
    ]);
    expect(results.branches).toMatchObject([
      { node: 'b', branch: 'k', name: 'K', entered: 1, converted: 1, rate: 1, high: 1, difference: null },
      { node: 'b', branch: 'else', entered: 0, converted: 0, difference: null },
    ]);
  });

  it('every number leads to its people, page by page', async () => {
    const j = await h.launch(chain(entry(), wait(), exit()));
    for (const n of [1, 2, 3]) await h.happen(`${user}${n}`, start);
    await h.settle();
    const page = await h.current.journeys.people(ws, j, { node: 'w', state: 'waiting', limit: 2 });
    const rest = await h.current.journeys.people(ws, j, { node: 'w', state: 'waiting', limit: 2, cursor: page.nextCursor! });
    expect([...page.items, ...rest.items].map((i) => i.state)).toEqual(['inside', 'inside', 'inside']);
    expect((await h.current.journeys.people(ws, j, { node: 'in', state: 'left', limit: 9 })).items).toHaveLength(3);
    expect((await h.current.journeys.people(ws, j, { node: 'x', limit: 9 })).items).toHaveLength(0);
    expect((await h.current.journeys.people(ws, j, { branch: 'none', limit: 9 })).items).toHaveLength(0);
    await h.pass(hour);
    expect((await h.current.journeys.people(ws, j, { node: 'x', state: 'exited', limit: 9 })).items).toHaveLength(3);
    expect((await h.current.journeys.list(ws, { limit: 1 })).items[0]).toMatchObject({ id: j, entered: 3, inside: 0, converted: 0 });
  });
});
