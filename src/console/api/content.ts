import type {
  ContentCard,
  ContentItem,
  ContentKind,
  ContentNeeds,
  ContentSettings,
  Facets,
  FileView,
  FoundItem,
  ImportReport,
  NewContent,
  Rendered,
  Twin,
  TwinPair,
  VersionView,
} from '../../content/index.ts';
import { get, type Page, patch, post, put, type Query, remove, upload } from './http.ts';

export type {
  ContentCard,
  ContentItem,
  ContentKind,
  ContentNeeds,
  Facets,
  FileView,
  FoundItem,
  ImportReport,
  Rendered,
  Twin,
  TwinPair,
  VersionView,
};
export type Purpose = 'notify' | 'benefit' | 'convert' | 'community' | 'service';
export const PURPOSES: Purpose[] = ['notify', 'benefit', 'convert', 'community', 'service'];
export const KINDS: ContentKind[] = ['text', 'image', 'video', 'audio', 'article', 'h5', 'mini_program', 'qa', 'live'];
export const ANSWERS = ['why_need', 'why_us', 'what_i_get'] as const;
export const AUTHORS = ['staff', 'partner', 'kol', 'koc', 'writer', 'user'] as const;
export const CHANNELS = ['wecom', 'official_account', 'mini_program', 'sms', 'email', 'push'] as const;
export type VariantChannel = (typeof CHANNELS)[number];

export type ContentDraft = NewContent;
export type ReviewAct = 'submit' | 'withdraw' | 'approve' | 'reject';

export const pictureAddress = (id: string) => `/api/content/files/${id}`;
export const thumbAddress = (id: string) => `/api/content/files/${id}/thumb`;

/** The picture that stands for an item. */
export function faceOf(item: Pick<ContentItem, 'kind' | 'detail' | 'card'>): string | undefined {
  const detail = item.detail as { cover?: string | null; poster?: string | null; files?: string[] };
  return detail.cover || detail.poster || detail.files?.[0] || (item.card && 'picture' in item.card && item.card.picture) || undefined;
}

const formOf = (files: Record<string, File | undefined>, fields: Record<string, string> = {}): FormData => {
  const form = new FormData();
  for (const [key, value] of Object.entries(fields)) form.append(key, value);
  for (const [key, file] of Object.entries(files)) if (file) form.append(key, file);
  return form;
};

export const content = {
  list: () => get<Page<ContentItem>>('/content', { limit: 200 }),
  find: (query: Query, signal?: AbortSignal) => get<Page<FoundItem>>('/content', query, signal),
  facets: (query: Query, signal?: AbortSignal) => get<Facets>('/content/facets', query, signal),
  get: (id: string) => get<ContentItem>(`/content/${id}`),
  create: (draft: ContentDraft) => post<ContentItem>('/content', draft),
  change: (id: string, draft: Partial<ContentDraft> & { version?: number }) => patch<ContentItem>(`/content/${id}`, draft),
  addFile: (file: File, onProgress?: (part: number) => void) => upload<FileView>('/content/files', formOf({ file }), onProgress),
  remove: (id: string) => remove<void>(`/content/${id}`),
  render: (id: string, ask: { personId?: string; channel?: VariantChannel } = {}) => post<Rendered>(`/content/${id}/render`, ask),
  versions: (id: string) => get<{ items: VersionView[] }>(`/content/${id}/versions`),
  restore: (id: string, version: number) => post<ContentItem>(`/content/${id}/restore`, { version }),
  review: (id: string, act: ReviewAct, version: number, note?: string) =>
    post<ContentItem>(`/content/${id}/${act}`, { version, ...(note ? { note } : {}) }),
  needs: () => get<ContentNeeds>('/content/needs'),
  settings: () => get<ContentSettings>('/content/settings'),
  setSettings: (settings: ContentSettings) => put<ContentSettings>('/content/settings', settings),
  twinsOf: (draft: ContentDraft & { except?: string }) => post<{ items: Twin[] }>('/content/twins', draft),
  twins: (cursor?: string) => get<Page<TwinPair>>('/content/twins', { cursor, limit: 50 }),
  dismissTwins: (a: string, b: string) => post<void>('/content/twins/dismiss', { a, b }),
  importFiles: (files: { file?: File; pictures?: File }, dryRun: boolean, onProgress?: (part: number) => void) =>
    upload<ImportReport>('/content/import', formOf(files, { dryRun: String(dryRun) }), onProgress),
};
