import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engines, testEngines } from '../../../test/kit.ts';
import { manualClock, migrate, silentLog } from '../../base/index.ts';
import { migrations as peopleMigrations } from '../../people/index.ts';
import { createCatalogue } from '../catalogue/catalogue.ts';
import { catalogueMigrations } from '../catalogue/migrations.ts';
import { createPersonalNames } from '../catalogue/personal.ts';
import { createEvents, type Events, migrations } from '../index.ts';
import { hourOf } from './calendar.ts';
import { createHealth, type Health } from './health.ts';
import { healthMigrations } from './migrations.ts';
import { Tally } from './tally.ts';
import { bendBy, faultsOf } from './test/faults.ts';
import { holding } from './test/held.ts';
import { contextOf, judge, type Told } from './test/replay.ts';
import { stream } from './test/stream.ts';

let engines: Engines;
let events: Events;
let health: Health;
let release: () => Promise<void>;
const startMs = Date.parse('2026-03-01T00:00:00+08:00');
const clock = manualClock(new Date(startMs));
const seed = 5;
const sale = 45;
/** Hours between two looks; the product looks every hour. `test/seeds.ts` does this for many seeds. */
const lookEvery = Number(process.env.YUTANG_HEALTH_EVERY ?? 12);
const faults = faultsOf(seed, 20, { from: 26, to: 59, avoid: [sale] });
const alarms: { id: string; happened: string; finding: string; hour: number }[] = [];

beforeAll(async () => {
  engines = await testEngines();
  const { pg, ch } = engines;
  const held = holding(ch);
  release = held.release;
  await migrate(pg, ch, [...peopleMigrations, ...migrations, ...catalogueMigrations, ...healthMigrations]);
  const tally = new Tally();
  const catalogue = createCatalogue({
    pg,
    ch,
    clock,
    source: (ws) => events.source(ws),
    personal: createPersonalNames({ pg, clock }),
    soon: async () => {},
  });
  events = await createEvents({
    ...{ pg, ch: held.ch, clock, log: silentLog, grace: async () => {} },
    watch: { blocked: (ws) => catalogue.blocked(ws), duplicate: (ws, item, at) => tally.duplicate(ws, item, at) },
  });
  health = createHealth({
    ...{
      pg,
      ch,
      clock,
      log: silentLog,
      tally,
      source: (ws, people, more) => events.source(ws, people, more),
      quiet: async () => new Set<string>(),
      expectations: async () => [],
      keys: async () => [],
    },
    workspaces: async () => [{ no: 1, timezone: 'Asia/Shanghai' }],
  });
  health.onFinding(async (_ws, { id, happened, finding }) => {
    alarms.push({ id, happened, finding: finding.id, hour: hourOf(clock.ms()) });
    return true;
  });
}, 60_000);

afterAll(async () => {
  await events?.stop();
  await engines?.close();
});

describe('the health of sixty days of a shop', () => {
  it('finds every seeded fault in time, tells almost nothing else, and once each', async () => {
    const { pg } = engines;
    await health.expected.add(
      1,
      {
        from: new Date(startMs + sale * 86_400_000).toISOString(),
        to: new Date(startMs + (sale + 1) * 86_400_000).toISOString(),
        note: 'sale',
      },
      'test',
    );
    const plan = { seed, days: 60, startMs, sale, holidays: [20, 21, 22], bend: bendBy(faults) };
    for (const { hour, endMs, made } of stream(plan)) {
      clock.set(new Date(endMs - 1));
      const own = made.map(({ sdk, version, carrier, again, type, event, timeMs, ...m }) => ({
        ...m,
        ...{ type, event, timestamp: new Date(timeMs) },
        ...(type === 'identify' ? { traits: m.properties } : {}),
        context: contextOf({ sdk, version, carrier } as never),
      }));
      const resent = own.filter((_, i) => made[i]!.again);
      // Nothing is judged before 14 days are known; then once a day, and from the first fault on more often.
      const look = hour >= 14 * 24 && (hour + 1) % (hour < 24 * 24 ? 24 : lookEvery) === 0;
      const result = await events.write(1, own);
      expect(result.rejected).toEqual([]);
      // Each hour by itself on the last day; before it what is looked at together.
      if (look || resent.length > 0 || hour % 24 === 23 || hour >= 59 * 24) await release();
      if (resent.length > 0) expect((await events.write(1, resent)).duplicates).toBe(resent.length);
      clock.set(new Date(endMs));
      if (look) await health.run();
    }
    const rows = await pg.query<{
      id: string;
      detector: string;
      subject: string;
      first_at: Date;
      last_at: Date;
      opened_at: Date;
      state: string;
      evidence: Told['suspicion'] & { examples: unknown[] };
    }>('SELECT * FROM health_findings ORDER BY opened_at');
    const told = rows.map((r) => ({
      ...{ detector: r.detector as Told['detector'], subject: r.subject, open: r.state === 'open' },
      ...{
        from: hourOf(new Date(r.first_at).getTime()),
        to: hourOf(new Date(r.last_at).getTime()),
        // Mere news is not told to anybody, and opens once.
        openings: [
          { at: hourOf(new Date(r.opened_at).getTime()), from: hourOf(new Date(r.first_at).getTime()) },
          ...alarms.filter((a) => a.finding === r.id && a.happened === 'reopened').map(({ hour }) => ({ at: hour, from: hour - 24 })),
        ],
        suspicion: r.evidence,
      },
    }));
    const verdict = judge(told, faults, hourOf(startMs), lookEvery);
    console.info(
      `${verdict.found.length} of ${faults.length} faults, ${verdict.falseAlarms.length} false alarms, ${told.length} findings, ${(process.cpuUsage().user / 1e6).toFixed(0)} s of processor`,
    );
    expect(verdict.missed).toEqual([]);
    expect(verdict.late).toEqual([]);
    expect(verdict.falseAlarms.length, verdict.falseAlarms.join('\n')).toBeLessThanOrEqual(2);
    // Each with events that show it, and none told twice.
    expect(rows.filter((r) => r.evidence.examples.length === 0).map((r) => `${r.detector} ${r.subject}`)).toEqual([]);
    expect(new Set(alarms.map((a) => a.id)).size).toBe(alarms.length);
  }, 900_000);
});
