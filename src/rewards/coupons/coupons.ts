import type { Slice, Split } from '../../events/index.ts';
import type { Deps } from '../ports.ts';
import { createClaims } from './claim.ts';
import { createDefinitions } from './definitions.ts';
import { sweep } from './expire.ts';
import { followMerges, followSplit } from './follow.ts';
import { createIssue } from './issue.ts';
import { consumeOrders } from './orders.ts';
import { createRedeem } from './redeem.ts';
import { tell } from './tell.ts';

/** Coupons: defined, given and claimed, used for orders, run out; everything told as events. `wake`: there is something to tell or to end. */
export function createCoupons(deps: Deps, wake: () => void) {
  const { get, create, change, launch, pause, resume, end, remove, list, withRules } = createDefinitions(deps);
  const issue = createIssue(deps, wake);
  const claims = createClaims(deps, issue);
  const redeem = createRedeem(deps, wake);
  return {
    ...{ get, create, change, launch, pause, resume, end, remove, list, withRules },
    /** Gives a coupon to people. Idempotent by (key, person); never more than there are. */
    issue: issue.issue,
    claim: claims.claim,
    claimByWord: claims.byWord,
    redeem: redeem.redeem,
    quote: redeem.quote,
    /** For `events.consume('rewards', …)`: orders that name coupons, orders that were paid back. */
    consume: (slice: Slice) => consumeOrders(deps, redeem, slice),
    /** For `events.onMerge` and `events.onSplit`. */
    onMerge: (workspaceNo: number, moves: readonly { from: number; to: number }[]) => followMerges(deps, workspaceNo, moves),
    onSplit: (workspaceNo: number, split: Split) => followSplit(deps, workspaceNo, split),
    /** Ends what has run out, and reminds. */
    sweep: () => sweep(deps),
    /** Tells what happened as events. */
    tell: () => tell(deps),
  };
}
export type Coupons = ReturnType<typeof createCoupons>;
