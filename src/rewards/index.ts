export { showCode } from './coupons/codes.ts';
export type { Given, IssueAsk } from './coupons/issue.ts';
export type {
  Cause,
  Coupon,
  CouponChange,
  CouponList,
  CouponPeople,
  CouponReport,
  Forecast,
  Holding,
  NewCoupon,
  Redeemed,
  Refusal,
} from './coupons/schema.ts';
export { type Terms, termsSchema } from './coupons/terms.ts';
export { type Account, type Balances, balances, type Entry, post } from './ledger.ts';
export { migrations } from './migrations.ts';
export type { RewardsDeps } from './ports.ts';
export { rewardsZh } from './problems.zh.ts';
export { createRewards, type Rewards } from './rewards.ts';
export { routes, walletRoutes } from './routes.ts';
