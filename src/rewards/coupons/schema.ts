import { z } from 'zod';
import { pageQuery } from '../../base/index.ts';
import { personSchema } from '../../people/index.ts';
import { claimWays, type Terms, termsSchema } from './terms.ts';

const name = z.string().trim().min(1, { error: 'must not be empty' }).max(120, { error: 'must have at most 120 characters' });
const count = (most: number) => z.int().min(1, { error: 'must be at least 1' }).max(most);
const instant = z.iso.datetime({ offset: true, error: 'must be an instant, such as 2026-03-01T00:00:00+08:00' });

export const newCoupon = z.object({
  name,
  terms: termsSchema,
  /** Who may have it; nobody is kept out without one. */
  rule: z.unknown().optional(),
  /** What is typed on the wallet page to get it. */
  word: z
    .string()
    .trim()
    .min(2, { error: 'must have at least 2 characters' })
    .max(40, { error: 'must have at most 40 characters' })
    .nullish(),
  ways: z.array(z.enum(claimWays)).max(claimWays.length).default([]),
  /** Codes are made here, or taken from a list of the shop's. */
  codes: z.enum(['own', 'pool']).default('own'),
  stock: count(100_000_000),
  perDay: count(100_000_000).nullish(),
  perPerson: count(1_000).default(1),
  claimFrom: instant.nullish(),
  claimTo: instant.nullish(),
  budgetFen: z.int().min(0).max(1_000_000_000_000).nullish(),
});
export type NewCoupon = z.output<typeof newCoupon>;
export const couponChange = newCoupon
  .partial()
  .extend({ ways: z.array(z.enum(claimWays)).optional(), codes: z.enum(['own', 'pool']).optional(), perPerson: count(1_000).optional() })
  .refine((change) => Object.values(change).some((v) => v !== undefined), { error: 'must change something' });
export type CouponChange = z.output<typeof couponChange>;

const text = z.string().nullable();
const number = z.number();
export const states = ['draft', 'live', 'paused', 'over'] as const;
export const names = z.object({ zh: z.string(), en: z.string() });

export const couponSchema = z.object({
  id: z.string(),
  name: z.string(),
  state: z.enum(states),
  version: number,
  terms: z.custom<Terms>(),
  rule: z.unknown(),
  word: text,
  ways: z.array(z.enum(claimWays)),
  codes: z.enum(['own', 'pool']),
  stock: number,
  perDay: number.nullable(),
  perPerson: number,
  claimFrom: text,
  claimTo: text,
  budgetFen: number.nullable(),
  issued: number,
  /** Of the shop's codes, those that nobody has yet; null where codes are made here. */
  codesLeft: number.nullable(),
  sentence: names,
  createdAt: z.string(),
  launchedAt: text,
  endedAt: text,
});
export type Coupon = z.output<typeof couponSchema>;
export const couponListQuery = pageQuery.extend({ state: z.enum(states).optional() });
export const couponList = z.object({ items: z.array(couponSchema.extend({ used: number, open: number })), nextCursor: text });
export type CouponList = z.output<typeof couponList>;

export const causeSchema = z.object({
  journeyId: z.string().max(64).optional(),
  nodeId: z.string().max(64).optional(),
  touchpointId: z.string().max(64).optional(),
  by: z.string().max(120).optional(),
});
export type Cause = z.output<typeof causeSchema>;

export const issueStates = ['issued', 'used', 'expired'] as const;
export const holdingSchema = z.object({
  id: z.string(),
  couponId: z.string(),
  name: z.string(),
  code: z.string(),
  state: z.enum(issueStates),
  type: z.string(),
  terms: z.custom<Terms>(),
  sentence: names,
  issuedAt: z.string(),
  validFrom: z.string(),
  expiresAt: z.string(),
  how: z.enum(['given', 'claimed']),
  use: z.object({ orderId: z.string(), at: z.string(), amountFen: number, discountFen: number, carrier: z.string() }).nullable(),
});
export type Holding = z.output<typeof holdingSchema>;

export const peopleQuery = pageQuery.extend({
  state: z.enum([...issueStates, 'refused', 'returned']).optional(),
  carrier: z.string().max(40).optional(),
  journeyId: z.string().max(64).optional(),
  touchpointId: z.string().max(64).optional(),
  how: z.enum(['given', 'claimed']).optional(),
});
export type PeopleQuery = z.output<typeof peopleQuery>;
export const couponPeople = z.object({ items: z.array(z.object({ person: personSchema, holding: holdingSchema })), nextCursor: text });
export type CouponPeople = z.output<typeof couponPeople>;

const share = z.object({ share: number.nullable(), low: number.nullable(), high: number.nullable(), enough: z.boolean() });
const part = z.object({
  key: z.string(),
  issued: number,
  used: number,
  expired: number,
  discountFen: number,
  revenueFen: number,
  rate: share,
});
export const reportSchema = z.object({
  issued: number,
  claimed: number,
  used: number,
  open: number,
  expired: number,
  returned: number,
  /** Tries of a code that was used already, from orders that took place all the same. */
  refused: number,
  /** Uses that an order told of although the terms did not hold. */
  against: number,
  discountFen: number,
  /** What the orders with the coupon came to. */
  revenueFen: number,
  useRate: share,
  money: z.object({ budgetFen: number.nullable(), leftFen: number, reservedFen: number, spentFen: number }),
  days: z.array(z.object({ day: z.string(), issued: number, used: number })),
  byCarrier: z.array(z.object({ key: z.string(), used: number, discountFen: number, revenueFen: number })),
  byCause: z.array(part.extend({ kind: z.enum(['journey', 'touchpoint', 'given', 'claimed']) })),
  /** Of these, rows of people who were erased since: they lead to nobody. */
  erased: number,
});
export type CouponReport = z.output<typeof reportSchema>;

const whom = {
  audienceId: z.string().max(64).optional(),
  personIds: z.array(z.string().max(64)).max(1_000, { error: 'must name at most 1000' }).optional(),
};
const one = (given: { audienceId?: string | undefined; personIds?: string[] | undefined }) =>
  (given.audienceId === undefined) !== (given.personIds === undefined);
export const forecastBody = z.object(whom).refine(one, { path: ['audienceId'], error: 'name an audience, or personIds' });
export const issueBody = z
  .object({ ...whom, key: z.string().trim().min(1).max(100).optional(), cause: causeSchema.optional() })
  .refine(one, { path: ['audienceId'], error: 'name an audience, or personIds' });
export const refusals = ['sold_out', 'limit', 'over', 'paused', 'not_allowed'] as const;
export type Refusal = (typeof refusals)[number];
export const forecastSchema = z.object({
  people: number,
  willGet: number,
  refused: z.array(z.object({ reason: z.enum(refusals), people: number })),
  /** What it costs if everybody uses it, and as many as have so far; null where nobody can say yet. */
  cost: z.object({ mostFen: number, expectedFen: number.nullable(), rate: share.nullable() }),
  sampled: z.boolean(),
});
export type Forecast = z.output<typeof forecastSchema>;

export const product = z.object({
  productId: z.string().max(200).optional(),
  sku: z.string().max(200).optional(),
  category: z.string().max(200).optional(),
  priceFen: z.int({ error: 'must be a whole number of fen, 0 or more' }).min(0, { error: 'must be a whole number of fen, 0 or more' }),
  quantity: z.int().min(1, { error: 'must be at least 1' }).max(100_000).default(1),
});
export type Product = z.output<typeof product>;
export const redeemBody = z.object({
  code: z.string().trim().min(1, { error: 'must not be empty' }).max(100),
  orderId: z.string().trim().min(1, { error: 'must not be empty' }).max(200),
  amountFen: z.int({ error: 'must be a whole number of fen, 0 or more' }).min(0, { error: 'must be a whole number of fen, 0 or more' }),
  products: z.array(product).max(500).default([]),
  shippingFen: z.int().min(0).default(0),
  carrier: z.string().max(40).default(''),
  personId: z.string().max(64).optional(),
});
export type RedeemBody = z.output<typeof redeemBody>;
export const redeemed = z.object({
  couponId: z.string(),
  issueId: z.string(),
  name: z.string(),
  type: z.string(),
  discountFen: number,
  gift: text,
  personId: z.string(),
  orderId: z.string(),
  at: z.string(),
  /** It stood there already: nothing was changed. */
  again: z.boolean(),
});
export type Redeemed = z.output<typeof redeemed>;
