import type {
  FatiguePeople,
  FatigueView,
  LimitChange,
  LimitView,
  MomentCheck,
  MomentChoices,
  MomentDetail,
  MomentList,
  MomentMade,
  MomentView,
  PersonFatigue,
  ReachPlan,
  ReachView,
  Reminded,
  StaffMessage,
  StaffMessageSent,
  WaitingTask,
} from '../../channels/index.ts';
import { get, post, put, type Query, remove } from './http.ts';

export type { LimitChange, LimitView, MomentCheck, MomentDetail, MomentMade, MomentView, ReachPlan, ReachView, WaitingTask };

export const limits = {
  list: () => get<{ items: LimitView[] }>('/limits'),
  put: (key: string, change: LimitChange) => put<LimitView>(`/limits/${key}`, change),
  reset: (key: string) => remove<LimitView>(`/limits/${key}`),
};

export const fatigue = {
  all: () => get<FatigueView>('/fatigue'),
  ofPerson: (id: string) => get<PersonFatigue>(`/people/${id}/fatigue`),
  people: (query: { from: number; to: number; cursor?: string }) => get<FatiguePeople>('/fatigue/people', query),
};

export const reach = {
  now: () => get<ReachView>('/channels/wecom/reach'),
  plan: (ask: { audienceId?: string; messages: number }) => post<ReachPlan>('/channels/wecom/plan', ask),
  waiting: () => get<{ items: WaitingTask[] }>('/mass-messages/waiting'),
  remind: (ids: string[]) => post<Reminded>('/mass-messages/remind', { ids }),
  tell: (message: { staff: string[]; title: string; text: string; url?: string }) => post<StaffMessageSent>('/staff-messages', message),
  told: () => get<{ items: StaffMessage[] }>('/staff-messages'),
};

export interface NewMoment {
  contentId: string;
  staff?: string[];
  tags?: string[];
}

export const moments = {
  list: (cursor?: string) => get<MomentList>('/moments', { cursor } as Query),
  get: (id: string) => get<MomentDetail>(`/moments/${id}`),
  choices: () => get<MomentChoices>('/moments/choices'),
  check: (moment: NewMoment) => post<MomentCheck>('/moments/check', moment),
  make: (moment: NewMoment) => post<MomentMade>('/moments', moment),
  cancel: (id: string) => post<MomentDetail>(`/moments/${id}/cancel`),
};
