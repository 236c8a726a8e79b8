import { z } from 'zod';

export const couponTypes = ['amount', 'percent', 'gift', 'shipping', 'exchange'] as const;
export const scopes = ['all', 'categories', 'products', 'exclude'] as const;
/** Where an order may be placed; none named: everywhere. */
export const orderCarriers = ['app', 'mini_program', 'official_account', 'wecom', 'group', 'web', 'store'] as const;
/** How a coupon may come to a person besides by journeys and by an operator. */
export const claimWays = ['page', 'staff'] as const;

const fen = (error = 'must be a whole number of fen, 0 or more') => z.int({ error }).min(0, { error }).max(100_000_000_00, { error });
const instant = z.iso.datetime({ offset: true, error: 'must be an instant, such as 2026-03-01T00:00:00+08:00' });

/** What a coupon promises to whoever holds it. */
export const termsSchema = z
  .object({
    type: z.enum(couponTypes, { error: `must be one of ${couponTypes.join(', ')}` }),
    /** Taken off the order. Of `amount`. */
    faceFen: fen().default(0),
    /** 20: a fifth of the price is taken off. Of `percent`. */
    percent: z.int().min(1, { error: 'must be from 1 to 100' }).max(100, { error: 'must be from 1 to 100' }).nullable().default(null),
    /** What a percentage, a free shipping or an exchange takes off at most. */
    capFen: fen().nullable().default(null),
    /** Goods that it is good for must cost so much. */
    thresholdFen: fen().default(0),
    scope: z
      .object({
        kind: z.enum(scopes, { error: `must be one of ${scopes.join(', ')}` }),
        /** Names of categories, or ids of products; `exclude` takes either. */
        of: z
          .array(z.string().trim().min(1, { error: 'must not be empty' }).max(200))
          .max(500)
          .default([]),
      })
      .default({ kind: 'all', of: [] }),
    carriers: z
      .array(z.enum(orderCarriers, { error: `must be one of ${orderCarriers.join(', ')}` }))
      .max(orderCarriers.length)
      .default([]),
    validity: z.union(
      [z.object({ from: instant, to: instant }), z.object({ days: z.int().min(0).max(3660, { error: 'must be at most 3660' }) })],
      { error: 'must be {from, to} with instants, or {days} after the day of the claim' },
    ),
    /** Whether it may be used in an order beside others. */
    stackable: z.boolean().default(false),
    /** When the whole order is paid back: the coupon may be used again, or it is gone. */
    onRefund: z.enum(['return', 'keep'], { error: 'must be return or keep' }).default('return'),
    /** What is given or exchanged. */
    gift: z.string().trim().max(120, { error: 'must have at most 120 characters' }).nullable().default(null),
    /** What one use costs the brand. */
    costFen: fen().default(0),
  })
  .superRefine((terms, context) => {
    const wrong = (path: string, message: string) => context.addIssue({ code: 'custom', path: path.split('.'), message });
    if (terms.type === 'amount' && terms.faceFen === 0) wrong('faceFen', 'must be more than 0: what is taken off the order');
    if (terms.type === 'percent' && terms.percent === null) wrong('percent', 'must be from 1 to 100');
    if ((terms.type === 'gift' || terms.type === 'exchange') && !terms.gift) wrong('gift', 'must not be empty: what people get for it');
    if (terms.scope.kind !== 'all' && terms.scope.of.length === 0) wrong('scope.of', 'must name at least one');
    if ('from' in terms.validity && Date.parse(terms.validity.from) >= Date.parse(terms.validity.to))
      wrong('validity.to', 'must be after the beginning');
  });
export type Terms = z.output<typeof termsSchema>;
