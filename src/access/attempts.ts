import type { Clock, Pg } from '../base/index.ts';
import { sha256 } from './secrets.ts';

const WINDOW_MS = 5 * 60_000;

export interface Attempts {
  /** Runs `guess` unless too many failed within five minutes; a failed one counts. */
  guard<T>(subject: { account: string; ip: string }, guess: () => Promise<T>): Promise<{ done: T } | { waitSeconds: number }>;
}

/**
 * Guesses at passwords, counted in PostgreSQL so that a restart or a second process does not forget them. Only failures count, so an
 * office behind one address signs in freely. The guess is counted before it is made and taken back when it was right: a hundred at the same instant are a hundred.
 */
export function createAttempts(deps: { pg: Pg; clock: Clock }): Attempts {
  const { pg, clock } = deps;
  const count = async (key: string): Promise<{ failures: number; since: Date }> => {
    const now = clock.now();
    const old = new Date(clock.ms() - WINDOW_MS);
    const [row] = await pg.query<{ failures: number; since: Date }>(
      `INSERT INTO auth_attempts AS a (key, since, failures) VALUES ($1, $2, 1)
       ON CONFLICT (key) DO UPDATE SET failures = CASE WHEN a.since <= $3 THEN 1 ELSE a.failures + 1 END,
         since = CASE WHEN a.since <= $3 THEN $2 ELSE a.since END
       RETURNING failures, since`,
      [key, now, old],
    );
    if (row!.failures === 1) await pg.query('DELETE FROM auth_attempts WHERE since <= $1', [old]);
    return row!;
  };
  return {
    guard: async (subject, guess) => {
      const limits = [
        { key: sha256(`account ${subject.account} ${subject.ip}`), most: 5 },
        { key: sha256(`address ${subject.ip}`), most: 30 },
      ];
      for (const { key, most } of limits) {
        const { failures, since } = await count(key);
        if (failures > most) return { waitSeconds: Math.max(1, Math.ceil((since.getTime() + WINDOW_MS - clock.ms()) / 1000)) };
      }
      const done = await guess();
      await pg.query('DELETE FROM auth_attempts WHERE key = $1', [limits[0]!.key]);
      await pg.query('UPDATE auth_attempts SET failures = greatest(failures - 1, 0) WHERE key = $1', [limits[1]!.key]);
      return { done };
    },
  };
}
