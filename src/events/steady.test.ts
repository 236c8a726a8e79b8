import { expect, it } from 'vitest';
import { Steady } from './steady.ts';

it('lets work go side by side, and a change stand alone', async () => {
  const steady = new Steady();
  const said: string[] = [];
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const work = (name: string, gate?: Promise<void>) =>
    steady.work(async () => {
      said.push(`${name} begins`);
      await gate;
      said.push(`${name} ends`);
    });
  const all = [work('a', gates[0]!.promise), work('b', gates[1]!.promise)];
  all.push(steady.change(async () => void said.push('first change')));
  all.push(work('c'));
  all.push(steady.change(async () => void said.push('second change')));
  gates[1]!.resolve();
  gates[0]!.resolve();
  await Promise.all(all);
  expect(said.slice(0, 2)).toEqual(['a begins', 'b begins']);
  expect(said.indexOf('first change')).toBeGreaterThan(Math.max(said.indexOf('a ends'), said.indexOf('b ends')));
  expect(said.indexOf('c begins')).toBeGreaterThan(said.indexOf('first change'));
});

it('goes on after work or a change that failed', async () => {
  const steady = new Steady();
  await expect(steady.work(() => Promise.reject(new Error('x')))).rejects.toThrow('x');
  await expect(steady.change(() => Promise.reject(new Error('y')))).rejects.toThrow('y');
  expect(await steady.work(async () => 1)).toBe(1);
  expect(await steady.change(async () => 2)).toBe(2);
});
