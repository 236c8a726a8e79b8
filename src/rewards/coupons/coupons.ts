import type { Slice, Split } from '../../events/index.ts';
import type { Deps } from '../ports.ts';
import { createClaims } from './claim.ts';
import { createDefinitions } from './definitions.ts';
import { sweep } from './expire.ts';
import { followMerges, followSplit } from './follow.ts';
import { createGive } from './give.ts';
import { createHoldings } from './holdings.ts';
import { createIssue } from './issue.ts';
import { type Offer, offersOf } from './offers.ts';
import { consumeOrders } from './orders.ts';
import { addCodes } from './pool.ts';
import { createRedeem } from './redeem.ts';
import { reportOf } from './report.ts';
import type { Coupon } from './schema.ts';
import { sentenceOf } from './sentence.ts';
import { tell } from './tell.ts';
import type { Terms } from './terms.ts';

/** Coupons: defined, given and claimed, used for orders, run out; everything told as events. `wake`: there is something to tell or to end. */
export function createCoupons(deps: Deps, wake: () => void) {
  const { get, create, change, launch, pause, resume, end, remove, list, withRules } = createDefinitions(deps);
  const issue = createIssue(deps, wake);
  const claims = createClaims(deps, issue);
  const redeem = createRedeem(deps, wake);
  const { give, forecast } = createGive(deps, issue);
  const { ofPerson, byCode, people } = createHoldings(deps);
  return {
    ...{ get, create, change, launch, pause, resume, end, remove, list, withRules },
    /** Gives a coupon to people. Idempotent by (key, person); never more than there are. */
    issue: issue.issue,
    /** To people named, or to an audience in the background. */
    give,
    forecast,
    /** What somebody may claim in a way now. */
    offers: (workspaceNo: number, personNo: number, way: Coupon['ways'][number], most: number, only?: string): Promise<Offer[]> =>
      offersOf(deps, issue, workspaceNo, personNo, way, most, only),
    addCodes: (workspaceNo: number, id: string, text: string) => addCodes(deps, workspaceNo, id, text),
    ...{ ofPerson, byCode, people },
    report: (workspaceNo: number, id: string) => reportOf(deps, workspaceNo, id),
    /** The terms in words, before they are kept. */
    sentence: async (workspaceNo: number, terms: Terms) => sentenceOf(terms, (await deps.workspace(workspaceNo)).timezone),
    claim: claims.claim,
    claimByWord: claims.byWord,
    redeem: redeem.redeem,
    quote: redeem.quote,
    /** An order was paid back in full. */
    refunded: redeem.refunded,
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
