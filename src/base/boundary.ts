/**
 * A named commit boundary: a place between two durable steps. In the product it does nothing;
 * a kill test sets YUTANG_STOP_AT="name" or "name:n" and the whole process group dies there, at the n-th passing.
 */
const wanted = process.env.YUTANG_STOP_AT;
const [stopName, stopCount] = wanted ? [wanted.replace(/:\d+$/, ''), Number(/:(\d+)$/.exec(wanted)?.[1] ?? 1)] : [undefined, 0];
let passed = 0;

export function boundary(name: string): void {
  if (stopName === undefined || name !== stopName) return;
  passed += 1;
  if (passed === stopCount) process.kill(process.env.YUTANG_STOP_GROUP === '1' ? -process.pid : process.pid, 'SIGKILL');
}
