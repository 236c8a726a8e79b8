import { randomBytes } from 'node:crypto';
import { createTokens } from '../../base/index.ts';
import { survivingPerson } from '../../people/index.ts';
import type { Coupons } from '../coupons/coupons.ts';
import type { Offer } from '../coupons/offers.ts';
import type { Holding, Refusal } from '../coupons/schema.ts';
import type { Deps } from '../ports.ts';

export interface WalletView {
  shop: string;
  timezone: string;
  holdings: Holding[];
  /** What can be claimed here. */
  offers: Offer[];
  /** Sent back with a claim: pressed twice it is one. */
  key: string;
}
export type ClaimSaid = 'given' | 'unknown' | Refusal;

/** At most so many coupons are offered at once. */
const offered = 20;

/** A customer's own page, at an address that is theirs alone: what they hold, and what they may claim. */
export function createWallet(deps: Deps, coupons: Pick<Coupons, 'claim' | 'claimByWord' | 'ofPerson' | 'offers'>) {
  const tokens = createTokens(deps.walletKeys);
  const owner = async (token: string): Promise<{ workspaceNo: number; personNo: number } | undefined> => {
    const at = tokens.read(token);
    // Who was merged since is the one who stays; who was erased is nobody.
    const personNo = at && (await survivingPerson(deps.pg, at.workspaceNo, at.no));
    return at && personNo ? { workspaceNo: at.workspaceNo, personNo } : undefined;
  };
  const said = (given: object | undefined): ClaimSaid =>
    given === undefined ? 'unknown' : 'refused' in given ? (given.refused as Refusal) : 'given';

  return {
    /** Of the person, for messages and for staff. */
    url: (workspaceNo: number, personNo: number): string => `${deps.publicUrl}/c/w/${tokens.token(workspaceNo, personNo)}`,
    view: async (token: string): Promise<WalletView | undefined> => {
      const who = await owner(token);
      if (!who) return undefined;
      const { workspaceNo, personNo } = who;
      const [workspace, holdings, offers] = await Promise.all([
        deps.workspace(workspaceNo),
        coupons.ofPerson(workspaceNo, personNo, 60),
        coupons.offers(workspaceNo, personNo, 'page', offered),
      ]);
      return { shop: workspace.name, timezone: workspace.timezone, holdings, offers, key: randomBytes(9).toString('base64url') };
    },
    claim: async (
      token: string,
      ask: { couponId?: string | undefined; word?: string | undefined; key: string },
    ): Promise<ClaimSaid | undefined> => {
      const who = await owner(token);
      if (!who) return undefined;
      const { workspaceNo, personNo } = who;
      if (ask.word !== undefined) return said(await coupons.claimByWord(workspaceNo, personNo, ask.word, `w:${ask.key}`));
      // Only what the page offers: the others are not for everybody to take.
      const [offer] = await coupons.offers(workspaceNo, personNo, 'page', 1, ask.couponId);
      if (!offer) return 'unknown';
      return said(await coupons.claim(workspaceNo, { couponId: offer.id, personNo, key: `w:${ask.key}` }));
    },
  };
}
export type Wallet = ReturnType<typeof createWallet>;
