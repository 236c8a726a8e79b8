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
