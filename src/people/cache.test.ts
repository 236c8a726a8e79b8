import { expect, it } from 'vitest';
import { IdentityCache } from './cache.ts';

it('what a batch found stays found, and followed, however many people were merged before', () => {
  const cache = new IdentityCache(4);
  cache.set('early', 1);
  cache.set('late', 2);
  for (let person = 2; person < 6; person++) cache.move(person, person + 1);
  // Half of what may be kept is new: the first two are old from here on.
  cache.rest();
  cache.set('new', 9);
  expect(['early', 'late', 'new'].map((key) => cache.has(key))).toEqual([true, true, true]);
  expect(['early', 'late', 'new'].map((key) => cache.current(key))).toEqual([1, 6, 9]);
  // One merge more than are kept: all is asked again.
  cache.move(6, 7);
  expect(['early', 'late', 'new'].map((key) => cache.has(key))).toEqual([false, false, false]);
});

it('amid a batch nothing is forgotten, however much it names; what two batches did not ask for is', () => {
  const cache = new IdentityCache(4);
  const keys = Array.from({ length: 20 }, (_, i) => `k${i}`);
  for (const [i, key] of keys.entries()) cache.set(key, i);
  expect(keys.every((key) => cache.has(key))).toBe(true);
  cache.rest();
  expect(cache.has('k0')).toBe(true);
  cache.set('other', 1);
  cache.rest();
  expect(['k0', 'k1', 'other'].map((key) => cache.has(key))).toEqual([true, false, true]);
});
