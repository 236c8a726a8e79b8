import { notFound, type Pg, problem } from '../../base/index.ts';
import { personId, personNo, survivingPerson } from '../../people/index.ts';
import { post } from '../ledger.ts';
import type { Deps } from '../ports.ts';
import { isOurs, readCode } from './codes.ts';
import { bookOf } from './definitions.ts';
import { type Against, discountOf } from './discount.ts';
import { issueId } from './ids.ts';
import type { RedeemBody, Redeemed } from './schema.ts';
import type { Terms } from './terms.ts';

export interface Held {
  no: number;
  coupon_no: number;
  coupon_id: string;
  version: number;
  person_no: number;
  code: string;
  state: 'issued' | 'used' | 'expired';
  cost_fen: number;
  valid_from: Date;
  expires_at: Date;
  terms: Terms & { name: string };
}

export const heldColumns =
  'i.no, i.coupon_no, c.id AS coupon_id, i.version, i.person_no, i.code, i.state, i.cost_fen, i.valid_from, i.expires_at, t.terms';
export const heldFrom =
  'coupon_issues i JOIN coupons c ON c.no = i.coupon_no JOIN coupon_terms t ON t.coupon_no = i.coupon_no AND t.version = i.version';

export type RedeemRefusal = 'used' | 'expired' | 'not_yet' | 'person' | 'not_stackable' | Against;

/** What is said of a code that does not hold, and what can be done. */
const refusals: Record<RedeemRefusal, string> = {
  used: 'is used already',
  expired: 'is no longer valid',
  not_yet: 'is not valid yet',
  person: 'belongs to somebody else',
  not_stackable: 'cannot be used beside another coupon in one order',
  carrier: 'cannot be used for an order of this carrier',
  scope: 'is not good for anything in this order',
  threshold: 'needs a larger order of the goods that it is good for',
};

interface Use {
  no: number;
  state: 'used' | 'returned' | 'refused';
  discount_fen: number;
  at: Date;
}

/** Uses coupons for orders: once an order and code, whoever asks how often. */
export function createRedeem(deps: Deps, told: () => void) {
  const { pg, clock } = deps;

  /** Held alone while an order's coupons are looked at: two that may not stand together do not slip in side by side. */
  const holdOrder = (tx: Pg, workspaceNo: number, orderId: string) =>
    tx.query('SELECT pg_advisory_xact_lock(hashtextextended($2, $1))', [workspaceNo, `coupon order ${orderId}`]);

  const held = async (tx: Pg, workspaceNo: number, code: string): Promise<Held | undefined> => {
    const [one] = await tx.query<Held>(
      `SELECT ${heldColumns} FROM ${heldFrom} WHERE i.workspace_no = $1 AND i.code = $2 FOR UPDATE OF i`,
      [workspaceNo, code],
      'coupons.held',
    );
    return one;
  };
  const usedFor = async (tx: Pg, held: Held, orderId: string): Promise<Use | undefined> => {
    const [use] = await tx.query<Use>('SELECT no, state, discount_fen, at FROM coupon_uses WHERE issue_no = $1 AND order_id = $2', [
      held.no,
      orderId,
    ]);
    return use;
  };
  /** What stands against using it for this order now. */
  const judge = async (
    tx: Pg,
    workspaceNo: number,
    one: Held,
    body: RedeemBody,
    at: Date,
  ): Promise<{ discountFen: number } | { against: RedeemRefusal }> => {
    if (one.state === 'used') return { against: 'used' };
    if (one.state === 'expired' || one.expires_at <= at) return { against: 'expired' };
    if (one.valid_from > at) return { against: 'not_yet' };
    if (body.personId !== undefined && (await survivingPerson(tx, workspaceNo, personNo(body.personId))) !== one.person_no)
      return { against: 'person' };
    const beside = await tx.query<{ stackable: boolean | null }>(
      `SELECT (t.terms ->> 'stackable')::boolean AS stackable FROM coupon_uses u JOIN coupon_issues i ON i.no = u.issue_no
       JOIN coupon_terms t ON t.coupon_no = i.coupon_no AND t.version = i.version WHERE u.workspace_no = $1 AND u.order_id = $2 AND u.state = 'used'`,
      [workspaceNo, body.orderId],
    );
    if (beside.length > 0 && (!one.terms.stackable || beside.some((b) => !b.stackable))) return { against: 'not_stackable' };
    return discountOf(one.terms, body);
  };
  const answer = (one: Held, orderId: string, use: Pick<Use, 'discount_fen' | 'at'>, again: boolean): Redeemed => ({
    couponId: one.coupon_id,
    issueId: issueId(one.no),
    name: one.terms.name,
    type: one.terms.type,
    discountFen: use.discount_fen,
    gift: one.terms.gift,
    personId: personId(one.person_no),
    orderId,
    at: use.at.toISOString(),
    again,
  });
  const refuse = (against: RedeemRefusal) =>
    problem(409, 'The coupon cannot be used here', { code: `coupon_${against}`, errors: [{ field: 'code', reason: refusals[against] }] });

  /** Notes what is to be told; its number names the entry of the ledger, for the same order may use and give back a coupon again. */
  const note = async (
    tx: Pg,
    workspaceNo: number,
    event: 'Coupon Redeemed' | 'Coupon Returned',
    of: { no: number; person_no: number; use_no: number },
    at: Date,
  ): Promise<string> => {
    const [act] = await tx.query<{ no: number }>(
      'INSERT INTO coupon_acts (workspace_no, person_no, issue_no, use_no, event, at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING no',
      [workspaceNo, of.person_no, of.no, of.use_no, event, at],
    );
    return String(act!.no);
  };

  /** Writes a use down: the coupon is used, its cost is spent, and it is told. */
  const write = async (
    tx: Pg,
    workspaceNo: number,
    one: Held,
    use: {
      orderId: string;
      amountFen: number;
      discountFen: number;
      carrier: string;
      via: 'api' | 'staff' | 'order';
      by: string | null;
      against: RedeemRefusal | null;
      at: Date;
    },
  ): Promise<void> => {
    const [row] = await tx.query<{ no: number }>(
      `INSERT INTO coupon_uses AS u (workspace_no, coupon_no, issue_no, person_no, order_id, state, amount_fen, discount_fen, cost_fen, carrier, via, by_name, against, at)
       VALUES ($1, $2, $3, $4, $5, 'used', $6, $7, $8, $9, $10, $11, $12, $13)
       ON CONFLICT (issue_no, order_id) DO UPDATE SET state = 'used', returned_at = NULL, at = EXCLUDED.at RETURNING no`,
      [
        ...[workspaceNo, one.coupon_no, one.no, one.person_no, use.orderId, use.amountFen, use.discountFen, one.cost_fen],
        ...[use.carrier, use.via, use.by, use.against, use.at],
      ],
    );
    await tx.query("UPDATE coupon_issues SET state = 'used', remind_at = NULL WHERE no = $1", [one.no]);
    const act = await note(tx, workspaceNo, 'Coupon Redeemed', { ...one, use_no: row!.no }, use.at);
    // One that had run out was no longer promised: its cost comes out of the budget after all.
    await post(tx, workspaceNo, {
      ...{ book: bookOf(one.coupon_no), kind: 'use', ref: act, target: 'spent', fen: one.cost_fen, at: clock.now() },
      source: one.state === 'expired' ? 'budget' : 'reserved',
    });
  };

  return {
    /** Uses a coupon for an order and says what it takes off. Asked again it says the same. */
    redeem: async (workspaceNo: number, body: RedeemBody, by: { via: 'api' | 'staff'; name: string | null }): Promise<Redeemed> => {
      const code = readCode(body.code);
      const done = await pg.tx(async (tx) => {
        await holdOrder(tx, workspaceNo, body.orderId);
        const one = await held(tx, workspaceNo, code);
        if (!one) throw unknownCode(code);
        const before = await usedFor(tx, one, body.orderId);
        if (before?.state === 'used') return answer(one, body.orderId, before, true);
        const at = clock.now();
        const verdict = await judge(tx, workspaceNo, one, body, at);
        if ('against' in verdict) throw refuse(verdict.against);
        const use = { ...body, ...verdict, via: by.via, by: by.name, against: null, at };
        await write(tx, workspaceNo, one, use);
        return answer(one, body.orderId, { discount_fen: verdict.discountFen, at }, false);
      });
      await deps.boundary('rewards.redeemed');
      told();
      return done;
    },
    /** What it would take off, without using it. */
    quote: async (workspaceNo: number, body: RedeemBody): Promise<Redeemed> => {
      const code = readCode(body.code);
      return pg.tx(async (tx) => {
        const one = await held(tx, workspaceNo, code);
        if (!one) throw unknownCode(code);
        const at = clock.now();
        const before = await usedFor(tx, one, body.orderId);
        if (before?.state === 'used') return answer(one, body.orderId, before, true);
        const verdict = await judge(tx, workspaceNo, one, body, at);
        if ('against' in verdict) throw refuse(verdict.against);
        return answer(one, body.orderId, { discount_fen: verdict.discountFen, at }, false);
      });
    },
    /**
     * An order tells that it was placed with a code. The order is a fact: a coupon that is still in hand is used by it also where its terms did not
     * hold, which is noted; of one that another order used the try is kept.
     */
    byOrder: async (workspaceNo: number, body: RedeemBody & { discountFen: number | null }, at: Date): Promise<boolean> => {
      const done = await pg.tx(async (tx) => {
        await holdOrder(tx, workspaceNo, body.orderId);
        const one = await held(tx, workspaceNo, readCode(body.code));
        if (!one || (await usedFor(tx, one, body.orderId))) return false;
        const verdict = await judge(tx, workspaceNo, one, body, at);
        const against = 'against' in verdict ? verdict.against : null;
        if (one.state === 'used') {
          await tx.query(
            `INSERT INTO coupon_uses (workspace_no, coupon_no, issue_no, person_no, order_id, state, amount_fen, discount_fen, cost_fen, carrier, via, against, at)
             VALUES ($1, $2, $3, $4, $5, 'refused', $6, 0, 0, $7, 'order', 'used', $8)`,
            [workspaceNo, one.coupon_no, one.no, one.person_no, body.orderId, body.amountFen, body.carrier, at],
          );
          return true;
        }
        const discountFen = body.discountFen ?? ('discountFen' in verdict ? verdict.discountFen : 0);
        await write(tx, workspaceNo, one, { ...body, discountFen, via: 'order', by: null, against, at });
        return true;
      });
      await deps.boundary('rewards.redeemed');
      if (done) told();
      return done;
    },
    /** An order was paid back in full: by the coupon's terms it is in hand again, or it is gone. */
    refunded: async (workspaceNo: number, orderId: string, at: Date): Promise<number> => {
      const back = await pg.tx(async (tx) => {
        await holdOrder(tx, workspaceNo, orderId);
        const uses = await tx.query<Held & { use_no: number }>(
          `SELECT ${heldColumns}, u.no AS use_no FROM ${heldFrom} JOIN coupon_uses u ON u.issue_no = i.no
           WHERE u.workspace_no = $1 AND u.order_id = $2 AND u.state = 'used' AND t.terms ->> 'onRefund' = 'return' ORDER BY i.no FOR UPDATE OF i`,
          [workspaceNo, orderId],
        );
        for (const use of uses) {
          const over = use.expires_at <= clock.now();
          await tx.query("UPDATE coupon_uses SET state = 'returned', returned_at = $2 WHERE no = $1", [use.use_no, at]);
          await tx.query('UPDATE coupon_issues SET state = $2 WHERE no = $1', [use.no, over ? 'expired' : 'issued']);
          const act = await note(tx, workspaceNo, 'Coupon Returned', use, at);
          await post(tx, workspaceNo, {
            ...{
              book: bookOf(use.coupon_no),
              kind: 'return',
              ref: act,
              source: 'spent',
              fen: use.cost_fen,
              at: clock.now(),
            },
            target: over ? 'budget' : 'reserved',
          });
        }
        return uses.length;
      });
      await deps.boundary('rewards.returned');
      if (back > 0) told();
      return back;
    },
  };
}
export type Redeem = ReturnType<typeof createRedeem>;

/** One that is not ours may be a shop's own; what has the shape of ours and fails its check was mistyped. */
const unknownCode = (code: string) =>
  code.length === 12 && !isOurs(code)
    ? problem(404, 'There is no such coupon', { errors: [{ field: 'code', reason: 'is mistyped; look at it letter by letter' }] })
    : notFound('Coupon');
