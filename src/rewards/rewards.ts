import { boundary as stopHere } from '../base/index.ts';
import { personNo, survivingPerson } from '../people/index.ts';
import { createCoupons } from './coupons/coupons.ts';
import type { Deps, RewardsDeps } from './ports.ts';
import { createWallet } from './wallet/wallet.ts';

/** What is given to people: coupons, and the ledger that says what it costs. */
export function createRewards(given: RewardsDeps) {
  const deps: Deps = { ...given, boundary: given.boundary ?? stopHere };
  let wake = (): void => {};
  const coupons = createCoupons(deps, () => wake());
  return {
    coupons,
    wallet: createWallet(deps, coupons),
    redeemUrl: `${deps.publicUrl}/coupons/redeem`,
    personNo: (workspaceNo: number, id: string) => survivingPerson(deps.pg, workspaceNo, personNo(id)),
    /** Everything that is due: ends, reminders, words about it all; returns how much that was, and when the next is due (milliseconds). */
    tick: async (): Promise<{ did: number; nextDueAt: number | undefined }> => {
      const { moved, nextDueAt } = await coupons.sweep();
      return { did: moved + (await coupons.tell()), nextDueAt: nextDueAt?.getTime() };
    },
    /** Called whenever there is something to tell: a loop wakes by it. */
    onWork: (fn: () => void): void => {
      wake = fn;
    },
  };
}
export type Rewards = ReturnType<typeof createRewards>;
