import { type Candidates, candidatesOf } from './candidates.ts';
import { type Candidate, type Feature, features } from './features.ts';
import type { History } from './histories.ts';
import type { Model } from './model.ts';

export interface ProductRules {
  /** So many goods of one category at most; null: no matter. */
  perCategory: number | null;
  /** Only goods whose price is at most so many times, and at least such a part of, what the person usually pays; null: no matter. */
  priceTimes: number | null;
  /** What the person bought within so many days is not shown again; 0: no matter. */
  restDays: number;
  /** Goods that are never shown, and categories. */
  without: string[];
  withoutCategories: string[];
}

export const noRules: ProductRules = { perCategory: null, priceTimes: null, restDays: 0, without: [], withoutCategories: [] };

/** A look fades by half in a week: up to two weeks ago it is the reason. */
const lately = 0.25;

/** Why a good is shown; its number is its place here. */
export const whys = ['again', 'due', 'together', 'looked', 'category', 'level', 'popular'] as const;
export type Why = (typeof whys)[number];
/** Of what is new to the person, whatever speaks most for it. */
const others = ['together', 'category', 'level', 'popular'] as const;

/** A good that is next for a person. */
export interface Listed {
  code: number;
  score: number;
  /** Place in `whys`. */
  why: number;
  because: number;
  since: number;
  every: number;
}

/** Says the best goods of one person after another, best first. `withoutCodes`: goods that are never shown. */
export function bestOf(
  model: Model,
  weights: readonly number[],
  rules: ProductRules,
  limit: number,
  withoutCodes: ReadonlySet<number> = new Set(),
): (person: History) => Listed[] {
  const candidates = candidatesOf(model);
  const weighed = features.flatMap(({ of, speaks }, i) => (weights[i] ? [{ of, speaks, weight: weights[i] }] : []));
  const scoreOf = (c: Candidate): number => {
    let score = 0;
    for (let j = 0; j < weighed.length; j++) score += weighed[j]!.weight * weighed[j]!.of(c);
    return score;
  };
  const said = (c: Candidate, group: Feature['speaks']): number =>
    weighed.reduce((sum, { of, speaks, weight }) => (speaks === group ? sum + weight * of(c) : sum), 0);
  const whyOf = (c: Candidate): Why => {
    if (c.buys > 0) return c.buys > 1 ? 'due' : 'again';
    if (c.look > lately) return 'looked';
    return others.reduce((best, why) => (said(c, why) > said(c, best) ? why : best));
  };
  const farthest = rules.priceTimes === null ? 0 : Math.log(rules.priceTimes);
  const may = (c: Candidate, { usual, spread }: History): boolean => {
    if (!model.stocked[c.code] || withoutCodes.has(c.code)) return false;
    if (rules.restDays > 0 && c.buys > 0 && c.since < rules.restDays) return false;
    const price = model.price[c.code]!;
    return rules.priceTimes === null || price <= 0 || usual <= 0 || Math.abs(price - usual) <= farthest + spread;
  };
  return (person) => {
    const n = candidates.of(person);
    const heap = new Best(n);
    for (let place = 0; place < n; place++) {
      const c = candidates.at(place);
      if (may(c, person)) heap.add(scoreOf(c), c.code, place);
    }
    const kinds = new Map<number, number>();
    const listed: Listed[] = [];
    for (let best = heap.next(); best && listed.length < limit; best = heap.next()) {
      // A good without a category is a category of its own.
      const kind = model.category[best.code]! || -best.code;
      const alike = kinds.get(kind) ?? 0;
      if (rules.perCategory !== null && alike >= rules.perCategory) continue;
      kinds.set(kind, alike + 1);
      listed.push(listedOf(best, candidates));
    }
    return listed;
  };
  function listedOf({ score, place }: Found, { at }: Candidates): Listed {
    const c = at(place);
    return { code: c.code, score, why: whys.indexOf(whyOf(c)), because: c.because, since: c.since, every: c.every };
  }
}

interface Found {
  score: number;
  code: number;
  place: number;
}

/** The best first, of equals the lower code; of a few hundred a dozen are asked for, so they are never put in order as a whole. */
class Best {
  readonly #scores: Float64Array;
  readonly #codes: Int32Array;
  readonly #places: Int32Array;
  #n = 0;
  #heaped = false;
  constructor(most: number) {
    this.#scores = new Float64Array(most);
    this.#codes = new Int32Array(most);
    this.#places = new Int32Array(most);
  }
  add(score: number, code: number, place: number): void {
    this.#put(this.#n++, score, code, place);
  }
  next(): Found | undefined {
    if (this.#n === 0) return undefined;
    if (!this.#heaped) for (let i = (this.#n >> 1) - 1; i >= 0; i--) this.#sink(i);
    this.#heaped = true;
    const best = { score: this.#scores[0]!, code: this.#codes[0]!, place: this.#places[0]! };
    this.#n -= 1;
    this.#put(0, this.#scores[this.#n]!, this.#codes[this.#n]!, this.#places[this.#n]!);
    this.#sink(0);
    return best;
  }
  #put(i: number, score: number, code: number, place: number): void {
    this.#scores[i] = score;
    this.#codes[i] = code;
    this.#places[i] = place;
  }
  #before(i: number, j: number): boolean {
    return this.#scores[i]! > this.#scores[j]! || (this.#scores[i] === this.#scores[j] && this.#codes[i]! < this.#codes[j]!);
  }
  #sink(from: number): void {
    for (let i = from; ; ) {
      let best = i;
      for (let child = 2 * i + 1; child < Math.min(this.#n, 2 * i + 3); child++) if (this.#before(child, best)) best = child;
      if (best === i) return;
      const [score, code, place] = [this.#scores[i]!, this.#codes[i]!, this.#places[i]!];
      this.#put(i, this.#scores[best]!, this.#codes[best]!, this.#places[best]!);
      this.#put(best, score, code, place);
      i = best;
    }
  }
}
