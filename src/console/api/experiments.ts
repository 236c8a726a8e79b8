import type { ComparisonView, Definition, Experiment, MetricResult, Plan, PlanAsk, Results } from '../../experiments/index.ts';
import { get, patch, post } from './http.ts';
import type { Person } from './people.ts';

export type { ComparisonView, Definition, Experiment, MetricResult, Plan, Results };
export interface PeopleOfExperiment {
  arm?: string;
  counted?: boolean;
  metric?: string;
  did?: boolean;
  stage?: string;
  level?: string;
}

export const experiments = {
  list: (cursor?: string) => get<{ items: Experiment[]; nextCursor: string | null }>('/experiments', { cursor, limit: 50 }),
  get: (id: string) => get<Experiment>(`/experiments/${id}`),
  create: (draft: { name: string; definition: Definition }) => post<Experiment>('/experiments', draft),
  change: (id: string, change: { name?: string; definition?: Definition }) => patch<Experiment>(`/experiments/${id}`, change),
  launch: (id: string) => post<Experiment>(`/experiments/${id}/launch`),
  stop: (id: string) => post<Experiment>(`/experiments/${id}/stop`),
  decide: (id: string, arm: string | null) => post<Experiment>(`/experiments/${id}/decide`, { arm, note: '' }),
  results: (id: string) => get<Results>(`/experiments/${id}/results`),
  plan: (ask: PlanAsk) => post<Plan>('/experiments/plan', ask),
  people: (id: string, of: PeopleOfExperiment & { cursor?: string }) =>
    post<{ items: Person[]; nextCursor: string | null }>(`/experiments/${id}/people`, of),
};
