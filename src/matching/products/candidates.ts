import type { Candidate } from './features.ts';
import { type History, had, width } from './histories.ts';
import type { Model } from './model.ts';

/** What of a person's goods speaks for others: the latest so many. */
const speaking = 60;
/** Goods that are weighed for one person, by where they come from. */
const most = { own: 200, together: 150, categories: 3 };
const day = 86_400_000;

export interface Candidates {
  /** Looks at somebody; gives how many goods might be next. */
  of(person: History): number;
  /** The one in a place, until the next is asked for. */
  at(place: number): Candidate;
}

/**
 * What might be next for a person, from four sources: what they have, what goes with it, what their level buys now, and what there is in their categories (also
 * what nobody bought yet). Sums are kept in arrays as long as there are goods, and only what was touched is cleared: no person costs more than their own goods.
 */
export function candidatesOf(model: Model): Candidates {
  const { pairs, category } = model;
  const knn = new Float64Array(model.size + 1);
  const near = new Float64Array(model.size + 1);
  const most1 = new Float64Array(model.size + 1);
  const because = new Int32Array(model.size + 1);
  const row = new Int32Array(model.size + 1).fill(-1);
  const taken = new Uint8Array(model.size + 1);
  const affinity = new Float64Array(model.offered.length);
  let touched: number[] = [];
  let liked: number[] = [];
  let codes: number[] = [];
  let person: History | undefined;
  let comesBack = 0;

  const cell = (r: number, column: number): number => person!.rows[r * width + column]!;
  const lately = (r: number): number => Math.max(cell(r, had.last), cell(r, had.look));
  const forget = (): void => {
    if (!person) return;
    for (let r = person.from; r < person.to; r++) row[cell(r, had.code)] = -1;
    for (const code of touched) knn[code] = near[code] = most1[code] = because[code] = 0;
    for (const code of codes) taken[code] = 0;
    for (const kind of liked) affinity[kind] = 0;
  };
  const take = (code: number): void => {
    if (taken[code] || !(model.alive[code] || (row[code]! >= 0 && cell(row[code]!, had.buys) > 0))) return;
    taken[code] = 1;
    codes.push(code);
  };
  const together = (rows: readonly number[]): void => {
    for (const r of rows) {
      const a = cell(r, had.code);
      const pull = cell(r, had.pull);
      const recent = 2 ** (-(model.asOf - lately(r)) / (14 * day));
      for (let i = pairs.starts[a]!; i < pairs.starts[a + 1]!; i++) {
        const b = pairs.b[i]!;
        const sim = pairs.sim[i]!;
        if (knn[b] === 0) touched.push(b);
        knn[b]! += pull * sim;
        if (recent * sim > near[b]!) near[b] = recent * sim;
        if (pull * sim > most1[b]!) {
          most1[b] = pull * sim;
          because[b] = a;
        }
      }
    }
  };
  const likes = (rows: readonly number[]): void => {
    let all = 0;
    for (const r of rows) {
      const kind = category[cell(r, had.code)]!;
      if (kind === 0) continue;
      if (affinity[kind] === 0) liked.push(kind);
      affinity[kind]! += cell(r, had.pull);
      all += cell(r, had.pull);
    }
    if (all > 0) for (const kind of liked) affinity[kind]! /= all;
  };

  const found: Candidate = {
    ...{
      code: 0,
      buys: 0,
      fresh: 0,
      lasting: 0,
      since: 0,
      every: 0,
      due: 0,
      comesBack: 0,
      rebought: 0,
      knn: 0,
      near: 0,
      because: 0,
      pull: 0,
    },
    ...{ hot: 0, warm: 0, share: 0, look: 0, affinity: 0, distance: 0 },
  };
  return {
    of: (next) => {
      forget();
      person = next;
      [touched, liked, codes] = [[], [], []];
      comesBack = Math.log(next.again);
      const rows = Array.from({ length: next.to - next.from }, (_, i) => next.from + i);
      for (const r of rows) row[cell(r, had.code)] = r;
      together(rows.length > speaking ? rows.toSorted((x, y) => lately(y) - lately(x)).slice(0, speaking) : rows);
      likes(rows);
      const own =
        rows.length > most.own ? rows.toSorted((x, y) => cell(y, had.lasting) - cell(x, had.lasting) || lately(y) - lately(x)) : rows;
      for (const r of own.slice(0, most.own)) take(cell(r, had.code));
      const least = leastOfMost(touched, knn, most.together);
      for (const code of touched) if (knn[code]! >= least) take(code);
      if (next.level >= 0) for (const code of model.popular[next.level]!) take(code);
      const kinds = liked.length > most.categories ? liked.toSorted((x, y) => affinity[y]! - affinity[x]!) : liked;
      for (const kind of kinds.slice(0, most.categories)) for (const code of model.offered[kind] ?? []) take(code);
      return codes.length;
    },
    at: (place) => {
      const code = codes[place]!;
      const r = row[code]!;
      const buys = r < 0 ? 0 : cell(r, had.buys);
      found.code = code;
      found.buys = buys;
      found.fresh = r < 0 ? 0 : cell(r, had.fresh);
      found.lasting = r < 0 ? 0 : cell(r, had.lasting);
      found.look = r < 0 || cell(r, had.look) === 0 ? 0 : 2 ** (-(model.asOf - cell(r, had.look)) / (7 * day));
      found.since = buys > 0 ? (model.asOf - cell(r, had.last)) / day : 0;
      found.every = buys > 0 ? ((cell(r, had.last) - cell(r, had.first)) / day + 2 * model.gap[code]!) / (buys + 1) : 0;
      found.due = buys > 0 ? Math.exp(-(Math.log((found.since + 4) / (found.every + 4)) ** 2) / 1.3) : 0;
      found.comesBack = comesBack;
      found.rebought = model.rebought[code]!;
      found.knn = knn[code]!;
      found.near = near[code]!;
      found.because = because[code]!;
      found.pull = person!.pull;
      found.hot = model.hot[code]!;
      found.warm = model.warm[code]!;
      found.share = person!.level >= 0 ? model.share[person!.level]![code]! : 0;
      found.affinity = affinity[category[code]!] ?? 0;
      const price = model.price[code]!;
      found.distance = price > 0 && person!.usual > 0 ? Math.min(4, Math.abs(price - person!.usual) / (person!.spread + 0.4)) : 0;
      return found;
    },
  };
}

/** The least that the `n` greatest of a list have. */
function leastOfMost(codes: readonly number[], by: Float64Array, n: number): number {
  if (codes.length <= n) return 0;
  const values = Float64Array.from(codes, (code) => by[code]!).sort();
  return values[values.length - n]!;
}
