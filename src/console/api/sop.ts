import type {
  MomentPlanChange,
  MomentPlanView,
  NewMomentPlan,
  SopCalendar,
  SopChange,
  SopItem,
  SopList,
  SopRow,
  SopView,
  TemplateMade,
} from '../../journeys/index.ts';
import { get, patch, post, put, type Query, remove } from './http.ts';
import type { NodeOf } from './journeys.ts';

export type { MomentPlanView, SopCalendar, SopItem, SopRow };
export type Sop = Omit<SopView, 'entries'> & { entries: NodeOf<'entry'>[] };
export type SopPlan = SopList['items'][number];
export type SopKind = SopPlan['kind'];
export interface SopTemplate {
  key: string;
  kind: SopKind;
  name: { zh: string; en: string };
  about: { zh: string; en: string };
  messages: number;
}
/** A row as it is written: with the id of content, or with words of its own. */
export type RowDraft = Omit<SopRow, 'id' | 'name' | 'among' | 'fallback'> & Partial<SopRow> & { text?: string };
export type SopBody = Omit<SopChange, 'entry' | 'rows'> & { entry?: Record<string, unknown>; rows: RowDraft[] };

export const sop = {
  list: () => get<SopList>('/sop'),
  calendar: (query: { from?: string | undefined; days: number }) => get<SopCalendar>('/sop/calendar', query as Query),
  templates: () => get<{ items: SopTemplate[] }>('/sop/templates'),
  fromTemplate: (key: string) => post<TemplateMade>(`/sop/templates/${key}`, {}),
  get: (id: string) => get<{ sop: Sop | null }>(`/journeys/${id}/sop`),
  add: (body: SopBody) => post<Sop>('/sop/persons', body),
  change: (id: string, body: SopBody) => put<Sop>(`/journeys/${id}/sop`, body),
};

export const momentPlans = {
  get: (id: string) => get<MomentPlanView>(`/sop/moments/${id}`),
  add: (body: Omit<NewMomentPlan, 'series'> & { series?: string }) => post<MomentPlanView>('/sop/moments', body),
  change: (id: string, change: MomentPlanChange) => patch<MomentPlanView>(`/sop/moments/${id}`, change),
  remove: (id: string) => remove<void>(`/sop/moments/${id}`),
};
