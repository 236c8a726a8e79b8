import { get, type Page, patch, post, put, remove } from './http.ts';
import type { Rule } from './rule.ts';

export interface Named {
  zh: string;
  en: string;
}

export interface Definition {
  key: string;
  name: Named;
  rule: Rule | null;
  count?: number;
}

export interface TagDefinition extends Definition {
  id: string;
  kind?: string;
}

export interface Definitions {
  stages: Definition[];
  tiers: Definition[];
  levels: Definition[];
  tags: TagDefinition[];
}

export type LadderKind = 'stages' | 'tiers' | 'levels';

export interface Audience {
  id: string;
  name: string;
  rule: Rule;
  live: boolean;
  count?: number | null;
  createdAt?: string;
  updatedAt?: string;
}

export interface Preview {
  count: number;
  elapsedMs: number;
  total?: number;
  sample?: { id: string; name?: string | null; level?: string | null; stage?: string | null }[];
  warnings?: { path: string; message: string }[];
  sentence?: Named;
}

export const audiences = {
  list: () => get<Page<Audience>>('/audiences', { limit: 200 }),
  get: (id: string) => get<Audience>(`/audiences/${id}`),
  create: (audience: { name: string; rule: Rule; live: boolean }) => post<Audience>('/audiences', audience),
  change: (id: string, change: Partial<{ name: string; rule: Rule; live: boolean }>) => patch<Audience>(`/audiences/${id}`, change),
  remove: (id: string) => remove<void>(`/audiences/${id}`),
  members: (id: string, cursor?: string) => get<Page<{ personId: string; since: string }>>(`/audiences/${id}/members`, { cursor }),
  preview: (rule: Rule, signal?: AbortSignal) => post<Preview>('/audiences/preview', { rule }, signal),
};

export const definitions = {
  get: () => get<Definitions>('/definitions'),
  put: (kind: LadderKind, items: Definition[]) => put<unknown>(`/definitions/${kind}`, { items }),
  addTag: (tag: { key: string; name: Named; rule: Rule | null }) => post<TagDefinition>('/tags', tag),
  changeTag: (id: string, change: Partial<{ name: Named; rule: Rule | null }>) => patch<TagDefinition>(`/tags/${id}`, change),
  removeTag: (id: string) => remove<void>(`/tags/${id}`),
  recompute: () => post<{ id: string }>('/definitions/recompute'),
};
