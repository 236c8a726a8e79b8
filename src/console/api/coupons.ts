import type { Coupon, CouponList, CouponPeople, CouponReport, Forecast, Holding, Redeemed, Terms } from '../../rewards/index.ts';
import { get, patch, post, remove } from './http.ts';

export type { Coupon, CouponReport, Forecast, Holding, Redeemed, Terms };
export type CouponState = Coupon['state'];
export type CouponAction = 'launch' | 'pause' | 'resume' | 'end';
export const TYPES: Terms['type'][] = ['amount', 'percent', 'gift', 'shipping', 'exchange'];
export const CARRIERS: Terms['carriers'] = ['app', 'mini_program', 'official_account', 'wecom', 'group', 'web', 'store'];

/** A coupon as it is edited. */
export type CouponDraft = Pick<
  Coupon,
  'name' | 'terms' | 'rule' | 'word' | 'ways' | 'codes' | 'stock' | 'perDay' | 'perPerson' | 'claimFrom' | 'claimTo' | 'budgetFen'
>;
export interface PeopleOf {
  state?: string;
  carrier?: string;
  journeyId?: string;
  touchpointId?: string;
  how?: string;
}
export interface Till {
  code: string;
  orderId: string;
  amountFen: number;
  carrier: string;
}

export const coupons = {
  list: (cursor?: string, state?: string) => get<CouponList>('/coupons', { cursor, state, limit: 50 }),
  get: (id: string) => get<Coupon>(`/coupons/${id}`),
  create: (draft: CouponDraft) => post<Coupon>('/coupons', draft),
  change: (id: string, draft: Partial<CouponDraft>) => patch<Coupon>(`/coupons/${id}`, draft),
  remove: (id: string) => remove<null>(`/coupons/${id}`),
  act: (id: string, action: CouponAction) => post<Coupon>(`/coupons/${id}/${action}`),
  sentence: (terms: Terms) => post<{ zh: string; en: string }>('/coupons/sentence', { terms }),
  report: (id: string) => get<CouponReport>(`/coupons/${id}/report`),
  people: (id: string, query: PeopleOf & { cursor?: string }) => get<CouponPeople>(`/coupons/${id}/people`, { ...query }),
  forecast: (id: string, audienceId: string) => post<Forecast>(`/coupons/${id}/forecast`, { audienceId }),
  issue: (id: string, body: { audienceId: string; key: string } | { personIds: string[] }) =>
    post<{ job: string } | { counts: Record<string, number> }>(`/coupons/${id}/issue`, body),
  addCodes: (id: string, text: string) => post<{ added: number; known: number; unread: number }>(`/coupons/${id}/codes`, { text }),
  ofPerson: (id: string) => get<{ items: Holding[]; walletUrl: string }>(`/people/${id}/coupons`),
  byCode: (code: string) => get<Holding & { personId: string }>(`/coupons/codes/${encodeURIComponent(code)}`),
  quote: (till: Till) => post<Redeemed>('/coupons/quote', till),
  redeem: (till: Till) => post<Redeemed>('/coupons/redeem', till),
};
