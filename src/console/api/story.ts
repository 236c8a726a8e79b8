import type { Why, WhyEvidence, WhyKind, WhyPart } from '../../audience/index.ts';
import type { Story } from '../../insight/index.ts';
import type { Note } from '../../people/index.ts';
import { get, type Page, post, remove } from './http.ts';

export type { Note, Story, Why, WhyEvidence as Evidence, WhyKind, WhyPart };

export const stories = {
  get: (id: string) => get<Story>(`/people/${id}/story`),
  why: (id: string, kind: WhyKind, key: string) => get<Why>(`/people/${id}/why`, { kind, key }),
  notes: (id: string, cursor?: string) => get<Page<Note>>(`/people/${id}/notes`, { cursor }),
  addNote: (id: string, text: string) => post<Note>(`/people/${id}/notes`, { text }),
  removeNote: (id: string, note: string) => remove<unknown>(`/people/${id}/notes/${note}`),
};
