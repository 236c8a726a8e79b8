/** The unbiased sample variance (divisor n − 1). Source: B. P. Welford, Technometrics 4 (1962) 419–420, one pass without cancellation. */
export function variance(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  let centre = 0;
  let squares = 0;
  values.forEach((v, i) => {
    const delta = v - centre;
    centre += delta / (i + 1);
    squares += delta * (v - centre);
  });
  return squares / (values.length - 1);
}
