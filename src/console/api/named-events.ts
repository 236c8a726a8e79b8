import { get, post, remove } from './http.ts';

export interface Condition {
  op: '=' | 'contains' | 'starts with';
  value: string;
}

export interface NamedRule {
  on: 'click' | 'submit' | 'change';
  selector: string;
  text?: Condition;
  path?: Condition;
}

export interface NamedEvent extends NamedRule {
  id: string;
  name: string;
  createdAt: string;
  count: number;
  people: number;
  lastSeenAt: string | null;
}

export interface NamedPreview {
  count: number;
  people: number;
  /** There is more than was looked at. */
  atLeast: boolean;
  samples: { text: string; path: string; chain: string; time: string }[];
}

export const namedEvents = {
  list: () => get<{ items: NamedEvent[] }>('/named-events'),
  create: (one: NamedRule & { name: string }) => post<NamedEvent & { jobId: string }>('/named-events', one),
  preview: (rule: NamedRule, signal?: AbortSignal) => post<NamedPreview>('/named-events/preview', rule, signal),
  archive: (id: string) => remove<void>(`/named-events/${id}`),
};
