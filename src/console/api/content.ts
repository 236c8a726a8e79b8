import type { ContentCard, FileView } from '../../content/index.ts';
import { get, type Page, patch, post, remove, upload } from './http.ts';

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
export const pictureAddress = (id: string) => `/api/content/files/${id}`;

export const content = {
  list: () => get<Page<ContentItem>>('/content', { limit: 200 }),
  get: (id: string) => get<ContentItem>(`/content/${id}`),
  create: (draft: ContentDraft) => post<ContentItem>('/content', draft),
  change: (id: string, draft: Partial<ContentDraft>) => patch<ContentItem>(`/content/${id}`, draft),
  addFile: (file: File, onProgress?: (part: number) => void) => {
    const form = new FormData();
    form.append('file', file);
    return upload<FileView>('/content/files', form, onProgress);
  },
  remove: (id: string) => remove<void>(`/content/${id}`),
  render: (id: string, personId?: string) => post<Rendered>(`/content/${id}/render`, personId ? { personId } : {}),
};
