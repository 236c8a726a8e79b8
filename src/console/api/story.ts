import { get, type Page, post, remove } from './http.ts';

export interface Story {
  changes: { at: string; kind: 'level' | 'stage' | 'tier'; from: string | null; to: string | null }[];
  days: { day: string; done: number; said: number }[];
  kinds: { type: string; event: string; count: number; firstAt: string; lastAt: string }[];
  months: { month: string; orders: number; revenueFen: number; refundFen: number }[];
  groups: { id: string; name: string | null; joinedAt: string | null; leftAt: string | null }[];
  carriers: { carrier: string; count: number; firstAt: string; lastAt: string }[];
}

export interface Named {
  zh: string;
  en: string;
}
export type WhyKind = 'stage' | 'tier' | 'level' | 'tag' | 'audience';

export interface Evidence {
  count: number;
  newest: { messageId: string; event: string; timestamp: string }[];
}

export interface WhyPart {
  sentence: Named;
  holds: boolean;
  join?: 'all' | 'any' | 'not';
  parts?: WhyPart[];
  refers?: { kind: WhyKind; key: string };
  evidence?: Evidence;
}

export interface Why {
  kind: WhyKind;
  key: string;
  name: Named;
  holds: boolean;
  rule: WhyPart | null;
  evidence?: Evidence;
  outranked?: { key: string; name: Named };
}

export interface Note {
  id: string;
  text: string;
  at: string;
  by: { id: string; name: string };
}

export const stories = {
  get: (id: string) => get<Story>(`/people/${id}/story`),
  why: (id: string, kind: WhyKind, key: string) => get<Why>(`/people/${id}/why`, { kind, key }),
  notes: (id: string, cursor?: string) => get<Page<Note>>(`/people/${id}/notes`, { cursor }),
  addNote: (id: string, text: string) => post<Note>(`/people/${id}/notes`, { text }),
  removeNote: (id: string, note: string) => remove<unknown>(`/people/${id}/notes/${note}`),
};
