import { bgnbd } from '../src/insight/value/models/bgnbd.ts';
import { cellsOf } from '../src/insight/value/models/cells.ts';
import { fitSpends, fitTransactions } from '../src/insight/value/models/fit.ts';
import { pareto } from '../src/insight/value/models/pareto.ts';
import { exponentialDraw, gammaDraw, seeded } from '../src/insight/value/models/random.ts';
import { report, round } from './report.ts';

const customers = Number(process.env.BENCH_CUSTOMERS ?? 1_000_000);

/** Processor seconds of this process, so that a busy machine says the same as a quiet one. */
function seconds<T>(work: () => T): { seconds: number; value: T } {
  const before = process.cpuUsage();
  const value = work();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (user + system) / 1e6, value };
}

/** (v) Fits of customer value to a shop of two years that follows Pareto/NBD and gamma-gamma, by days. */
export async function benchClv(): Promise<void> {
  const random = seeded(1);
  const people = Array.from({ length: customers }, () => {
    const rate = gammaDraw(0.55, random) / 74;
    const gone = exponentialDraw(gammaDraw(0.6, random) / 82, random);
    const T = Math.floor(random() * 730) + 1;
    let x = 0;
    let tx = 0;
    for (let at = exponentialDraw(rate, random); at <= Math.min(T, gone); at += exponentialDraw(rate, random)) {
      const day = Math.min(T, Math.ceil(at));
      if (day > tx) x += 1;
      tx = Math.max(tx, day);
    }
    return { x, tx: tx / 7, T: T / 7 };
  });
  const spenders = people
    .filter((p) => p.x > 0)
    .map(({ x }) => ({ x, mean: Math.round((gammaDraw(6 * x, random) / x / gammaDraw(4, random)) * 60_000) }));
  const cells = seconds(() => cellsOf(people));
  const target = '< 10 s';
  for (const model of [bgnbd, pareto]) {
    const fit = seconds(() => fitTransactions(model, cells.value));
    const all = cells.seconds + fit.seconds;
    report({
      id: 'v',
      what: `${model.name} fitted to ${round(customers)} customers (${round(cells.value.size)} different), with standard errors, one core, s of processor`,
      value: round(all, 1),
      ...{ target, met: all < 10 },
    });
  }
  const column = (of: (s: { x: number; mean: number }) => number) => Float64Array.from(spenders, of);
  const spend = seconds(() => fitSpends({ x: column((s) => s.x), mean: column((s) => s.mean), n: column(() => 1) }));
  report({
    id: 'v',
    what: `gamma-gamma fitted to ${round(spenders.length)} of them who bought again, s of processor`,
    value: round(spend.seconds, 1),
    ...{ target, met: spend.seconds < 10 },
  });
}
