/** Several questions at once: each p as it stands where all are asked together. Nulls are questions without an answer and do not count. */

function stepped(ps: readonly (number | null)[], step: (p: number, rank: number, m: number) => number, down: boolean): (number | null)[] {
  const asked = ps.flatMap((p, i) => (p === null ? [] : [{ p, i }]));
  const order = asked.sort((x, y) => x.p - y.p);
  const out: (number | null)[] = ps.map(() => null);
  let edge = down ? 0 : 1;
  for (const k of down ? order.keys() : [...order.keys()].reverse()) {
    const value = Math.min(1, step(order[k]!.p, k + 1, order.length));
    edge = down ? Math.max(edge, value) : Math.min(edge, value);
    out[order[k]!.i] = edge;
  }
  return out;
}

/** S. Holm, Scandinavian Journal of Statistics 6 (1979) 65–70: no false word at all, in 1 − α of experiments. */
export const holm = (ps: readonly (number | null)[]): (number | null)[] => stepped(ps, (p, rank, m) => p * (m - rank + 1), true);

/** Y. Benjamini & Y. Hochberg, JRSS B 57 (1995) 289–300: of the words that are said, a share of at most α false. */
export const benjaminiHochberg = (ps: readonly (number | null)[]): (number | null)[] => stepped(ps, (p, rank, m) => (p * m) / rank, false);

/** Y. Benjamini & D. Yekutieli, Annals of Statistics 29 (2001) 1165–1188: the same however the questions depend on each other. */
export const benjaminiYekutieli = (ps: readonly (number | null)[]): (number | null)[] =>
  stepped(
    ps,
    (p, rank, m) => {
      let harmonic = 0;
      for (let i = 1; i <= m; i++) harmonic += 1 / i;
      return (p * m * harmonic) / rank;
    },
    false,
  );

export const bonferroni = (ps: readonly (number | null)[]): (number | null)[] => {
  const m = ps.filter((p) => p !== null).length;
  return ps.map((p) => (p === null ? null : Math.min(1, p * m)));
};
