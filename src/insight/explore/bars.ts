/** Counts that people think in: one by one, then in wider and wider bars. */
const counts = [1, 2, 3, 4, 5, 6, 11, 21, 51, 101, 201, 501, 1001, 2001, 5001, 10_001, 100_001];
const mostBars = 14;

/** Where bars begin for numbers between two: small whole numbers one by one, others in round steps up to nearly the largest. */
export function barsFor({ least, most, nearlyMost, whole }: { least: number; most: number; nearlyMost: number; whole: boolean }): number[] {
  if (whole && least >= 0 && most <= 12) return Array.from({ length: most - least + 1 }, (_, i) => least + i);
  if (whole && least >= 1 && most <= 100_000 && nearlyMost < 200) return counts.filter((edge, i) => i === 0 || edge <= most);
  const spread = Math.max(nearlyMost - least, Number.EPSILON * 16);
  const step = roundStep(spread / (mostBars - 2));
  const first = Math.floor(least / step) * step;
  const bars = [first];
  while (bars.length < mostBars && bars[bars.length - 1]! + step <= Math.max(nearlyMost, first + step))
    bars.push(tidy(first + bars.length * step, step));
  return bars;
}

/** 1, 2 or 5 times a power of ten, not below. */
function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5, 10].find((m) => m * power >= rough * (1 - 1e-9)) ?? 10);
}

function tidy(edge: number, step: number): number {
  const digits = Math.max(0, 1 - Math.floor(Math.log10(step)));
  return digits > 15 ? edge : Number(edge.toFixed(digits));
}
