import { createHash, randomBytes } from 'node:crypto';

export interface Random {
  /** 0 inclusive to 1 exclusive */
  next(): number;
  chance(probability: number): boolean;
  int(below: number): number;
  pick<T>(items: readonly T[]): T | undefined;
  /** how many happen, when `mean` happen on average */
  poisson(mean: number): number;
  exponential(mean: number): number;
}

/** mulberry32: small, quick, and the same sequence for the same seed everywhere. */
export function createRandom(seed: string): Random {
  let a = createHash('sha256').update(seed).digest().readUInt32LE(0);
  function next(): number {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }
  const int = (below: number) => Math.floor(next() * below);
  return {
    next,
    int,
    chance: (p) => next() < p,
    pick: (items) => items[int(items.length)],
    poisson(mean) {
      const limit = Math.exp(-Math.min(mean, 500));
      let n = 0;
      for (let p = next(); p > limit; p *= next()) n++;
      return n;
    },
    exponential: (mean) => -Math.log(1 - next()) * mean,
  };
}

export const randomSeed = (): string => randomBytes(12).toString('hex');

/** Opaque, case-sensitive ids such as the platform's: `wm` + 30 characters, never the same twice for one (seed, counter). */
export function opaqueId(seed: string, counter: number, prefix: string, length = 30): string {
  let text = '';
  for (let block = 0; text.length < length; block++) {
    text += createHash('sha256').update(`${seed}:${counter}:${prefix}:${block}`).digest('base64url');
  }
  return prefix + text.slice(0, length);
}
