import type { Clock } from '../../base/index.ts';

/** Answers that cost many scans are given again for a while; who asks meanwhile waits for the same. Their questions hold instants, so their lists stay theirs. */
export function remember(clock: Clock, forMs: number) {
  const kept = new Map<string, { at: number; answer: Promise<unknown> }>();
  return <T>(key: string, ask: () => Promise<T>): Promise<T> => {
    const now = clock.ms();
    for (const [one, { at }] of kept) if (now - at >= forMs || now < at) kept.delete(one);
    const known = kept.get(key);
    if (known) return known.answer as Promise<T>;
    const answer = ask();
    kept.set(key, { at: now, answer });
    answer.catch(() => kept.delete(key));
    return answer;
  };
}
