import { get, type Page, post, upload } from './http.ts';

export interface CatalogProperty {
  name: string;
  types: string[];
  examples: unknown[];
}

export interface CatalogEvent {
  event: string;
  type: string;
  count: number;
  people?: number;
  lastSeenAt: string | null;
  properties: CatalogProperty[];
}

export const catalog = {
  events: () => get<{ items: CatalogEvent[] }>('/catalog/events'),
  traits: () => get<{ items: CatalogProperty[] }>('/catalog/traits'),
};

export type ImportKind = 'orders' | 'people' | 'events' | 'products';
export const IMPORT_KINDS: ImportKind[] = ['orders', 'people', 'events', 'products'];
/** Target field -> column of the file. */
export type Mapping = Record<string, string>;

export interface Target {
  name: string;
  required: boolean;
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
  targets?: Record<ImportKind, Target[]>;
  sample: Record<string, unknown>[];
}

export interface ImportOptions {
  timezone?: string;
  dateOrder?: 'dmy' | 'mdy';
  withoutCustomer?: 'reject' | 'anonymous';
  origin?: string;
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
  start: (uploadId: string, kind: ImportKind, mapping: Mapping, options: ImportOptions) =>
    post<{ id: string }>('/imports', { uploadId, kind, mapping, options }),
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
