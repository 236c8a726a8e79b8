import { once } from 'node:events';
import { createWriteStream, mkdtempSync, openAsBlob, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { report, round } from './report.ts';
import { type Server, startServer } from './server.ts';

const rows = Number(process.env.BENCH_ROWS ?? 2_000_000);
const customers = Math.ceil(rows / 20);

interface View {
  state: string;
  rows: Record<'read' | 'accepted' | 'duplicate' | 'rejected', number>;
  totals: Record<string, number>;
  reasons: Record<string, number>;
  error: string | null;
}

/** A file of orders of which it is known what must come of them: one in a hundred is bad in one of four ways. */
async function writeOrders(path: string): Promise<Omit<View, 'state' | 'error'>> {
  const out = createWriteStream(path);
  const reasons: Record<string, number> = {};
  let [orders, revenueFen] = [0, 0];
  out.write('order_id,user_id,phone,time,product_id,product_name,quantity,price,status\n');
  for (let i = 0; i < rows; i++) {
    const bad = i % 100 === 99 ? ['bad_time', 'bad_amount', 'no_customer', 'unpaid'][Math.floor(i / 100) % 4] : undefined;
    const who = i % customers;
    const day = 1 + (i % 28);
    const fen = 100 + ((i * 7919) % 50_000);
    const user = bad === 'no_customer' ? ',' : `u${who},${13_000_000_000 + who}`;
    const time = bad === 'bad_time' ? 'sometime' : `2025-${String(1 + (i % 12)).padStart(2, '0')}-${String(day).padStart(2, '0')} 10:00:00`;
    const price = bad === 'bad_amount' ? 'free?' : (fen / 100).toFixed(2);
    const line = `o${i},${user},${time},p${i % 500},Tea ${i % 500},2,${price},${bad === 'unpaid' ? '待付款' : 'paid'}\n`;
    if (bad) reasons[bad] = (reasons[bad] ?? 0) + 1;
    else {
      orders += 1;
      revenueFen += fen * 2;
    }
    if (!out.write(line)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
  const rejected = rows - orders;
  return { rows: { read: rows, accepted: orders, duplicate: 0, rejected }, totals: { orders, revenueFen }, reasons };
}

/**
 * Memory of a process and its children in MB, what they share with one another counted once. Of programs' files counts what the process has at hand
 * (of its children's, which all run PostgreSQL, the most): how many others on the machine run the same files changes nothing.
 */
export function memory(root: number): number {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((n) => /^\d+$/.test(n))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // Gone in the meantime.
    }
  }
  const within = (pid: number): boolean => pid === root || ((parents.get(pid) ?? 0) > 0 && within(parents.get(pid)!));
  const field = (pid: number, file: string, name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/${file}`, 'utf8'))?.[1] ?? 0) / 1024;
  let [own, files, childrens] = [0, 0, 0];
  for (const pid of parents.keys()) {
    if (!within(pid)) continue;
    try {
      own += field(pid, 'smaps_rollup', 'Pss_Anon') + field(pid, 'smaps_rollup', 'Pss_Shmem');
      const file = field(pid, 'status', 'RssFile');
      if (pid === root) files = file;
      else childrens = Math.max(childrens, file);
    } catch {
      // Gone in the meantime.
    }
  }
  return own + files + childrens;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Watches an import until it is done or `until` says enough; the memory above `rest` at its peak. */
async function watch(server: Server, id: string, rest: number, until: (view: View) => boolean) {
  for (let peak = 0; ; ) {
    const view = await server.api<View>('GET', `/api/imports/${id}`);
    peak = Math.max(peak, memory(server.pid) - rest);
    if (view.state === 'failed') throw new Error(`the import failed: ${view.error}`);
    if (view.state === 'done' || until(view)) return { view, peak };
    await pause(500);
  }
}

/** Issue 3, must show 4: millions of rows with memory that stays, through a kill, with the same totals; and what was rejected. */
export async function benchImports(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'yutang-bench-imports-'));
  const file = join(dir, 'orders.csv');
  const expected = await writeOrders(file);
  let server = await startServer({}, join(dir, 'data'));
  try {
    await pause(10_000);
    const rest = memory(server.pid);
    const form = new FormData();
    form.append('kind', 'orders');
    form.append('file', await openAsBlob(file), 'orders.csv');
    const answer = await fetch(`${server.url}/api/imports`, { method: 'POST', headers: server.headers, body: form });
    const { id } = (await answer.json()) as { id: string };
    const began = performance.now();
    const cpu = server.usage().cpu;
    const half = await watch(server, id, rest, (view) => view.rows.accepted + view.rows.rejected > rows / 2);
    const seconds = (performance.now() - began) / 1000;
    const settled = half.view.rows.accepted + half.view.rows.rejected;
    const spent = server.usage().cpu - cpu;
    await server.kill();
    server = await startServer({}, join(dir, 'data'));
    const { view, peak } = await watch(server, id, rest, () => false);
    const same =
      JSON.stringify([view.rows, view.totals, sorted(view.reasons)]) ===
      JSON.stringify([expected.rows, expected.totals, sorted(expected.reasons)]);
    report({
      id: 'i',
      what: 'import of orders, rows/s (and per second of processor time)',
      value: `${round(settled / seconds)} (${round(settled / spent)})`,
    });
    report({
      id: 'i',
      what: `import of ${round(rows)} orders: memory above rest at its peak, databases included, MB`,
      value: round(Math.max(peak, half.peak)),
      target: '< 400',
      met: Math.max(peak, half.peak) < 400,
    });
    report({
      id: 'i',
      what: 'killed half-way and resumed: accepted, duplicate, rejected, revenue as the file has them',
      value: same
        ? 'the same'
        : `${JSON.stringify(view.rows)} ${JSON.stringify(view.totals)} ${JSON.stringify(view.reasons)}, should be ${JSON.stringify(expected)}`,
      target: 'the same',
      met: same,
    });
    report({
      id: 'i',
      what: 'rejected, by reason',
      value: Object.entries(view.reasons)
        .map(([reason, n]) => `${reason} ${round(n)}`)
        .join(', '),
    });
  } finally {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

const sorted = (object: Record<string, number>) => Object.entries(object).sort();
