import type * as Events from '../../events/index.ts';
import { file, get, type Page, patch, post, put, type Query, remove, upload } from './http.ts';

export type CatalogProperty = Events.CatalogueProperty;
export type Declared = Events.Declared;
export type CatalogEvent = Events.CatalogueItem;
export type CatalogEntry = Pick<Events.Entry, 'kind' | 'type' | 'event' | 'name'> & Partial<Declared>;

export const catalog = {
  events: () => get<{ items: CatalogEvent[] }>('/catalog/events'),
  traits: () => get<{ items: CatalogProperty[] }>('/catalog/traits'),
  put: (entry: CatalogEntry) => put<CatalogEntry>('/catalog/entries', entry),
};

export type ImportKind = 'orders' | 'refunds' | 'members' | 'people' | 'events' | 'products';
export const IMPORT_KINDS: ImportKind[] = ['orders', 'refunds', 'members', 'people', 'events', 'products'];
/** Target field -> column of the file. */
export type Mapping = Record<string, string>;

export interface Target {
  name: string;
  required: boolean;
  /** It says whose a row is. */
  identity: boolean;
}
export interface KindTargets {
  kind: ImportKind;
  /** Names of their own go behind this; null where there are none. */
  freePrefix: 'properties.' | 'traits.' | null;
  needsIdentity: boolean;
  targets: Target[];
}

export interface Inspection {
  uploadId: string;
  file?: string;
  format: string;
  encoding?: string;
  rows: number;
  columns: { name: string; examples: unknown[] }[];
  kind: ImportKind;
  mapping: Mapping;
  sheets?: string[];
  sheet?: string | null;
  sample: Record<string, unknown>[];
}

export interface ImportOptions {
  timezone?: string;
  dateOrder?: 'dmy' | 'mdy';
  withoutCustomer?: 'reject' | 'anonymous';
  origin?: string;
}

export interface DryRun {
  people: { new: number; known: number; merged: number };
  months: { month: string; currency: string; orders: number; revenueFen: number; refunds: number; refundFen: number }[];
  earliest: string | null;
  latest: string | null;
}

export interface Import {
  id: string;
  kind: ImportKind;
  state: 'queued' | 'running' | 'done' | 'failed';
  rows: { read: number; accepted: number; duplicate: number; rejected: number };
  progress?: { done: number; total: number | null } | null;
  rejectedUrl?: string | null;
  totals?: Record<string, number>;
  reasons?: Record<string, number>;
  file?: string;
  error?: string | null;
  dryRun?: boolean;
  result?: DryRun | null;
  pullId?: string | null;
  createdBy?: string | null;
  createdAt?: string;
  finishedAt?: string | null;
}

export const imports = {
  list: () => get<Page<Import>>('/imports', { limit: 100 }),
  get: (id: string) => get<Import>(`/imports/${id}`),
  inspect: (file: File, onProgress?: (part: number) => void) => {
    const form = new FormData();
    form.append('file', file);
    return upload<Inspection>('/imports/inspect', form, onProgress);
  },
  sheet: (uploadId: string, sheet: string) => post<Inspection>('/imports/inspect', { uploadId, sheet }),
  start: (uploadId: string, kind: ImportKind, mapping: Mapping, options: ImportOptions, dryRun = false) =>
    post<{ id: string }>('/imports', { uploadId, kind, mapping, options, dryRun }),
  targets: () => get<{ items: KindTargets[] }>('/imports/targets'),
  rejectedRows: (id: string) =>
    get<{ items: { row: number; reason: string; values: Record<string, string> }[] }>(`/imports/${id}/rejected-rows`, { limit: 10 }),
  rejectedFile: (id: string) => file(`/imports/${id}/rejected`),
};

export interface Job {
  id: string;
  kind: string;
  state: 'queued' | 'running' | 'done' | 'failed';
  progress?: { done: number; total: number } | null;
  result?: unknown;
  error?: string | null;
}

export const jobs = { get: (id: string) => get<Job>(`/jobs/${id}`) };

export type HealthPoint = Events.Point;
export type HealthSource = Events.SourceNow;
export type HealthOverview = Events.Overview;
export type Finding = Events.FindingView;
export type ExpectedTime = Events.ExpectedTime;
export type RefusedSender = Events.RefusedSender;

export const health = {
  overview: () => get<HealthOverview>('/health/overview'),
  findings: (query: Query) => get<Page<Finding> & { total: number }>('/health/findings', query),
  series: (id: string) => get<Events.Series>(`/health/findings/${id}/series`),
  handle: (id: string, change: Events.FindingChange) => patch<Finding>(`/health/findings/${id}`, change),
  check: () => post<{ id: string }>('/health/check'),
  refused: () => get<{ days: number; items: RefusedSender[] }>('/health/refused'),
  expected: () => get<{ items: ExpectedTime[] }>('/health/expected'),
  announce: (time: { from: string; to: string; note?: string }) => post<ExpectedTime>('/health/expected', time),
  takeBack: (id: string) => remove<void>(`/health/expected/${id}`),
};
