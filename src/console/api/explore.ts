import type * as Insight from '../../insight/index.ts';
import { get, patch, post, remove } from './http.ts';

export type Kind = Insight.Kind;
export const KINDS: Kind[] = ['trend', 'funnel', 'retention', 'paths', 'distribution', 'stickiness', 'lifecycle', 'worth'];

/** As it is asked: what has a usual value may be left out. */
export type Question = { kind: Kind; from: string; to: string; compare?: 'previous' } & Record<string, unknown>;
export type Answer<K extends Kind = Kind> = Insight.ExploredAnswer<K>;
export type Meta = Insight.Meta;
export type SavedQuestion = Insight.SavedQuestion;
export type TrendRow = Insight.TrendRow;
export type PathsAnswer = Insight.PathsAnswer;
export type PathLink = Insight.PathLink;
export type StickinessRow = Insight.StickinessRow;
export type LifecycleRow = Insight.LifecycleRow;
export type DistributionRow = Insight.DistributionRow;
export type WorthRow = Insight.WorthRow;
export type FunnelTime = Insight.FunnelTime;
export type FunnelTrend = Insight.FunnelTrend;

export const explore = {
  ask: <K extends Kind>({ kind, ...question }: Question) => post<Answer<K>>(`/insight/${kind}`, question),
};

export const savedQuestions = {
  list: () => get<{ items: SavedQuestion[] }>('/insight/questions'),
  one: (id: string) => get<SavedQuestion>(`/insight/questions/${id}`),
  save: (saving: { name: string; question: object; days: number | null }) => post<SavedQuestion>('/insight/questions', saving),
  change: (id: string, change: { name?: string; question?: object; days?: number | null }) =>
    patch<SavedQuestion>(`/insight/questions/${id}`, change),
  remove: (id: string) => remove(`/insight/questions/${id}`),
};
