import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '../access/index.ts';
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

  describe('where they are more than one member decides about', () => {
    const [ann, ben] = ['ann', 'ben'].map((id): Actor => ({ kind: 'member', id, name: id }));
    const needs = { status: 409, code: 'approval_needed' };
    beforeEach(async () => {
      await inside();
      h.approvers.splice(0, 9, ann!, ben!);
      await h.current.channels.setPolicy(ws, { approvalAbove: 2 });
    });
    afterEach(async () => {
      h.approvers.splice(0);
      await h.current.channels.setPolicy(ws, { approvalAbove: null });
    });
    const ask = (subject: string, asked: Record<string, unknown> = { existing: true }, kind = 'journey.launch') =>
      h.current.channels.approvals.ask(ws, { kind, subject, ask: asked, why: 'Friday' }, ann!);
    const waiting = async () => (await h.current.channels.approvals.list(ws, { limit: 50, state: 'waiting' })).items.map((one) => one.id);

    it('a launch waits for another, who is shown what it comes to, and goes out by it', async () => {
      const { channels, journeys } = h.current;
      const j = await draft({ audience: await audience() });
      await expect(journeys.launch(ws, j, true)).rejects.toMatchObject(needs);
      expect((await journeys.foresee(ws, j, true, ann!)).approval).toEqual({
        needed: true,
        people: 3,
        above: 2,
        waiting: null,
        alone: false,
      });
      const asked = await ask(j);
      expect(asked).toMatchObject({ state: 'waiting', people: 3, above: 2, why: 'Friday', mine: true, alone: false });
      expect((await journeys.foresee(ws, j, true)).approval).toMatchObject({ waiting: asked.id });
      await expect(channels.approvals.approve(ws, asked.id, { people: 3 }, ann!)).rejects.toMatchObject({ code: 'approval_own' });
      expect(await channels.approvals.get(ws, asked.id, ben!)).toMatchObject({
        ...{ mine: false, changed: false, people: 3 },
        steps: [{ node: 's', messages: 3, may: 3, stopped: [] }],
      });
      // Shown so few that those there are now count as grown.
      await expect(channels.approvals.approve(ws, asked.id, { people: -20 }, ben!)).rejects.toMatchObject({ code: 'approval_grown' });
      expect(await channels.approvals.approve(ws, asked.id, { people: 3, word: 'fine' }, ben!)).toMatchObject({ state: 'approved' });
      for (let i = 0; i < 3; i++) await h.settle();
      expect(await journeys.results(ws, j)).toMatchObject({ entered: 3 });
      expect(h.audited.slice(-2)).toMatchObject([
        { action: 'approval.asked', actor: ann, details: { kind: 'journey.launch', subject: j, people: 3 } },
        { action: 'approval.approved', actor: ben, details: { word: 'fine', askedBy: ann, own: false } },
      ]);
      await expect(channels.approvals.approve(ws, asked.id, { people: 3 }, ben!)).rejects.toMatchObject({ code: 'approval_state' });
    });

    it('is refused with a word, taken back by whoever asked, and void once the graph is another', async () => {
      const { approvals } = h.current.channels;
      const j = await draft({ audience: await audience() });
      const first = await ask(j);
      expect(await approvals.refuse(ws, first.id, 'not on Friday', ben!)).toMatchObject({ state: 'refused', word: 'not on Friday' });
      const second = await ask(j);
      await expect(approvals.withdraw(ws, second.id, ben!)).rejects.toMatchObject({ status: 403 });
      expect(await approvals.withdraw(ws, second.id, ann!)).toMatchObject({ state: 'withdrawn' });
      const third = await ask(j);
      const fourth = await ask(j);
      expect(await waiting()).toEqual([fourth.id]);
      expect((await approvals.list(ws, { limit: 50, state: 'lapsed' })).items.map((one) => one.id)).toEqual([third.id]);
      const { graph } = await h.current.journeys.get(ws, j);
      await h.current.journeys.change(ws, j, { graph: { ...graph, priority: 90 } });
      expect(await waiting()).toEqual([]);
      await expect(approvals.approve(ws, fourth.id, { people: 3 }, ben!)).rejects.toMatchObject({ code: 'approval_state' });
      expect(await h.current.journeys.get(ws, j)).toMatchObject({ state: 'draft' });
    });

    it('who is alone decides alone, and it is said; what is small or lets nobody in at once goes', async () => {
      const { approvals } = h.current.channels;
      h.approvers.splice(0, 9, ann!);
      const j = await draft({ audience: await audience() });
      const asked = await ask(j);
      expect(asked).toMatchObject({ mine: true, alone: true });
      await approvals.approve(ws, asked.id, { people: 3 }, ann!);
      expect(h.audited.at(-1)).toMatchObject({ action: 'approval.approved', details: { own: true } });
      const later = await draft({ audience: await audience() });
      await expect(ask(later, { existing: false })).rejects.toMatchObject({ code: 'approval_not_needed' });
      expect(await h.current.journeys.launch(ws, later, false)).toMatchObject({ state: 'running' });
    });

    it('a new graph of what runs, too, when it moves so many or the clock lets them in', async () => {
      const { channels, journeys } = h.current;
      const j = await draft({ audience: await audience() });
      await journeys.launch(ws, j, false);
      const graph = chain(
        { id: 'in', type: 'entry', audience: await audience(), schedule: { cron: '0 9 * * *' } },
        { ...send(), contentId: h.otherId },
        exit(),
      );
      await expect(journeys.change(ws, j, { graph })).rejects.toMatchObject(needs);
      expect(await journeys.change(ws, j, { name: 'Only a name' })).toMatchObject({ version: 1 });
      const asked = await ask(j, { graph }, 'journey.change');
      await channels.approvals.approve(ws, asked.id, { people: 3 }, ben!);
      expect(await journeys.get(ws, j)).toMatchObject({ version: 2, state: 'running' });
    });
  });
});
