import { diffSql } from '../src/audience/state/diff-sql.ts';
import { unitsOf } from '../src/audience/state/units.ts';
import { sampleRules } from './definitions.ts';
import { makeEvents } from './pool.ts';
import { median, report, round } from './report.ts';
import { openWorld } from './world.ts';

const rows = Number(process.env.BENCH_ROWS ?? 10_000_000);
const people = Math.max(1_000, Math.round(rows / 20));
const members = Math.min(100_000, Math.round(people / 5));
const bits = Number(process.env.BENCH_BITS ?? (rows >= 10_000_000 ? 100_000_000 : rows * 10));
const DEFINITIONS = Number(process.env.BENCH_DEFINITIONS ?? 500);

type World = Awaited<ReturnType<typeof openWorld>>;

/** (k) Definitions at scale: many in one pass, what little new costs, sizes while typing, comings and goings told, sets of a hundred million. */
export async function benchAudience(): Promise<void> {
  const world = await openWorld();
  try {
    const { system, workspaceNo: ws } = world;
    await makeEvents(system, ws, rows, people);
    await pass(world);
    await previews(world);
    await again(world);
    await told(world);
    await bitmaps(world);
  } finally {
    await world.close();
  }
}

async function pass({ system, workspaceNo: ws }: World): Promise<void> {
  const { ch, audience } = system;
  const ask = (rules: object[]) => async () => {
    const { sql } = await audience.compile(
      ws,
      rules.map((rule) => audience.parse(rule)),
    );
    await ch.query(`SELECT ${rules.map((_, i) => `countIf(r${i}) AS c${i}`).join(', ')} FROM (${sql})`);
  };
  const rules = sampleRules(DEFINITIONS);
  const ten: number[] = [];
  for (let i = 0; i < 10; i++) ten.push(await median(1, ask(rules.slice((i * 7) % rules.length, ((i * 7) % rules.length) + 1))));
  const one = ten.reduce((a, b) => a + b, 0) / ten.length;
  const bare = await median(3, () =>
    ch.query(
      `SELECT count() FROM (SELECT person_no, groupBitOr(cityHash64(event)) AS w, max(time) AS t FROM events WHERE workspace_no = ${ws} GROUP BY person_no)`,
    ),
  );
  const scanJson = await median(3, () =>
    ch.query(
      `SELECT count() FROM (SELECT person_no, groupBitOr(cityHash64(event, properties.category.:String)) AS w, sum(properties.revenue.:Int64) AS s, max(time) AS t FROM events WHERE workspace_no = ${ws} GROUP BY person_no)`,
    ),
  );
  const all = await median(1, ask(rules));
  const what = `${DEFINITIONS} definitions in one pass over ${round(rows)} events of ${round(people)} people, ms`;
  report({
    id: 'n',
    what,
    value: round(all),
    reference: `${round(one)} (1 definition, mean of ten)`,
    ratio: round(all / one, 2),
    target: '≤ 4',
    met: all <= 4 * one,
  });
  report({
    id: 'n',
    what: 'the same beside bare scans',
    value: round(all),
    reference: `${round(bare)} (name and time), ${round(scanJson)} (and two JSON paths)`,
    ratio: round(all / scanJson, 2),
  });
}

async function previews({ system, workspaceNo: ws }: World): Promise<void> {
  const { audience } = system;
  const times: number[] = [];
  for (const [i, rule] of sampleRules(41).entries()) {
    const began = performance.now();
    await audience.preview(ws, audience.parse(rule));
    // The first opens what the others use.
    if (i > 0) times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  const p = (part: number) => times[Math.min(times.length - 1, Math.floor(part * times.length))]!;
  report({
    id: 'n',
    what: `audience size while typing over ${round(rows)} events, p50 / p95, ms`,
    value: `${round(p(0.5))} / ${round(p(0.95))}`,
    target: 'p95 < 500',
    met: p(0.95) < 500,
  });
}

/** The state as a recompute would leave it, without the millions of events that tell of a first one. */
async function settle({ system, workspaceNo: ws }: World): Promise<void> {
  const { ch, audience, events, clock } = system;
  const asOf = clock.ms() + 1;
  const sql = diffSql({
    workspaceNo: ws,
    source: (columns) => events.source(ws, undefined, columns),
    asOf,
    units: unitsOf(await audience.definitions(ws)),
    gone: [],
    whole: true,
  });
  await ch.command(`INSERT INTO person_state (workspace_no, person_no, stage, tier, level, tags, audiences, since, next_due, version, deleted)
    SELECT ${ws}, p, stage, tier, level, tags, audiences, map(), due, 1, 0 FROM (${sql})`);
}

/** What little new costs beside everything again. */
async function again(world: World): Promise<void> {
  const { system, workspaceNo: ws } = world;
  const { audience, events, clock, pg } = system;
  await audience.definitions(ws);
  const tags = sampleRules(DEFINITIONS).map((rule, i) => ({ key: `bench_${i}`, rule: audience.parse(rule) }));
  await pg.query(
    `INSERT INTO definitions (workspace_no, id, kind, key, name, rule, position, version, created_at, updated_at)
     SELECT $1, t->>'key', 'tag', t->>'key', '{"zh":"x","en":"x"}', t->'rule', 100, 1, now(), now() FROM jsonb_array_elements($2) t`,
    [ws, JSON.stringify(tags)],
  );
  await pg.query('UPDATE definition_sets SET version = version + 1 WHERE workspace_no = $1', [ws]);
  await pg
    .query(
      `INSERT INTO people (workspace_no, person_no, created_at, last_seen_at, traits) OVERRIDING SYSTEM VALUE
     SELECT $1, n, now(), now(), '{}' FROM generate_series(1, $2) n ON CONFLICT DO NOTHING`,
      [ws, people],
    )
    .catch(() =>
      pg.query(
        `INSERT INTO people (workspace_no, person_no, created_at, traits) SELECT $1, n, now(), '{}' FROM generate_series(1, $2) n ON CONFLICT DO NOTHING`,
        [ws, people],
      ),
    );
  await settle(world);
  const timed = async (work: () => Promise<unknown>) => {
    const [began, used] = [performance.now(), process.cpuUsage()];
    await work();
    const { user, system: kernel } = process.cpuUsage(used);
    return { ms: performance.now() - began, cpu: (user + kernel) / 1000 };
  };
  const full = await timed(() => audience.evaluate(ws, 'all', clock.ms()));
  const count = Math.min(10_000, people);
  const fresh = Array.from({ length: count }, (_, i) => ({
    messageId: `fresh-${i}`,
    event: 'Product Viewed',
    timestamp: clock.now(),
    personNo: 1 + ((i * 7919) % people),
    properties: { category: 'c1' },
    source: 'http',
  }));
  await events.write(ws, fresh);
  const numbers = [...new Set(fresh.map((f) => f.personNo))];
  const toldBefore = await ownEvents(world);
  const little = await timed(() => audience.evaluate(ws, numbers, clock.ms()));
  const changes = (await ownEvents(world)) - toldBefore;
  // Once more, with nothing left to tell: what the asking costs by itself.
  const asked = await timed(() => audience.evaluate(ws, numbers, clock.ms()));
  const what = `${DEFINITIONS} definitions and the starter set again after ${round(count)} new events`;
  const reference = `${round(full.ms)} / ${round(full.cpu)} (everyone again)`;
  report({
    id: 'n',
    what: `${what}, which change ${round(changes)} standings, each told, ms (and of processor time)`,
    value: `${round(little.ms)} / ${round(little.cpu)}`,
    reference,
    ratio: round(little.ms / full.ms, 3),
    target: '≤ 0.02',
    met: little.ms <= 0.02 * full.ms,
  });
  report({
    id: 'n',
    what: 'the asking alone, ms (and of processor time)',
    value: `${round(asked.ms)} / ${round(asked.cpu)}`,
    reference,
    ratio: round(asked.ms / full.ms, 3),
  });
}

const ownEvents = async ({ system, workspaceNo: ws }: World): Promise<number> => {
  const [row] = await system.ch.query<{ n: number }>(
    `SELECT toUInt32(count()) AS n FROM events WHERE workspace_no = ${ws} AND source = 'yutang'`,
  );
  return row?.n ?? 0;
};

/** Comings and goings of an audience, written and told. */
async function told({ system, workspaceNo: ws }: World): Promise<void> {
  const { audience, pg, events, clock } = system;
  const id = 'aud_bench';
  const rule = audience.parse({ event: 'Bench Entered' });
  await events.write(
    ws,
    Array.from({ length: members }, (_, i) => ({
      messageId: `enter-${i}`,
      event: 'Bench Entered',
      timestamp: clock.now(),
      personNo: i + 1,
      source: 'http',
    })),
  );
  await pg.query(
    'INSERT INTO audiences (workspace_no, id, name, rule, live, version, created_at, updated_at) VALUES ($1, $2, $2, $3, true, 1, now(), now())',
    [ws, id, JSON.stringify(rule)],
  );
  await pg.query('UPDATE definition_sets SET version = version + 1 WHERE workspace_no = $1', [ws]);
  // What a look-up shows of them stands, as it would after a first evaluation.
  await pg.query('INSERT INTO person_standing_open (workspace_no, people) SELECT $1, array_agg(n) FROM generate_series(1, $2) n', [
    ws,
    members,
  ]);
  await audience.mend();
  const bare = performance.now();
  await events.write(
    ws,
    Array.from({ length: members }, (_, i) => ({
      messageId: `bare-${i}`,
      event: 'Audience Entered',
      timestamp: clock.now(),
      personNo: i + 1,
      properties: { audienceId: 'other' },
      source: 'yutang',
    })),
  );
  const bareMs = performance.now() - bare;
  const began = performance.now();
  const written = await audience.evaluate(ws, 'all', clock.ms(), { only: [`audience:${id}`] });
  const ms = performance.now() - began;
  report({
    id: 'n',
    what: `membership of ${round(written)} people found, written and told, ms`,
    value: round(ms),
    reference: `${round(bareMs)} (as many events written)`,
    ratio: round(ms / bareMs, 2),
    target: '< 3,000',
    met: ms < 3_000,
  });
}

/** Sets of people as bitmaps: five tags, a tenth to a half of everybody each. */
async function bitmaps({ system }: World): Promise<void> {
  const { ch } = system;
  await ch.command('CREATE TABLE bench_bits (tag UInt8, people AggregateFunction(groupBitmap, UInt32)) ENGINE = MergeTree ORDER BY tag');
  for (const [tag, part] of [10, 20, 30, 40, 50].entries())
    await ch.command(
      `INSERT INTO bench_bits SELECT ${tag}, groupBitmapState(toUInt32(number)) FROM numbers(${bits}) WHERE sipHash64(number, ${tag}) % 100 < ${part}`,
    );
  const of = (tag: number) => `(SELECT groupBitmapMergeState(people) FROM bench_bits WHERE tag = ${tag})`;
  const expression = `bitmapAndnot(bitmapOr(bitmapAnd(${of(0)}, ${of(1)}), bitmapAnd(${of(2)}, ${of(3)})), ${of(4)})`;
  const ms = await median(3, () => ch.query(`SELECT bitmapCardinality(${expression}) AS n`));
  report({
    id: 'n',
    what: `and, or and not of 5 tags over ${round(bits)} people as bitmaps, ms`,
    value: round(ms),
    target: '< 1,000',
    met: ms < 1_000,
  });
}
