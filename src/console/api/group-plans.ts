import type {
  CalendarView,
  HandoverAnswer,
  HandoverBody,
  HandoverList,
  OverlapList,
  PersonGroups,
  PlanBody,
  PlanForesight,
  PlanList,
  PlanView,
  RemindAnswer,
  SendList,
  WelcomeBody,
  WelcomeList,
  WelcomeView,
} from '../../channels/index.ts';
import { get, patch, post, put, type Query, remove } from './http.ts';

export type { CalendarView, OverlapList, PersonGroups, PlanBody, PlanView, Step, WelcomeBody, WelcomeView } from '../../channels/index.ts';
export type Entry = CalendarView['items'][number];
export type Send = SendList['items'][number];
type EntryRef = Pick<Entry, 'planId' | 'stepId' | 'at'>;

export const groupPlans = {
  list: () => get<PlanList>('/groups/plans'),
  /** Whom a plan would reach, and who is in how many of its groups. */
  foresee: (id: string) => get<PlanForesight>(`/groups/plans/${id}/foresight`),
  add: (body: PlanBody) => post<PlanView>('/groups/plans', body),
  change: (id: string, body: Partial<PlanBody>) => patch<PlanView>(`/groups/plans/${id}`, body),
  remove: (id: string) => remove<void>(`/groups/plans/${id}`),
  turn: (id: string, act: 'launch' | 'pause' | 'resume') => post<PlanView>(`/groups/plans/${id}/${act}`, {}),
  calendar: (query: { from?: string | undefined; days?: number }) => get<CalendarView>('/groups/calendar', query as Query),
  sends: (entry: EntryRef, query: { state?: string | undefined; cursor?: string | undefined }) =>
    get<SendList>('/groups/calendar/sends', { ...entry, ...query } as Query),
  remind: (entry: EntryRef, owner?: string) => post<RemindAnswer>('/groups/calendar/remind', { ...entry, ...(owner ? { owner } : {}) }),
  handOver: (body: HandoverBody) => post<HandoverAnswer>('/groups/handover', body),
  handovers: () => get<HandoverList>('/groups/handovers'),
  dropHandovers: (from: string) => remove<{ dropped: number }>(`/groups/handovers/${encodeURIComponent(from)}`),
  overlap: (id: string) => get<OverlapList>(`/groups/${id}/overlap`),
  ofPerson: (id: string) => get<PersonGroups>(`/people/${id}/groups`),
};

export const groupWelcomes = {
  list: () => get<WelcomeList>('/groups/welcomes'),
  add: (body: WelcomeBody) => post<WelcomeView>('/groups/welcomes', body),
  change: (id: string, body: WelcomeBody) => put<WelcomeView>(`/groups/welcomes/${id}`, body),
  remove: (id: string) => remove<void>(`/groups/welcomes/${id}`),
};
