import type { GroupList, GroupView, MemberList, SyncView } from '../../channels/index.ts';
import { get, patch, post, type Query } from './http.ts';

export type { GroupList, GroupView, SyncView } from '../../channels/index.ts';
export type Member = MemberList['items'][number];

export const groups = {
  list: (query: { query?: string; owner?: string; state?: string; cursor?: string; limit?: number }) =>
    get<GroupList>('/groups', query as Query),
  get: (id: string) => get<GroupView>(`/groups/${id}`),
  members: (id: string, query: { state?: string; cursor?: string }) => get<MemberList>(`/groups/${id}/members`, query as Query),
  describe: (id: string, purpose: string) => patch<GroupView>(`/groups/${id}`, { purpose }),
  sync: () => get<SyncView>('/channels/wecom/sync'),
  startSync: () => post<SyncView>('/channels/wecom/sync', {}),
};
