import type { Matching, MatchingSettings } from '../../matching/index.ts';
import { get, patch, post } from './http.ts';

export type { MatchingSettings } from '../../matching/index.ts';

type Answer<K extends keyof Matching> = Matching[K] extends (...args: never[]) => Promise<infer R> ? R : never;
export type MatchingModel = Answer<'model'>;
export type ProductsModel = NonNullable<MatchingModel['products']>;
export type OffPolicyAnswer = Answer<'offPolicy'>;
export type Recommendations = Answer<'recommendations'>;
export type GoesWithAnswer = Answer<'goesWith'>;
export type ProductsFound = Answer<'products'>;

const of = (id: string) => `/matching/products/${encodeURIComponent(id)}`;

export const matching = {
  model: () => get<MatchingModel>('/matching/model'),
  recompute: () => post<{ id: string }>('/matching/recompute'),
  settings: () => get<MatchingSettings>('/matching/settings'),
  change: (change: { products?: Partial<MatchingSettings['products']>; content?: Partial<MatchingSettings['content']> }) =>
    patch<MatchingSettings>('/matching/settings', change),
  policy: (policy: string, days: number) => get<OffPolicyAnswer>('/matching/policy', { policy, days }),
  products: (query: string) => get<ProductsFound>('/matching/products', { query, limit: 20 }),
  goesWith: (id: string, when: 'together' | 'next') => get<GoesWithAnswer>(`${of(id)}/${when}`, { limit: 8 }),
  ofPerson: (id: string, kind: 'product' | 'content') => get<Recommendations>(`/people/${id}/recommendations`, { kind, limit: 8 }),
};
