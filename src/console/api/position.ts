import type * as Insight from '../../insight/index.ts';
import { get, post, put } from './http.ts';

export type Suitability = Insight.Suitability;
export type SuitabilityRow = Insight.SuitabilityRow;
export type Statement = Insight.Statement;
export type Target = Insight.Target;
export type PoolMetric = Insight.PoolMetric;
export type Progress = Insight.Progress;
export type TargetProgress = Insight.TargetProgress;
export type GuardState = Insight.GuardState;
export type PurposeRow = Insight.PurposeRow;
export type ValuePoint = Insight.ValuePoint;
export type KocBoard = Insight.KocBoard;
export type KocSettings = Insight.KocSettings;
export type Scored = Insight.Scored;
export type Rank = Insight.Rank;

type Three = { low: number; likely: number; high: number };
export interface PoolModel {
  reach: Three;
  uplift: Three;
  margin: Three;
  costFen: Three;
  fixedFen: number;
}
export interface SuitabilityAsked {
  after: 'first' | 'every';
  otherwise: 'product' | 'together';
  top?: number;
  mapping?: { category: string; nameContains: string[] }[];
  model?: PoolModel;
}

export const position = {
  suitability: (asked: SuitabilityAsked) => post<Suitability>('/insight/suitability', asked),
  get: () => get<Insight.Stated & { metrics: PoolMetric[] }>('/position'),
  put: (statement: Statement) => put<Insight.Stated>('/position', statement),
  progress: () => get<Progress>('/position/progress'),
  purposes: (from: string, to: string, withinDays: number) => post<Insight.PurposeAnswer>('/position/purposes', { from, to, withinDays }),
  value: (days: number, count: number) => get<Insight.PoolWorth>('/position/value', { days, count }),
};

export const koc = {
  board: () => get<KocBoard>('/koc'),
  settings: () => get<Insight.KocStated>('/koc/settings'),
  put: (settings: KocSettings) => put<Insight.KocStated>('/koc/settings', settings),
};
