import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { connectCh } from '../base/index.ts';
import { loadActs } from './evaluation/load.ts';
import { trial } from './evaluation/trial.ts';
import { workTables } from './migrations.ts';
import { features } from './products/features.ts';

/**
 * node src/matching/evaluate.ts <events.csv[.gz]> [--days 28] [--folds 3] [--exclude regex]
 * How well the goods are foretold, by time split: everything that is learned, the weights too, is learned from before each split alone.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    days: { type: 'string', default: '28' },
    folds: { type: 'string', default: '3' },
    exclude: { type: 'string' },
    weights: { type: 'boolean' },
  },
});
const [file] = positionals;
const print = (line = ''): unknown => process.stdout.write(`${line}\n`);
if (!file) {
  print('node src/matching/evaluate.ts <events.csv[.gz]> [--days 28] [--folds 3] [--exclude regex]');
  process.exit(1);
}
const dir = mkdtempSync(join(tmpdir(), 'yutang-match-'));
const ch = await connectCh({ path: dir, memory: 3_000_000_000, readers: 1 });
try {
  for (const sql of Object.values(workTables)) await ch.command(sql);
  const loaded = await loadActs(ch, file, values.exclude ? new RegExp(values.exclude) : undefined);
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  print(
    `${file}: ${loaded.rows} rows, ${loaded.taken} taken, ${loaded.people} people, ${loaded.items} goods, ${day(loaded.first)} to ${day(loaded.last)}`,
  );
  const days = Number(values.days);
  for (let fold = Number(values.folds); fold >= 1; fold--) {
    const at = loaded.last + 1 - fold * days * 86_400_000;
    const began = process.cpuUsage();
    const result = await trial(ch, {
      ...{ workspaceNo: 1, builds: [1, 2], at, days },
      acts: 'eval_acts',
      catalogue: "(SELECT '' AS product_id, '' AS category, 0 AS price_fen, CAST(NULL, 'Nullable(Int64)') AS stock WHERE 0)",
      levelsAt: async () => "SELECT toUInt32(0) AS person_no, '' AS level WHERE 0",
    });
    const spent = process.cpuUsage(began);
    print();
    print(
      `split at ${day(at)}, ${days} days ahead: ${result.people} people who were known and bought ${result.bought.toFixed(1)} goods each, of ${result.items}; learned from ${result.learned.people} people; ${((spent.user + spent.system) / 1e6).toFixed(1)} s of processor time`,
    );
    print('| way | NDCG@10 | 95 % | recall@10 | hit@10 | coverage@10 | yutang ahead by (95 %) |');
    print('| --- | --- | --- | --- | --- | --- | --- |');
    const f = (x: number) => x.toFixed(4);
    for (const [name, m] of Object.entries(result.ways)) {
      const a = result.ahead[name];
      print(
        `| ${name} | ${f(m.ndcg)} | ${f(m.low)}–${f(m.high)} | ${f(m.recall)} | ${f(m.hit)} | ${f(m.coverage)} | ${a ? `${f(a.by)} (${f(a.low)} to ${f(a.high)})` : ''} |`,
      );
    }
    if (values.weights) print(features.map((x, i) => `${x.key} ${result.learned.weights[i]!.toFixed(3)}`).join(' · '));
  }
} finally {
  await ch.close();
  rmSync(dir, { recursive: true, force: true });
}
process.exit();
