/**
 * Measures the compiled pass beside hand-written SQL and says the ratios, in wall and processor time (the latter holds on a busy machine).
 * `node src/audience/test/measure.ts [rows, default 10000000]`; one person has 20 events. Its data lie in a temporary folder and are deleted.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectCh } from '../../base/index.ts';
import { compileRules } from '../compile/compile.ts';
import { createExpander, noDefinitions } from '../expand.ts';
import { migrations as own } from '../migrations.ts';
import { parseRule } from '../parse.ts';

const rows = Number(process.argv[2] ?? 10_000_000);
const people = Math.ceil(rows / 20);
const asOf = Date.parse('2026-06-01T00:00:00Z');
const names = [
  ...[
    'Page Viewed',
    'Product Viewed',
    'App Opened',
    'Content Viewed',
    'Product Added',
    'Product List Viewed',
    'Message Sent',
    'Order Completed',
  ],
  ...[
    'Message Opened',
    'Checkout Started',
    'Message Clicked',
    'Content Liked',
    'Coupon Issued',
    'Product Shared',
    'Group Joined',
    'Friend Added',
  ],
  ...['Game Joined', 'Coupon Redeemed', 'Product Reviewed', 'Order Refunded'],
];
const dir = mkdtempSync(join(tmpdir(), 'yutang-measure-'));
const ch = await connectCh({ path: dir, memory: 6_000_000_000 });
try {
  await fill();
  await measure();
} finally {
  await ch.close();
  rmSync(dir, { recursive: true, force: true });
}

async function fill(): Promise<void> {
  await ch.command(`CREATE TABLE events (workspace_no UInt32, person_no UInt32, time DateTime64(3, 'UTC'), type LowCardinality(String), event LowCardinality(String),
    key UInt64, properties JSON(max_dynamic_paths = 256)) ENGINE = ReplacingMergeTree PARTITION BY toStartOfQuarter(time) ORDER BY (workspace_no, person_no, time, key)`);
  for (const statement of own[0]!.ch!) await ch.command(statement);
  const block = 2_500_000;
  const random = (n: number) => `(rand(${n}) / 4294967296.0)`;
  for (let from = 0; from < rows; from += block)
    await ch.command(`INSERT INTO events SELECT 1, toUInt32(1 + ${people} * pow(${random(1)}, 1.3)),
      toDateTime64('2026-06-01 00:00:00', 3, 'UTC') - toIntervalMillisecond(1 + toInt64(pow(${random(2)}, 1.5) * 365 * 86400000)),
      if(e = 20, 'identify', 'track'), if(e = 20, '', [${names.map((n) => `'${n}'`).join(',')}][e + 1]), cityHash64(number),
      if(e = 20, concat('{"city":"c', toString(rand(4) % 50), '","age":', toString(rand(5) % 80), '}'),
        concat('{"category":"k', toString(rand(6) % 20), '"', if(e = 7, concat(',"revenue_fen":', toString(rand(4) % 100000)), ''), '}'))
      FROM (SELECT number, toUInt8(least(20, floor(pow(${random(3)}, 2.2) * 21))) AS e FROM numbers(${from}, ${Math.min(block, rows - from)}))`);
}

function compiled(rules: unknown[]): string {
  const expander = createExpander(noDefinitions);
  const items = rules.map((r) => ({ rule: expander.expand(parseRule(r).rule!), asOf }));
  return compileRules(items, { source: (more) => `(SELECT ${['*', ...more].join(', ')} FROM events WHERE workspace_no = 1)` }).sql;
}

async function time(what: string, sql: string): Promise<{ wall: number; cpu: number }> {
  const best = { wall: Number.POSITIVE_INFINITY, cpu: Number.POSITIVE_INFINITY };
  for (let i = 0; i < 3; i++) {
    const began = performance.now();
    const used = process.cpuUsage();
    await ch.query(`${sql} SETTINGS max_threads = 2`);
    const spent = process.cpuUsage(used);
    best.wall = Math.min(best.wall, performance.now() - began);
    best.cpu = Math.min(best.cpu, (spent.user + spent.system) / 1000);
  }
  console.log(`${what.padEnd(36)} ${best.wall.toFixed(0).padStart(6)} ms  ${best.cpu.toFixed(0).padStart(6)} ms cpu`);
  return best;
}

async function measure(): Promise<void> {
  const days = [7, 30, 90, 180, 365];
  const at = (d: number) => `time >= fromUnixTimestamp64Milli(toInt64(${asOf - d * 86_400_000}), 'UTC')`;
  const by = (where: string, having: string) =>
    `SELECT count() FROM (SELECT person_no FROM events WHERE workspace_no = 1${where} GROUP BY person_no HAVING ${having})`;
  const order = " AND event = 'Order Completed'";
  const pairs: [string, string, unknown][] = [
    ['seen', by(`${order} AND ${at(30)}`, 'count() >= 1'), { event: 'Order Completed', within: { days: 30 } }],
    [
      'count',
      by(`${order} AND ${at(90)}`, 'count() >= 2'),
      { event: 'Order Completed', within: { days: 90 }, count: { op: '>=', value: 2 } },
    ],
    ['not', by('', `countIf(event = 'Order Completed' AND ${at(30)}) = 0`), { not: { event: 'Order Completed', within: { days: 30 } } }],
    [
      'sum',
      by(order, 'sum(properties.revenue_fen.:Int64) >= 50000'),
      { event: 'Order Completed', sum: { property: 'revenue_fen', op: '>=', value: 50_000 } },
    ],
  ];
  for (const [what, hand, r] of pairs) {
    const a = await time(`${what}, by hand`, hand);
    const b = await time(`${what}, compiled`, `SELECT count() FROM (${compiled([r])}) WHERE r0`);
    console.log(`  compiled / by hand: ${(b.wall / a.wall).toFixed(2)} wall, ${(b.cpu / a.cpu).toFixed(2)} cpu`);
  }
  const e = (i: number) => names[i % 20]!;
  const seen = Array.from({ length: 80 }, (_, i) => ({ event: e(i), within: { days: days[(i + Math.floor(i / 20)) % 5] } }));
  const not = Array.from({ length: 20 }, (_, i) => ({ not: { event: e(i), within: { days: days[i % 3] } } }));
  const count = Array.from({ length: 20 }, (_, i) => ({
    event: e(i * 3),
    within: { days: days[i % 5] },
    count: { op: '>=', value: 2 + (i % 3) },
  }));
  const sums = days
    .slice(1)
    .map((d) => ({ event: 'Order Completed', within: { days: d }, sum: { property: 'revenue_fen', op: '>=', value: 50_000 } }));
  const rest = [
    ...sums,
    { trait: 'city', op: '=', value: 'c1' },
    { event: 'Order Completed', where: [{ property: 'category', op: '=', value: 'k1' }] },
    { sequence: [{ event: 'Product Viewed' }, { event: 'Product Added' }, { event: 'Order Completed' }], within: { days: 7 } },
  ];
  const sets: [string, unknown[]][] = [
    ['1 rule (not)', not.slice(0, 1)],
    ['100 rules: seen, not', [...seen, ...not]],
    ['20 counts', count],
    ['100 rules: seen, not, 20 counts', [...seen.slice(0, 60), ...not, ...count]],
    ['100 rules with sums, trait, sequence', [...seen.slice(0, 53), ...not, ...count, ...rest]],
  ];
  let one: { wall: number; cpu: number } | undefined;
  for (const [what, rules] of sets) {
    const t = await time(what, `SELECT ${rules.map((_, i) => `sum(r${i})`).join(', ')} FROM (${compiled(rules)})`);
    one ??= t;
    console.log(`  of 1 rule: ${(t.wall / one.wall).toFixed(2)} wall, ${(t.cpu / one.cpu).toFixed(2)} cpu`);
  }
}
