import type { Clock, Pg } from '../../base/index.ts';

/** Addresses that take no more: nobody writes to them again, whatever asks for it. Kept as identities are kept, so never in clear. */
export type DeadAddresses = ReturnType<typeof createDeadAddresses>;

export function createDeadAddresses(deps: {
  pg: Pg;
  clock: Clock;
  /** An address as identities keep it. */
  kept(workspaceNo: number, type: 'email' | 'phone', value: string): Promise<string>;
}) {
  const { pg, clock } = deps;
  const type = { email: 'email', sms: 'phone' } as const;
  type Of = keyof typeof type;
  const amongKept = async (workspaceNo: number, channel: Of, kept: readonly string[]): Promise<Set<string>> => {
    if (kept.length === 0) return new Set();
    const rows = await pg.query<{ address: string }>(
      'SELECT address FROM dead_addresses WHERE workspace_no = $1 AND channel = $2 AND address = ANY ($3)',
      [workspaceNo, channel, [...new Set(kept)]],
    );
    return new Set(rows.map((row) => row.address));
  };
  return {
    /** Which of these, as identities keep them, are dead. */
    amongKept,
    /** Which of these, in clear, are dead. */
    among: async (workspaceNo: number, channel: Of, addresses: readonly string[]): Promise<Set<string>> => {
      const kept = await Promise.all(addresses.map((address) => deps.kept(workspaceNo, type[channel], address)));
      const gone = await amongKept(workspaceNo, channel, kept);
      return new Set(addresses.filter((_, i) => gone.has(kept[i]!)));
    },
    bury: async (workspaceNo: number, channel: Of, address: string, reason: string): Promise<void> => {
      await pg.query(
        `INSERT INTO dead_addresses (workspace_no, channel, address, reason, at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (workspace_no, channel, address) DO UPDATE SET reason = excluded.reason, at = excluded.at`,
        [workspaceNo, channel, await deps.kept(workspaceNo, type[channel], address), reason, clock.now()],
      );
    },
    /** They say that it is well again: a bounce by mistake, a number that was given anew. */
    revive: async (workspaceNo: number, channel: Of, address: string): Promise<boolean> => {
      const rows = await pg.query(
        'DELETE FROM dead_addresses WHERE workspace_no = $1 AND channel = $2 AND address = $3 RETURNING 1 AS one',
        [workspaceNo, channel, await deps.kept(workspaceNo, type[channel], address)],
      );
      return rows.length > 0;
    },
    count: async (workspaceNo: number, channel: Of): Promise<number> => {
      const [row] = await pg.query<{ n: number }>('SELECT count(*) AS n FROM dead_addresses WHERE workspace_no = $1 AND channel = $2', [
        workspaceNo,
        channel,
      ]);
      return row!.n;
    },
  };
}
