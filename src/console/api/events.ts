import { get, type Page, patch, post, put, type Query, remove, upload } from './http.ts';

export interface CatalogProperty {
  name: string;
  types: string[];
  examples: unknown[];
  /** Share of the events that have it. */
  share?: number;
  personal?: boolean;
  declared?: Declared | null;
}

export interface Declared {
  valueType: string | null;
  owner: string | null;
  meaning: { zh: string | null; en: string | null };
  personal: boolean | null;
  expected: { perDay?: number | null; sources?: string[] | null } | null;
  status: 'active' | 'deprecated' | 'blocked';
}

export interface CatalogEntry extends Partial<Declared> {
  kind: 'event' | 'property' | 'trait';
  type: string;
  event: string;
  name: string;
}

export interface CatalogEvent {
  event: string;
  type: string;
  count: number;
  people?: number;
  lastSeenAt: string | null;
  firstSeenAt?: string | null;
  daily?: number[];
  sources?: { source: string; sdk: string; version: string; count: number; lastHour: string }[];
  declared?: Declared | null;
  properties: CatalogProperty[];
}

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

export interface HealthPoint {
  at: string;
  observed: number;
  expected?: number;
  low?: number;
  high?: number;
}

export interface HealthSource {
  subject: string;
  dimension: 'source' | 'carrier' | 'sdk' | 'version';
  events: number;
  usual: number;
  lastHour: string | null;
  hours: number[];
}

export interface HealthOverview {
  state: 'empty' | 'learning' | 'broken' | 'doubtful' | 'whole';
  findings: { critical: number; warning: number; info: number; muted: number };
  checkedThrough: string | null;
  daysKnown: number;
  daysNeeded: number;
  hours: HealthPoint[];
  sources: HealthSource[];
}

export interface Finding {
  id: string;
  detector: string;
  subject: string;
  state: 'open' | 'closed';
  handling: 'new' | 'acknowledged' | 'muted' | 'expected';
  severity: 'info' | 'warning' | 'critical';
  firstAt: string;
  lastAt: string;
  openedAt: string;
  closedAt: string | null;
  note: string | null;
  evidence: {
    observed: number;
    expected: number;
    low: number;
    high: number;
    unit: 'events' | 'share' | 'value' | 'names' | 'people';
    of?: number;
    by: string[];
    details?: Record<string, unknown>;
    examples: {
      messageId: string;
      event: string;
      type: string;
      timestamp: string;
      receivedAt: string;
      personId: string;
      source: string;
      sdk: string;
    }[];
  };
}

export interface ExpectedTime {
  id: string;
  from: string;
  to: string;
  note: string | null;
}

export const health = {
  overview: () => get<HealthOverview>('/health/overview'),
  findings: (query: Query) => get<Page<Finding> & { total: number }>('/health/findings', query),
  series: (id: string) => get<{ unit: string; points: HealthPoint[] }>(`/health/findings/${id}/series`),
  handle: (id: string, change: { handling?: Finding['handling']; note?: string }) => patch<Finding>(`/health/findings/${id}`, change),
  check: () => post<{ id: string }>('/health/check'),
  expected: () => get<{ items: ExpectedTime[] }>('/health/expected'),
  announce: (time: { from: string; to: string; note?: string }) => post<ExpectedTime>('/health/expected', time),
  takeBack: (id: string) => remove<void>(`/health/expected/${id}`),
};
