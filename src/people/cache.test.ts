import { expect, it } from 'vitest';
import { IdentityCache } from './cache.ts';

it('what a batch found stays found, and followed, however many people were merged before', () => {
  const cache = new IdentityCache(4);
  cache.set('early', 1);
  cache.set('late', 2);
  for (let person = 2; person < 6; person++) cache.move(person, person + 1);
  // Half of what may be kept is new: the first two are old now.
  cache.set('new', 9);
  expect(['early', 'late', 'new'].map((key) => cache.has(key))).toEqual([true, true, true]);
  expect(['early', 'late', 'new'].map((key) => cache.current(key))).toEqual([1, 6, 9]);
  // One merge more than are kept: all is asked again.
  cache.move(6, 7);
  expect(['early', 'late', 'new'].map((key) => cache.has(key))).toEqual([false, false, false]);
});
