import type { Clock } from '../../base/index.ts';

/** Faults of configuration that a provider told of, by account: shown until a message gets through, or for a day. */
export interface Fault {
  errcode: string;
  endpoint: string;
  hint: string;
}

const keptMs = 86_400_000;

export function createFaults(clock: Clock) {
  const known = new Map<string, Fault & { at: number }>();
  return {
    note: (accountId: string, fault: Fault) => void known.set(accountId, { ...fault, at: clock.ms() }),
    clear: (accountId: string) => void known.delete(accountId),
    of: async (accountId: string): Promise<Fault[]> => {
      const fault = known.get(accountId);
      if (!fault || clock.ms() - fault.at > keptMs) return [];
      const { errcode, endpoint, hint } = fault;
      return [{ errcode, endpoint, hint }];
    },
  };
}
export type Faults = ReturnType<typeof createFaults>;
