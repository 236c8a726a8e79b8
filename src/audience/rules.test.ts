import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Engines, testEngines } from '../../test/kit.ts';
import { createJobs, type Jobs, jobMigrations, type ManualClock, manualClock, migrate, silentLog } from '../base/index.ts';
import { createEvents, type Events, migrations as eventMigrations } from '../events/index.ts';
import { migrations as peopleMigrations } from '../people/index.ts';
import { type Audience, createAudience } from './audience.ts';
import { migrations } from './migrations.ts';
import { measures, ops, type Rule } from './rule.ts';
import { defs, must, writeDefinitions } from './test/pool.ts';
import { NOW, row, rule } from './test/random.ts';
import { type Row, slow } from './test/slow.ts';

/**
 * Live = batch = meaning. Random rules are tags of a pool; random events come in through the real door in slices, with time passing between them, and the
 * consumer keeps up the state. Then everything is worked out again in one pass, which must change nothing, and the plain evaluator must say the same.
 */
const cases = Number(process.env.YUTANG_RULE_CASES ?? 2_000);
const RULES = 100;
const PEOPLE = 5;
const seed = Number(process.env.YUTANG_RULE_SEED ?? 7100);
const hour = 3_600_000;

let engines: Engines;
let events: Events;
let audience: Audience;
let jobs: Jobs;
let clock: ManualClock;

beforeAll(async () => {
  engines = await testEngines();
  const { pg, ch, url } = engines;
  clock = manualClock('2026-01-01T00:00:00Z');
  const log = silentLog;
  await migrate(pg, ch, [...jobMigrations, ...peopleMigrations, ...eventMigrations, ...migrations]);
  jobs = await createJobs({ pg, clock, log, connectionString: url, alone: true });
  events = await createEvents({ pg, ch, clock, log, grace: async () => {} });
  audience = createAudience({ pg, ch, clock, log, jobs, events });
});
afterAll(async () => {
  await events.stop();
  await jobs.stop();
  await engines.close();
});

const batch = fc.record({
  rules: fc.array(rule, { minLength: RULES, maxLength: RULES, size: 'max' }),
  people: fc.array(fc.array(row, { minLength: 1, maxLength: 12, size: 'max' }), { minLength: PEOPLE, maxLength: PEOPLE, size: 'max' }),
});

test(`${cases} random rules: what slices of events left behind, one pass over everything and the plain evaluator agree`, async () => {
  for (let run = 0; run < cases / RULES; run++) {
    const ws = 1_000 + run;
    const [one] = fc.sample(batch, { numRuns: 1, seed: seed + run });
    const { rules: raw, people } = one!;
    const rules = raw.map(must);
    for (const r of rules) note(r);
    clock.set(new Date(NOW - 3 * hour));
    await writeDefinitions(engines.pg, ws, {
      ...defs,
      tags: [...defs.tags, ...rules.map((r, i) => ({ id: `r${i}`, key: `r${i}`, name: { zh: '', en: '' }, rule: r }))],
    });
    // Each person's events are cut into three; the second and third slice come an hour and three hours later.
    for (const [slice, later] of [3, 2, 0].entries()) {
      clock.set(new Date(NOW - later * hour));
      await audience.sweepDue();
      const items = people.flatMap((rows, p) =>
        rows.flatMap((r, i) => (i % 3 === slice ? [{ ...written(r), messageId: `${run}-${p}-${i}`, userId: `u${run}-${p}` }] : [])),
      );
      const { rejected } = await events.write(ws, items);
      expect(rejected).toEqual([]);
      await events.flush();
    }
    // As rules are asked in `evaluate`: what happens at this instant has happened.
    const asOf = NOW + 1;
    const live = await stateOf(ws);
    await audience.evaluate(ws, 'all');
    expect(await stateOf(ws), `seed ${seed}, run ${run}: the pass says otherwise than the slices`).toEqual(live);
    const histories = await historiesOf(ws);
    const wrong: unknown[] = [];
    for (const [person, rows] of histories) {
      const tags = live.get(person)?.tags ?? [];
      rules.forEach((r, i) => {
        const want = rows.some((x) => x.time < asOf) && slow(r, rows, asOf, defs);
        if (tags.includes(`r${i}`) !== want) wrong.push({ seed, run, want, rule: raw[i], rows });
      });
    }
    if (wrong.length) expect.fail(`${wrong.length} wrong, the smallest:\n${smallest(wrong)}`);
  }
  // Nothing of the language was left out.
  const every = ['trait', 'tag', 'where'].flatMap((place) => ops.map((op) => `${place} ${op}`));
  const forms = ['all', 'any', 'not', 'stage', 'tier', 'level', 'audience', 'sequence', ...measures.map((m) => `event ${m}`)];
  if (cases >= 1_000) expect([...every, ...forms].filter((form) => !met.has(form))).toEqual([]);
}, 7_200_000);

const met = new Set<string>();
function note(r: Rule): void {
  const steps = 'sequence' in r ? r.sequence : 'event' in r ? [r] : [];
  for (const w of steps.flatMap((s) => s.where ?? [])) met.add(`where ${w.op}`);
  if ('all' in r || 'any' in r) for (const part of 'all' in r ? r.all : r.any) note(part);
  else if ('not' in r) note(r.not);
  if ('trait' in r) met.add(`trait ${r.op}`);
  else if ('tag' in r) met.add(`tag ${r.op}`);
  else if ('event' in r) for (const m of measures) m in r && met.add(`event ${m}`);
  else met.add(Object.keys(r)[0]!);
}

const written = (r: Omit<Row, 'personNo'>) => ({
  type: r.type as 'track',
  event: r.event,
  timestamp: new Date(r.time),
  source: r.source,
  ...(r.type === 'identify' ? { traits: r.properties } : { properties: r.properties }),
});

async function stateOf(ws: number): Promise<Map<number, { tags: string[] }>> {
  const rows = await engines.ch.query<{ p: number; tags: string[] }>(
    `SELECT person_no AS p, stage, tier, level, tags, audiences FROM person_state FINAL WHERE workspace_no = ${ws}`,
  );
  return new Map(rows.map((r) => [r.p, r]));
}

/** What came in, with the keys that order events of one instant. */
async function historiesOf(ws: number): Promise<Map<number, Row[]>> {
  const rows = await engines.ch.query<Omit<Row, 'key'> & { key: string }>(
    `SELECT person_no AS personNo, toUnixTimestamp64Milli(time) AS time, toString(key) AS key, type, event, source, properties FROM ${events.source(ws)}
     WHERE message_id NOT LIKE 'state-%'`,
  );
  return Map.groupBy(
    rows.map((r) => ({ ...r, time: Number(r.time), key: BigInt(r.key) })),
    (r) => r.personNo,
  );
}

function smallest(wrong: unknown[]): string {
  return wrong
    .map((w) => JSON.stringify(w, (_, v) => (typeof v === 'bigint' ? String(v) : v)))
    .sort((a, b) => a.length - b.length)
    .slice(0, 3)
    .join('\n\n');
}
