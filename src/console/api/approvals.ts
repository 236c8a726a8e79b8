import type { ApprovalDetail, ApprovalList, ApprovalView } from '../../channels/index.ts';
import { type ApprovalAsk, get, post, type Query } from './http.ts';

export type { ApprovalDetail, ApprovalView };

export const approvals = {
  list: (query: { state?: string; cursor?: string }) => get<ApprovalList>('/approvals', query as Query),
  get: (id: string) => get<ApprovalDetail>(`/approvals/${id}`),
  ask: (ask: ApprovalAsk & { why?: string }) => post<ApprovalView>('/approvals', ask),
  approve: (id: string, people: number, word?: string) =>
    post<ApprovalView>(`/approvals/${id}/approve`, { people, ...(word ? { word } : {}) }),
  refuse: (id: string, word: string) => post<ApprovalView>(`/approvals/${id}/refuse`, { word }),
  withdraw: (id: string) => post<ApprovalView>(`/approvals/${id}/withdraw`, {}),
};
