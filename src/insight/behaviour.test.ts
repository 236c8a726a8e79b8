import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lifecycleQuestion, pathsQuestion, stickinessQuestion } from './explore/schema.ts';
import { funnelQuestion, retentionQuestion } from './schema.ts';
import { insightWorld, type World } from './world.fixture.ts';

/** Cases that others published of their own engines: see test-data/behaviour/SOURCE.md. */
interface Told {
  user: string;
  event?: string;
  ts: number | string;
  props?: Record<string, string>;
  org?: string;
}
interface Case {
  kind: string;
  id: string;
  order: 'ordered' | 'strict' | 'unordered';
  window_s: number;
  window: number;
  steps: { event?: string; props?: Record<string, string> }[];
  events: Told[];
  merged?: Record<string, string>;
  exclusion?: { event: string; from: number; to: number };
  expected_counts: number[];
  expected_avg_step_seconds?: (number | null)[];
  conditions: { event: string }[];
  expected_level: number;
  unit: 'hour' | 'day' | 'week';
  intervals: number;
  end: string;
  options: { cum?: boolean; ws?: number };
  expected_triangle: number[][];
  range: [string, string];
  expected: Record<string, number[]> & Record<string, Record<string, number>>;
  expected_edges: { source: string; target: string; value: number }[];
}
const { cases } = JSON.parse(readFileSync(new URL('./test-data/behaviour/cases.json', import.meta.url), 'utf8')) as { cases: Case[] };
const of = (kind: string) => cases.filter((c) => c.kind === kind).map((c) => [c.id, c] as const);

let world: World;
beforeAll(async () => {
  world = await insightWorld();
});
afterAll(() => world.close());
const asker = (workspaceNo: number) => ({ workspaceNo, timezone: 'UTC' });
const wide = { from: '1970-01-01T00:00:00Z', to: '2029-12-31T00:00:00Z' };
const instant = (ts: number | string) => (typeof ts === 'number' ? ts * 1000 : Date.parse(/[Z+]/.test(ts) ? ts : `${ts}Z`));

async function tell(
  events: readonly Told[],
  merged: Record<string, string> = {},
  who: (e: Told) => string = (e) => e.user,
): Promise<number> {
  const numbers = new Map<string, number>();
  const number = (user: string) => numbers.get(user) ?? numbers.set(user, numbers.size + 1).get(user)!;
  const ws = await world.tell(
    events.map((e) => ({ person: number(who(e)), event: e.event ?? 'x', at: instant(e.ts), properties: e.props ?? {} })),
  );
  for (const [from, into] of Object.entries(merged)) world.merge(ws, number(from), number(into));
  return ws;
}

const toStep = (s: { event?: string; props?: Record<string, string> }) => ({
  event: s.event ?? '*',
  where: Object.entries(s.props ?? {}).map(([property, value]) => ({ property, op: '=', value })),
});

describe('published cases', { timeout: 60_000 }, () => {
  it.each(of('funnel'))('funnel %s', async (_id, c) => {
    const ws = await tell(c.events, c.merged);
    const question = funnelQuestion.parse({
      steps: c.steps.map(toStep),
      within: { seconds: c.window_s },
      order: c.order === 'unordered' ? 'any' : c.order,
      exclude: c.exclusion ? [{ event: c.exclusion.event, from: c.exclusion.from + 1, to: c.exclusion.to + 1 }] : [],
      ...wide,
    });
    const { rows, meta } = await world.insight.funnel(asker(ws), question);
    expect(rows.map((r) => r.people)).toEqual(c.expected_counts);
    if (c.expected_avg_step_seconds) expect(rows.map((r) => r.averageSecondsFromPrevious)).toEqual(c.expected_avg_step_seconds);
    for (const row of rows) expect((await world.behind(ws, meta.question, row.cell)).length).toBe(row.people);
  });

  it('refuses exclusions that lie nowhere', () => {
    const ask = (from: number, to: number, order = 'ordered', steps = 2) =>
      funnelQuestion.safeParse({
        steps: Array.from({ length: steps }, (_, i) => ({ event: `s${i}` })),
        within: { days: 1 },
        order,
        exclude: [{ event: 'x', from: from + 1, to: to + 1 }],
        ...wide,
      }).success;
    for (const [from, to] of [
      [1, 1],
      [1, 2],
      [2, 1],
      [0, 2],
    ] as const)
      expect(ask(from, to), `${from}-${to}`).toBe(false);
    expect(ask(0, 1)).toBe(true);
    expect([ask(0, 1, 'any', 3), ask(0, 2, 'any', 3)]).toEqual([false, true]);
  });

  it.each(of('window_funnel'))('level of one person %s', async (_id, c) => {
    const ws = await world.tell((c.events as unknown as [number, string][]).map(([ts, event]) => ({ person: 1, event, at: ts * 1000 })));
    const question = funnelQuestion.parse({ steps: c.conditions, within: { seconds: c.window }, ...wide });
    const { rows } = await world.insight.funnel(asker(ws), question);
    expect(rows.filter((r) => r.people === 1).length).toBe(c.expected_level);
  });

  it.each(of('retention'))('retention %s', async (_id, c) => {
    const ws = await tell(c.events);
    const length = { hour: 3_600_000, day: 86_400_000, week: 7 * 86_400_000 }[c.unit];
    // The last column is the period in which the end lies.
    const end = Date.parse(c.end);
    const last = c.unit === 'hour' ? Math.floor(end / length) * length : Date.parse(c.end.slice(0, 10));
    const iso = (ms: number) => new Date(ms).toISOString();
    world.clock.set(iso(last + length - 1));
    const question = retentionQuestion.parse({
      first: { event: '*' },
      return: { event: '*' },
      from: iso(last - (c.intervals - 1) * length),
      to: iso(last + length),
      period: c.unit,
      count: c.intervals - 1,
      cohort: 'any',
      counting: c.options.cum ? 'onOrAfter' : 'on',
      weekStart: c.options.ws === 0 ? 'sunday' : 'monday',
    });
    const { rows } = await world.insight.retention(asker(ws), question);
    world.clock.set('2030-01-01T00:00:00Z');
    expect(rows.map((r) => r.periods.map((p) => p.people))).toEqual(c.expected_triangle);
  });

  it.each(of('lifecycle'))('lifecycle %s', async (_id, c) => {
    // Where organisations are counted, each of them is who does it.
    const ws = await tell(c.events, {}, (e) => e.org ?? e.user);
    const to = new Date(Date.parse(c.range[1]) + 86_400_000).toISOString().slice(0, 10);
    const question = lifecycleQuestion.parse({ done: { event: 'x' }, interval: c.unit, from: c.range[0], to });
    const { rows } = await world.insight.explore(asker(ws), 'lifecycle', question);
    const line = (is: string) => rows.filter((r) => r.is === is).map((r) => (is === 'dormant' && r.people > 0 ? -r.people : r.people));
    for (const [is, numbers] of Object.entries(c.expected)) expect(line(is), is).toEqual(numbers);
  });

  it.each(of('stickiness'))('stickiness %s', async (_id, c) => {
    const ws = await tell(c.events);
    for (const [name, expected] of Object.entries(c.expected)) {
      const interval = name.split('_')[0];
      const days = interval === 'hour' ? { from: '2020-01-11', to: '2020-01-12' } : { from: c.range[0], to: c.range[1] };
      const weekStart = name.includes('sunday') ? 'sunday' : 'monday';
      const question = stickinessQuestion.parse({ done: { event: 'x' }, interval, weekStart, ...days });
      const { rows } = await world.insight.explore(asker(ws), 'stickiness', question);
      expect(Object.fromEntries(rows.filter((r) => r.people > 0).map((r) => [r.periods, r.people])), name).toEqual(expected);
    }
  });

  it.each(of('paths'))('paths %s', async (_id, c) => {
    const ws = await tell(c.events);
    const { rows, meta } = await world.insight.explore(asker(ws), 'paths', pathsQuestion.parse(wide));
    const edges = rows.map((r) => ({ source: `${r.step}_${r.source}`, target: `${r.step + 1}_${r.target}`, value: r.paths }));
    const sorted = (all: typeof edges) => [...all].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    expect(sorted(edges)).toEqual(sorted(c.expected_edges));
    for (const row of rows) expect((await world.behind(ws, meta.question, row.cell)).length).toBe(row.people);
  });
});
