// What the detectors find and what they tell without reason, over many seeds: node src/events/health/test/seeds.ts [first] [last] [faults] [hours between looks]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectCh } from '../../../base/index.ts';
import { migrations } from '../../migrations.ts';
import { hourOf } from '../calendar.ts';
import { healthMigrations } from '../migrations.ts';
import { bendBy, faultsOf } from './faults.ts';
import { judge, loadStream, walk } from './replay.ts';

const [first = 1, last = 3, count = 18, every = 6] = process.argv.slice(2).map(Number);
const dir = mkdtempSync(join(tmpdir(), 'yutang-seeds-'));
const ch = await connectCh({ path: join(dir, 'clickhouse'), memory: 2_000_000_000 });
for (const step of [...migrations, ...healthMigrations]) for (const sql of step.ch ?? []) await ch.command(sql);
let [found, all, alarms] = [0, 0, 0];
for (let seed = first; seed <= last; seed++) {
  const began = process.cpuUsage();
  const faults = count === 0 ? [] : faultsOf(seed, count, { from: 26, to: 59, avoid: [45] });
  const startMs = Date.parse('2026-03-01T00:00:00+08:00');
  const history = await loadStream(ch, seed, { seed, days: 60, startMs, sale: 45, holidays: [20, 21, 22], bend: bendBy(faults) });
  const told = walk(history, every);
  const verdict = judge(told, faults, hourOf(startMs), every);
  const { user } = process.cpuUsage(began);
  found += verdict.found.length;
  all += faults.length;
  alarms += verdict.falseAlarms.length;
  console.info(
    `seed ${seed}: ${verdict.found.length} of ${faults.length} found, ${verdict.late.length} late, ${verdict.falseAlarms.length} false, ${verdict.findings} findings, ${(user / 1e6).toFixed(1)} s`,
  );
  if (verdict.missed.length > 0) console.info(`  missed: ${verdict.missed.join('; ')}`);
  if (verdict.late.length > 0) console.info(`  late: ${verdict.late.join('; ')}`);
  for (const alarm of verdict.falseAlarms) console.info(`  false: ${alarm}`);
  if (process.env.ALL) for (const f of verdict.found) console.info(`  ${f.kind}: after ${f.after} h by ${f.by}`);
}
console.info(`${found} of ${all} faults found, ${alarms} false alarms in ${last - first + 1} streams of 60 days`);
await ch.close();
rmSync(dir, { recursive: true, force: true });
