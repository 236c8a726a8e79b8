import type { Poster, PosterBatch, PosterDoc, PosterLayer, PosterNote, PosterVersion, ReadyPoster } from '../../content/index.ts';
import { file, get, patch, post, remove } from './http.ts';

export type { Poster, PosterBatch, PosterDoc, PosterLayer, PosterNote, PosterVersion, ReadyPoster };
export type LayerOf<T extends PosterLayer['type']> = Extract<PosterLayer, { type: T }>;
export interface PosterPreview {
  picture: string;
  width: number;
  height: number;
  notes: PosterNote[];
}

export const posters = {
  list: () => get<{ items: Poster[] }>('/posters'),
  ready: () => get<{ items: ReadyPoster[] }>('/posters/ready'),
  get: (id: string) => get<Poster>(`/posters/${id}`),
  create: (body: { name: string; key: string | null; doc: PosterDoc }) => post<Poster>('/posters', body),
  change: (id: string, body: { name: string; key: string | null; doc: PosterDoc; version: number }) =>
    patch<Poster>(`/posters/${id}`, body),
  remove: (id: string) => remove<void>(`/posters/${id}`),
  versions: (id: string) => get<{ items: PosterVersion[] }>(`/posters/${id}/versions`),
  restore: (id: string, version: number) => post<Poster>(`/posters/${id}/restore`, { version }),
  picture: (id: string) => file(`/posters/${id}/picture`),
  preview: (body: { doc: PosterDoc; personId?: string | undefined; width: number }, signal?: AbortSignal) =>
    post<PosterPreview>('/posters/preview', body, signal),
  link: (id: string, personId: string) => post<{ url: string; picture: string }>(`/posters/${id}/link`, { personId }),
  batches: (posterId: string) => get<{ items: PosterBatch[] }>('/poster-batches', { posterId }),
  makeBatch: (id: string, audienceId: string) => post<PosterBatch>(`/posters/${id}/batches`, { audienceId }),
  part: (id: string, part: number) => file(`/poster-batches/${id}/parts/${part}`),
};
