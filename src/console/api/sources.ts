import type { ImportKind, ImportOptions, Mapping } from './events.ts';
import { get, patch, post, remove } from './http.ts';

export type HookAuth =
  | { type: 'hmac'; header: string; encoding: 'hex' | 'base64'; prefix: string; timestampHeader?: string; toleranceSeconds: number }
  | { type: 'token'; header: string };

export interface HookBody {
  name: string;
  kind: ImportKind;
  rows: string;
  mapping: Mapping;
  auth: Partial<HookAuth> & { type: HookAuth['type'] };
  enabled: boolean;
}

export interface Hook extends Omit<HookBody, 'auth'> {
  id: string;
  auth: HookAuth;
  url: string;
  refused: { count: number; at: string | null; reason: string | null };
  lastAt: string | null;
  createdAt: string;
}

export interface RejectedRow {
  index: number;
  field: string;
  reason: string;
}

export interface Delivery {
  id: string;
  receivedAt: string;
  bytes: number;
  accepted: number;
  duplicate: number;
  rejected: number;
  errors: RejectedRow[];
}

export interface HookTest {
  kind: ImportKind;
  rows: string;
  mapping: Mapping;
  paths: { path: string; example: string }[];
  rowsFound: number;
  accepted: number;
  duplicates: number;
  rejected: RejectedRow[];
  events: Record<string, unknown>[];
}

export interface PullSource {
  engine: 'postgres' | 'mysql';
  host: string;
  port?: number;
  database: string;
  user: string;
  tls: 'verify' | 'require' | 'off';
}
export type Schedule = { everyMinutes: number } | { cron: string } | { byHand: true };

export interface PullBody {
  name: string;
  source: PullSource;
  password?: string;
  query: string;
  cursor: string;
  kind: ImportKind;
  mapping: Mapping;
  options?: ImportOptions;
  schedule: Schedule;
  enabled: boolean;
}

export interface Run {
  id: string;
  state: 'queued' | 'running' | 'done' | 'failed';
  fetched: number;
  accepted: number;
  duplicate: number;
  rejected: number;
  imports: string[];
  error: string | null;
  startedAt: string;
  finishedAt: string | null;
}

export interface Pull extends PullBody {
  id: string;
  watermark: string | null;
  nextAt: string | null;
  lastRun: Run | null;
  createdAt: string;
}

export interface PullTest {
  columns: { name: string; examples: unknown[] }[];
  kind: ImportKind;
  mapping: Mapping;
  cursor: string | null;
  sample: Record<string, unknown>[];
}

interface List<T> {
  items: T[];
}

export const hooks = {
  list: () => get<List<Hook>>('/hooks'),
  create: (body: HookBody) => post<Hook & { secret: string }>('/hooks', body),
  update: (id: string, body: Partial<HookBody>) => patch<Hook>(`/hooks/${id}`, body),
  renew: (id: string) => post<Hook & { secret: string }>(`/hooks/${id}/secret`),
  remove: (id: string) => remove<void>(`/hooks/${id}`),
  test: (body: { sample: unknown; kind?: ImportKind; rows?: string; mapping?: Mapping }) => post<HookTest>('/hooks/test', body),
  deliveries: (id: string) => get<List<Delivery>>(`/hooks/${id}/deliveries`),
};

export const pulls = {
  list: () => get<List<Pull>>('/pulls'),
  create: (body: PullBody) => post<Pull>('/pulls', body),
  update: (id: string, body: Partial<PullBody>) => patch<Pull>(`/pulls/${id}`, body),
  remove: (id: string) => remove<void>(`/pulls/${id}`),
  test: (body: { source: PullSource; password?: string; query: string; kind?: ImportKind }) => post<PullTest>('/pulls/test', body),
  run: (id: string) => post<{ id: string }>(`/pulls/${id}/run`),
  runs: (id: string) => get<List<Run>>(`/pulls/${id}/runs`),
};
