import type { Case, Holdings } from './scoping-cases.ts';

const at = (kind: 'coupon' | 'couponCode' | 'person' | 'customer', who: Case['who'], body?: unknown, own = true): Case => {
  const part = (of: Holdings) => ({ path: of[kind], ...(body === undefined ? {} : { body }) });
  return { who, reach: (theirs) => [part(theirs)], refused: [404], ...(own ? { own: part } : {}) };
};
const till = (who: Case['who']): Case => {
  const part = (of: Holdings) => ({ body: { code: of.couponCode, orderId: 'till-1', amountFen: 10_000 } });
  return { who, reach: (theirs) => [part(theirs)], refused: [404], own: part };
};
/** A coupon goes to people and audiences of its own workspace alone. */
const giving = (who: Case['who']): Case => ({
  who,
  reach: (theirs, mine) => [
    { path: theirs.coupon, body: { audienceId: mine.audience } },
    { path: mine.coupon, body: { audienceId: theirs.audience } },
    { path: mine.coupon, body: { personIds: [theirs.person] } },
  ],
  refused: [404],
  own: (mine) => ({ path: mine.coupon, body: { personIds: [mine.person] } }),
});
const anyone = (open: string): Case => ({ who: 'public', open });

export const couponCases: Record<string, Case> = {
  'GET /c/w/:token': anyone('shows whoever holds the signed address of a person what that person holds'),
  'POST /c/w/:token/claim': anyone('claims for the person whose signed address it is'),
  'GET /api/coupons': { who: 'assistant', ask: () => ({}), shows: (mine) => [mine.coupon, mine.mark] },
  'POST /api/coupons': { who: 'operator', ask: () => ({ body: {} }) },
  'POST /api/coupons/sentence': {
    who: 'assistant',
    ask: () => ({ body: { terms: { type: 'amount', faceFen: 100, validity: { days: 1 } } } }),
  },
  // Analysts change nothing.
  'POST /api/coupons/redeem': { ...till('assistant'), but: 'analyst' },
  'POST /api/coupons/quote': till('assistant'),
  'GET /api/coupons/codes/:code': at('couponCode', 'assistant'),
  'GET /api/coupons/:id': at('coupon', 'assistant'),
  'PATCH /api/coupons/:id': at('coupon', 'operator', { perPerson: 5 }),
  'DELETE /api/coupons/:id': at('coupon', 'operator', undefined, false),
  'POST /api/coupons/:id/launch': at('coupon', 'operator', undefined, false),
  'POST /api/coupons/:id/pause': at('coupon', 'operator'),
  'POST /api/coupons/:id/resume': at('coupon', 'operator'),
  'POST /api/coupons/:id/end': at('coupon', 'operator', undefined, false),
  'POST /api/coupons/:id/forecast': giving('assistant'),
  'POST /api/coupons/:id/issue': giving('operator'),
  'POST /api/coupons/:id/codes': at('coupon', 'operator', { text: 'SHOP-1' }, false),
  'GET /api/coupons/:id/report': at('coupon', 'assistant'),
  'GET /api/coupons/:id/people': at('coupon', 'assistant'),
  'GET /api/people/:id/coupons': at('person', 'assistant'),
  'GET /api/sidebar/customers/:id/coupons': at('customer', 'assistant'),
  'POST /api/sidebar/customers/:id/coupons': {
    who: 'assistant',
    reach: (theirs, mine) => [
      { path: theirs.customer, body: { couponId: mine.coupon, key: 'tapped-once' } },
      { path: mine.customer, body: { couponId: theirs.coupon, key: 'tapped-once' } },
    ],
    refused: [404],
  },
};
