import { describe, expect, it } from 'vitest';
import { cases, entry, exit, h, price, send, start, user, users, wait } from './cases.fixture.ts';
import { chain, day, hour, minute, ws } from './journeys.fixture.ts';

cases();

describe('two people who turn out to be one', () => {
  it('stay inside once: of two as far, the earlier entry', async () => {
    const j = await h.launch(chain(entry(), wait(), send(), exit()));
    const anonymous = `anon:${users}`;
    await h.happen(anonymous, start);
    await h.pass(minute);
    await h.happen(user, start);
    await h.pass(minute);
    await h.happen(user, 'Signed In', {}, { also: anonymous });
    await h.pass(hour);
    expect((await h.trail(j, user)).sort()).toEqual(
      ['arrive s', 'arrive w', 'arrive w', 'enter in', 'enter in', 'exit x completed', 'leave w merged'].sort(),
    );
    expect(await h.received(user)).toBe(1);
  });

  it('get one message where both had one queued', async () => {
    const j = await h.launch(chain(entry(), send(), wait(), exit()));
    const anonymous = `anon:${users}`;
    await h.happen(anonymous, start);
    await h.happen(user, start);
    await h.current.journeys.tick();
    await h.happen(user, 'Signed In', {}, { also: anonymous });
    await h.settle();
    expect(await h.received(user)).toBe(1);
    expect(await h.told(user, 'Message Skipped')).toEqual(['Message Skipped s merged']);
    expect(await h.current.journeys.results(ws, j)).toMatchObject({ entered: 1, inside: 1 });
  });

  it('are not let through twice where one had been through already', async () => {
    const j = await h.launch(chain(entry(), wait(), send(), exit()));
    const anonymous = `anon:${users}`;
    const before = h.sink.received.length;
    await h.happen(anonymous, start);
    await h.settle();
    await h.pass(2 * hour);
    await h.happen(user, start);
    await h.settle();
    await h.happen(user, 'Signed In', {}, { also: anonymous });
    await h.pass(2 * hour);
    await h.happen(user, start);
    await h.settle();
    expect(h.sink.received.length - before).toBe(1);
    expect(await h.trail(j, user)).toEqual([
      'enter in',
      'arrive w',
      'arrive s',
      'exit x completed',
      'enter in',
      'arrive w',
      'leave w merged',
    ]);
  });

  it('may come in again where re-entry is allowed', async () => {
    const j = await h.launch(chain(entry({ reentry: { afterDays: 1 } }), exit()));
    const anonymous = `anon:${users}`;
    await h.happen(anonymous, start);
    await h.happen(user, start);
    await h.settle();
    await h.happen(user, 'Signed In', {}, { also: anonymous });
    await h.pass(2 * day);
    await h.happen(user, start);
    await h.settle();
    expect(await h.trail(j, user)).toHaveLength(6);
  });

  it('stay where they have come further, so that nothing is said again', async () => {
    const graph = chain(entry(), wait(), send(), wait({ days: 3 }, 'w2'), exit());
    const j = await h.launch({
      nodes: [
        ...graph.nodes,
        { id: 'b', type: 'branch', branches: [{ key: 'slow', name: 'slow', rule: { event: start, where: price('=', 1) } }] },
        wait({ days: 5 }, 'long'),
      ],
      edges: [
        { from: 'in', to: 'b' },
        { from: 'b', to: 'long', branch: 'slow' },
        { from: 'b', to: 'w', branch: 'else' },
        { from: 'long', to: 'w' },
        ...graph.edges.slice(1),
      ],
    });
    const anonymous = `anon:${users}`;
    await h.happen(anonymous, start, { price: 1 });
    await h.pass(minute);
    await h.happen(user, start);
    await h.pass(2 * hour);
    await h.happen(user, 'Signed In', {}, { also: anonymous });
    await h.pass(6 * day);
    expect(await h.received(user)).toBe(1);
    expect((await h.trail(j, user)).filter((said) => said.startsWith('leave'))).toEqual(['leave long merged']);
    expect(await h.current.journeys.results(ws, j)).toMatchObject({ entered: 1, inside: 0 });
  });

  it('get one welcome where two journeys had the same content waiting for them', async () => {
    await h.launch(chain(entry(), send(), exit()));
    await h.launch(chain(entry({ event: `Other ${users}` }), send(), exit()));
    const anonymous = `anon:${users}`;
    await h.happen(anonymous, start);
    await h.happen(user, `Other ${users}`);
    await h.happen(user, 'Signed In', {}, { also: anonymous });
    await h.settle();
    expect(await h.received(user)).toBe(1);
    expect(await h.told(user, 'Message Skipped')).toEqual(['Message Skipped s merged']);
  });

  it('get nothing more where one of them has just had it', async () => {
    await h.launch(chain(entry(), send(), exit()));
    await h.launch(chain(entry({ event: `Other ${users}` }), send(), exit()));
    const anonymous = `anon:${users}`;
    const before = h.sink.received.length;
    await h.happen(anonymous, start);
    await h.settle();
    await h.happen(user, `Other ${users}`);
    await h.happen(user, 'Signed In', {}, { also: anonymous });
    await h.settle();
    expect(h.sink.received.length - before).toBe(1);
  });
});

describe('a person who turns out to be two', () => {
  const split = (from: string, id: string) =>
    h
      .number(from)
      .then((no) =>
        h.events.identity.split(
          ws,
          no,
          [{ type: 'anonymous_id', value: id }],
          { actor: { kind: 'test', id: 't', name: 't' } },
          async () => {},
        ),
      );

  it('goes on as two, each with its own pass, and nobody is told twice', async () => {
    const j = await h.launch(chain(entry(), send(), wait(), exit()));
    const anonymous = `anon:${users}`;
    await h.happen(anonymous, start);
    await h.settle();
    await h.happen(user, 'Seen');
    await h.happen(user, 'Signed In', {}, { also: anonymous });
    await h.settle();
    expect(await h.trail(j, user)).toEqual(['enter in', 'arrive s', 'arrive w']);
    await split(user, anonymous);
    await h.settle();
    expect(await h.trail(j, user)).toEqual([]);
    expect(await h.trail(j, anonymous)).toEqual(['enter in', 'arrive s', 'arrive w']);
    // The one whose it never was may enter; the other has been.
    await h.happen(anonymous, start);
    await h.happen(user, start);
    await h.settle();
    expect([await h.received(user), await h.trail(j, user)]).toMatchObject([1, { length: 3 }]);
    expect(await h.trail(j, anonymous)).toHaveLength(3);
  });

  it('keeps for both what was said about being written to', async () => {
    await h.happen(user, 'Consent Changed', { granted: false });
    const anonymous = `anon:${users}`;
    await h.happen(user, 'Signed In', {}, { also: anonymous });
    await split(user, anonymous);
    const j = await h.launch(chain(entry(), send(), exit()));
    await h.happen(anonymous, start);
    await h.settle();
    expect(await h.trail(j, anonymous)).toHaveLength(3);
    expect(await h.told(anonymous, 'Message Skipped')).toEqual(['Message Skipped s no_consent']);
  });
});
