const sums = new WeakMap<Float64Array, Float64Array>();

/** The sum of counts from one place up to another. The same counts are summed over many windows, so their running sum is kept. */
export function between(counts: Float64Array, from: number, to: number): number {
  let running = sums.get(counts);
  if (!running) {
    running = new Float64Array(counts.length + 1);
    for (let i = 0; i < counts.length; i++) running[i + 1] = running[i]! + counts[i]!;
    sums.set(counts, running);
  }
  const end = Math.max(0, Math.min(to, counts.length));
  return running[end]! - running[Math.max(0, Math.min(from, end))]!;
}
