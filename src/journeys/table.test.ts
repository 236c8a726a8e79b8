import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { start, until, x } from './cases/bricks.fixture.ts';
import { changing } from './cases/changing.fixture.ts';
import { choosing } from './cases/choosing.fixture.ts';
import { doing } from './cases/doing.fixture.ts';
import { entering } from './cases/entering.fixture.ts';
import { leaving } from './cases/leaving.fixture.ts';
import { waiting } from './cases/waiting.fixture.ts';
import { type Harness, ws } from './journeys.fixture.ts';
import { graph, type Kit, play } from './table.fixture.ts';

/** What workflows mean, case by case, side by side on one clock. They begin on a Monday at 10 in the morning of the workspace's zone. */
const list = [...entering, ...waiting, ...choosing, ...doing, ...leaving, ...changing];

describe('a workflow', () => {
  let played: { h: Harness; kits: Kit[] };
  beforeAll(async () => {
    played = await play(list);
  }, 600_000);
  afterAll(() => played?.h.close());

  it.each(list.map((one, i) => [one.name, one, i] as const))('%s', async (_name, one, i) => {
    const kit = played.kits[i]!;
    for (const [user, trail] of [['u', one.trail] as const, ...Object.entries(one.also ?? {})]) {
      const said = await played.h.trail(kit.journey, kit.user(user));
      expect(said).toEqual(trail.map((t) => (typeof t === 'string' ? t : expect.stringMatching(t))));
    }
    await one.more?.(kit);
  });

  it('is tried with one person step by step, and nothing is written', async () => {
    const [kit] = played.kits;
    const { journeys } = kit!.h.current;
    const written = () =>
      kit!.h.engines.pg.query(
        'SELECT (SELECT count(*) FROM journey_people) AS passes, (SELECT count(*) FROM outbox) AS messages, (SELECT count(*) FROM journey_arrivals) AS coming',
      );
    const wanted = { ...kit!, no: 900, ev: (name: string) => `${name} 900` };
    const made = await journeys.create(ws, {
      name: 'Tried',
      graph: graph(
        [
          start(wanted, { event: 'Start 0' }),
          { id: 'b', type: 'branch', branches: [{ key: 'a', name: 'Bought', rule: { event: 'Start 0' } }] },
          until({ event: 'Buy 0' }),
          { id: 's', type: 'send', channel: 'webhook', contentId: wanted.h.contentId },
          { id: 'j', type: 'jump', to: 'u', most: 1, hours: 1 },
          x,
        ],
        'in>b b:a>u b:else>x u:met>x u:timeout>s s>j j>x',
      ),
    });
    const before = await written();
    const personId = (await kit!.h.current.journeys.people(ws, kit!.journey, { limit: 1 })).items[0]!.person.id;
    const plain = await journeys.try(ws, made.id, { personId, at: '2026-06-01T00:00:00Z' });
    expect(plain.end).toBe('exit');
    expect(plain.steps.map((s) => `${s.node}${s.branch ? `:${s.branch}` : ''}`)).toEqual([
      'in',
      'b:a',
      'u:timeout',
      's',
      'j',
      'u:timeout',
      's',
      'j',
      'x',
    ]);
    expect(plain.steps[1]!.why.en).toContain('"Bought"');
    expect(plain.steps.at(-1)!.at).toBe('2026-06-01T05:00:00.000Z');
    expect(plain.steps[3]!.text).toContain('Hi');
    const chosen = await journeys.try(ws, made.id, { personId, choices: { u: 'met' } });
    expect(chosen.steps.map((s) => s.node)).toEqual(['in', 'b', 'u', 'x']);
    await expect(journeys.try(ws, made.id, { personId, choices: { b: 'none' } })).rejects.toMatchObject({
      errors: [{ field: 'choices.b' }],
    });
    expect(await written()).toEqual(before);
  });

  it('says how many went along each edge, in all and lately', async () => {
    const at = list.findIndex((one) => one.name === 'wait until the event comes');
    const { edges } = await played.h.current.journeys.results(ws, played.kits[at]!.journey);
    expect(edges).toEqual([
      { from: 'in', to: 'u', branch: null, passed: 1, lastHour: 0 },
      { from: 'u', to: 'x', branch: 'met', passed: 1, lastHour: 0 },
      { from: 'u', to: 'x', branch: 'timeout', passed: 0, lastHour: 0 },
    ]);
  });

  it('begins from a template with nothing more to be done', async () => {
    const { journeys } = played.h.current;
    for (const { key } of journeys.templates()) {
      for (const language of ['zh', 'en'] as const) {
        const made = await journeys.fromTemplate(ws, { key, language });
        expect({ key, problems: made.problems }).toEqual({ key, problems: [] });
        expect((await journeys.launch(ws, made.id)).state).toBe('running');
        await journeys.archive(ws, made.id);
      }
    }
  });
});
