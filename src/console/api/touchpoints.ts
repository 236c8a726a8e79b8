import type { TrialAnswer, WaysAnswer } from '../../insight/index.ts';
import type {
  Batch,
  BulkBody,
  Code,
  CodeView,
  Figure,
  NewTouchpoint,
  Preview,
  Touchpoint,
  TouchpointChange,
  TouchpointSettings,
  Trial,
  Warning,
} from '../../touchpoints/index.ts';
import { file, get, type Page, patch, post, put, type Query, remove, upload } from './http.ts';

export type { Entrance, StepOf, TrialAnswer, Way, WayStep, WaysAnswer } from '../../insight/index.ts';
export type {
  Batch,
  BulkBody,
  Code,
  CodeView,
  Figure,
  Kind,
  NewTouchpoint,
  Preview,
  Target,
  TargetView,
  Touchpoint,
  TouchpointChange,
  TouchpointSettings,
  Trial,
  Warning,
} from '../../touchpoints/index.ts';

/** Kinds in the order in which they are offered. */
export const KINDS = [
  'live_code',
  'channel_code',
  'group_code',
  'static_code',
  'short_link',
  'oa_code',
  'mini_code',
  'mini_link',
  'poster',
  'store',
  'staff',
  'ad',
  'account',
] as const satisfies readonly Touchpoint['kind'][];

const form = (picture: File): FormData => {
  const data = new FormData();
  data.append('file', picture);
  return data;
};

export const touchpoints = {
  list: (query: Query) => get<Page<Touchpoint> & { total: number }>('/touchpoints', query),
  get: (id: string) => get<Touchpoint>(`/touchpoints/${id}`),
  create: (body: NewTouchpoint) => post<Touchpoint>('/touchpoints', body),
  change: (id: string, body: TouchpointChange) => patch<Touchpoint>(`/touchpoints/${id}`, body),
  remove: (id: string) => remove<void>(`/touchpoints/${id}`),
  settings: () => get<TouchpointSettings>('/touchpoint-settings'),
  saveSettings: (body: TouchpointSettings) => put<TouchpointSettings>('/touchpoint-settings', body),
  figures: (ids: string[], period: { from: string; to: string }) =>
    get<{ items: Figure[] }>('/touchpoints/figures', { ids: ids.join(','), from: period.from, to: period.to }),
  days: (id: string) => get<{ items: { day: string; scans: number; friends: number; joins: number }[] }>(`/touchpoints/${id}/days`),
  sharers: (id: string) => get<{ items: { personId: string | null; scans: number; people: number }[] }>(`/touchpoints/${id}/sharers`),
  warnings: () => get<{ items: Warning[] }>('/touchpoints/warnings'),
  code: (id: string) => get<CodeView>(`/touchpoints/${id}/code`),
  saveCode: (id: string, code: Code) => patch<Touchpoint>(`/touchpoints/${id}`, { code }),
  preview: (id: string, body: { at?: string | undefined; region?: string | undefined }) =>
    post<Preview>(`/touchpoints/${id}/preview`, body),
  provision: (id: string) => post<Touchpoint>(`/touchpoints/${id}/provision`),
  picture: (id: string, query: Query) => file(`/touchpoints/${id}/picture`, query),
  replace: (id: string, picture: File) => upload<Touchpoint>(`/touchpoints/${id}/picture`, form(picture), undefined, 'PUT'),
  readPicture: (picture: File) => upload<{ content: string | null; groupCode: boolean }>('/touchpoints/read-picture', form(picture)),
  setLogo: (picture: File) => upload<void>('/code-logo', form(picture), undefined, 'PUT'),
  batches: () => get<{ items: Batch[] }>('/touchpoint-batches'),
  makeBatch: (body: BulkBody) => post<Batch>('/touchpoint-batches', body),
  batchFile: (id: string) => file(`/touchpoint-batches/${id}/file`),
  ways: (question: { from: string; to: string; withinDays: number }) => post<WaysAnswer>('/insight/ways', question),
  trials: () => get<{ items: Trial[] }>('/code-trials'),
  trial: (id: string) => get<TrialAnswer>(`/insight/code-trials/${id}`),
  makeTrial: (body: { name: string; text: string; liveId: string; staticId: string }) => post<Trial>('/code-trials', body),
  endTrial: (id: string) => post<Trial>(`/code-trials/${id}/end`),
};

/** Hands a file that was fetched to the person. */
export function keep(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  Object.assign(document.createElement('a'), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
