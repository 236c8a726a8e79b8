import type { TransferList } from '../../channels/index.ts';
import { get, post, type Query } from './http.ts';

export type Transfer = TransferList['items'][number];

export const transfers = {
  list: (query: { state?: string; cursor?: string }) => get<TransferList>('/pay/transfers', query as Query),
  cancel: (id: string) => post<{ id: string; state: Transfer['state'] }>(`/pay/transfers/${id}/cancel`),
};
