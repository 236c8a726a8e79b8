import type { ContentCard } from '../../content/index.ts';
import { get, type Page, patch, post, remove } from './http.ts';

export type Purpose = 'notify' | 'benefit' | 'convert' | 'community' | 'service';
export const PURPOSES: Purpose[] = ['notify', 'benefit', 'convert', 'community', 'service'];

export interface ContentItem {
  id: string;
  name: string;
  purpose?: Purpose | null;
  body: string;
  link?: { url: string; title?: string } | null;
  card?: ContentCard | null;
  createdAt?: string;
  updatedAt?: string;
}

export type ContentDraft = Pick<ContentItem, 'name' | 'body'> & Partial<Pick<ContentItem, 'purpose' | 'link' | 'card'>>;

export interface Rendered {
  text: string;
  link?: { url: string; title?: string } | null;
  errors: (string | { field?: string; reason?: string; message?: string })[];
}

export type { ContentCard };
export const pictureAddress = (id: string) => `/api/content/pictures/${id}`;

export const content = {
  list: () => get<Page<ContentItem>>('/content', { limit: 200 }),
  get: (id: string) => get<ContentItem>(`/content/${id}`),
  create: (draft: ContentDraft) => post<ContentItem>('/content', draft),
  change: (id: string, draft: Partial<ContentDraft>) => patch<ContentItem>(`/content/${id}`, draft),
  addPicture: (data: string) => post<{ id: string }>('/content/pictures', { data }),
  remove: (id: string) => remove<void>(`/content/${id}`),
  render: (id: string, personId?: string) => post<Rendered>(`/content/${id}/render`, personId ? { personId } : {}),
};
