import { describe, expect, it } from 'vitest';
import { cases, exit, h, send, user, users } from './cases.fixture.ts';
import { chain, ws } from './journeys.fixture.ts';

cases();

describe('those who are in the audience at the launch', () => {
  const audience = async () =>
    (await h.audience.addAudience(ws, { name: `A ${users}`, rule: h.audience.parse({ event: `Was ${users}` }), live: false })).id;
  const draft = async (entry: Record<string, unknown>) =>
    (await h.current.journeys.create(ws, { name: `M ${users}`, graph: chain({ id: 'in', type: 'entry', ...entry }, send(), exit()) })).id;
  const people = () => [`${user}a`, `${user}b`, `${user}c`];
  const inside = async () => {
    for (const one of people()) await h.happen(one, `Was ${users}`);
  };

  it('stay out unless the launch or the entry lets them in', async () => {
    await inside();
    const j = await draft({ audience: await audience() });
    await h.current.journeys.launch(ws, j);
    await h.settle();
    expect(await h.current.journeys.results(ws, j)).toMatchObject({ entered: 0 });
  });

  it('enter once, whether the launch says so or the entry', async () => {
    await inside();
    const [byLaunch, byEntry, refused] = [
      await draft({ audience: await audience() }),
      await draft({ audience: await audience(), existing: true }),
      await draft({ audience: await audience(), existing: true }),
    ];
    await h.current.journeys.launch(ws, byLaunch, true);
    await h.current.journeys.launch(ws, byEntry);
    await h.current.journeys.launch(ws, refused, false);
    for (let i = 0; i < 3; i++) await h.settle();
    const results = await Promise.all([byLaunch, byEntry, refused].map((j) => h.current.journeys.results(ws, j)));
    expect(results.map((r) => r.entered)).toEqual([3, 3, 0]);
    expect(await h.trail(byLaunch, `${user}b`)).toEqual(['enter in', 'arrive s', 'exit x completed']);
  });

  it('are told before: who would not be reached and by which rule, and which path says more than a platform allows', async () => {
    await inside();
    const { channels, journeys } = h.current;
    await channels.setPolicy(ws, { caps: [{ messages: 0, days: 1 }] });
    await channels.limits.set(ws, 'wecom.mass.perCustomer', { period: { calendar: 'week' }, value: 1 }, { name: 'Li' });
    const day = (days: number) => ({ id: `w${days}`, type: 'wait', days });
    const wecom = (id: string) => ({ ...send(), id, channel: 'wecom' });
    const graph = chain(
      { id: 'in', type: 'entry', audience: await audience() },
      send(),
      wecom('a'),
      day(2),
      wecom('b'),
      day(9),
      wecom('c'),
      exit(),
    );
    const { id } = await journeys.create(ws, { name: `F ${users}`, graph });
    const told = await journeys.foresee(ws, id, true);
    expect(told).toMatchObject({ people: 3, looked: 3 });
    expect(told.warnings.map((w) => [w.node, w.reason, w.messages])).toEqual([
      ['s', 'capped', 3],
      ['a', 'no_channel', 3],
      ['a', 'wecom.mass.perCustomer', null],
      ['b', 'no_channel', 3],
      ['c', 'no_channel', 3],
    ]);
    expect(told.warnings[2]?.zh).toContain('2 条');
    // Who does not enter is not spoken of.
    expect((await journeys.foresee(ws, id, false)).warnings.map((w) => w.reason)).toEqual(['wecom.mass.perCustomer']);
    const single = await draft({ audience: await audience() });
    expect((await journeys.launch(ws, single, true)).warnings.map((w) => w.zh)).toEqual(['3 条不会发出：已到工作区自己的每人频次上限']);
    await channels.setPolicy(ws, { caps: [] });
    await channels.limits.reset(ws, 'wecom.mass.perCustomer');
  });

  it('enter once also when the process dies in between', async () => {
    await inside();
    const j = await draft({ audience: await audience() });
    await h.current.journeys.launch(ws, j, true);
    const dying = h.process((at) => {
      if (at === 'journeys.members') throw new Error('killed');
    });
    await expect(dying.journeys.tick()).rejects.toThrow('killed');
    await h.settle();
    for (const one of people()) expect(await h.received(one)).toBe(1);
    expect(await h.current.journeys.results(ws, j)).toMatchObject({ entered: 3 });
  });

  it('wait while it is paused, and are let in when it goes on', async () => {
    await inside();
    const j = await draft({ audience: await audience() });
    await h.current.journeys.launch(ws, j, true);
    await h.current.journeys.pause(ws, j);
    await h.settle();
    expect(await h.current.journeys.results(ws, j)).toMatchObject({ entered: 0 });
    await h.current.journeys.resume(ws, j);
    await h.settle();
    expect(await h.current.journeys.results(ws, j)).toMatchObject({ entered: 3 });
  });

  it('are nobody where a journey begins with an event', async () => {
    const j = await draft({ event: 'Anything' });
    await expect(h.current.journeys.launch(ws, j, true)).rejects.toMatchObject({ status: 400, errors: [{ field: 'existing' }] });
  });
});
