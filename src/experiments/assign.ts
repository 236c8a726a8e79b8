/** A number from 0 (with) to 1 (without) for a person: always the same for the same seed, evenly spread, and unrelated between seeds. */
export function lot(seed: string, personNo: number): number {
  return hash32(seed, personNo) / 2 ** 32;
}

/**
 * Which arm a person is in, by its place in `weights`: always the same for the same seed, person and weights, in the shares of the weights, and unrelated
 * between seeds. Never one of weight 0. The whole product draws its lots here.
 */
export function assign(seed: string, personNo: number, weights: readonly number[]): number {
  let at = lot(seed, personNo) * weights.reduce((sum, w) => sum + w, 0);
  for (const [arm, weight] of weights.entries()) {
    if (at < weight) return arm;
    at -= weight;
  }
  // Only by rounding.
  return weights.findLastIndex((w) => w > 0);
}

/**
 * The same for a set of people who are all there at the start, so that each stratum is shared out to within one person: people of a stratum are put in the
 * order of their lots and dealt in as many as each arm is due. What cannot be divided goes by a systematic draw, so that everyone has exactly the chance of
 * the weights. Source: permuted allocation within strata, ICH E9 (1998) 2.3.2; systematic draw: W. Cochran, Sampling Techniques (1977), chapter 8.
 * Who comes later is assigned by `assign` with the stratum in the seed.
 */
export function assignStratified<K>(
  seed: string,
  people: Iterable<{ personNo: number; stratum: K }>,
  weights: readonly number[],
): Map<number, number> {
  const total = weights.reduce((sum, w) => sum + w, 0);
  const out = new Map<number, number>();
  for (const [stratum, members] of Map.groupBy(people, (p) => p.stratum)) {
    const within = `${seed}:${String(stratum)}`;
    const order = members
      .map(({ personNo }) => ({ personNo, at: lot(within, personNo) }))
      .sort((x, y) => x.at - y.at || x.personNo - y.personNo);
    const start = lot(`${within}:rest`, members.length);
    let dealt = 0;
    let due = 0;
    for (const [arm, weight] of weights.entries()) {
      due += weight;
      const end = arm === weights.length - 1 ? order.length : Math.floor((order.length * due) / total + start);
      for (; dealt < Math.min(end, order.length); dealt++) out.set(order[dealt]!.personNo, arm);
    }
  }
  return out;
}

/** MurmurHash3's finish over an FNV-1a of the seed and the number: spreads evenly and is the same everywhere. Not to be changed: running experiments stand on it. */
function hash32(seed: string, value: number): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < seed.length; i++) h = Math.imul(h ^ seed.charCodeAt(i), 0x01000193);
  h ^= Math.imul(value >>> 0, 0xcc9e2d51);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
