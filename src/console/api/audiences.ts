import type {
  AudienceAbout,
  AudienceComparison,
  DayOfTag,
  FileAsk,
  FileView,
  Interest,
  InterestSettings,
  Needs,
  OrderedPreview,
  Overlap,
  TagAbout,
  User,
  Version,
} from '../../audience/index.ts';
import { get, type Page, patch, post, put, remove } from './http.ts';
import type { Rule } from './rule.ts';

export type { AudienceComparison, DayOfTag, FileAsk, FileView, Interest, InterestSettings, OrderedPreview, Overlap, TagAbout, Version };

export interface Named {
  zh: string;
  en: string;
}

export interface Definition {
  key: string;
  name: Named;
  rule: Rule | null;
  count?: number;
}

export interface TagDefinition extends Definition {
  id: string;
  kind?: 'rule' | 'hand' | 'model';
  about?: TagAbout;
}
export interface TagDetail extends TagDefinition {
  about: TagAbout;
  sentence?: Named;
  pool: number;
  share: number;
  count: number;
  overlap: { key: string; name: Named; both: number; share: number; lift: number | null }[];
  values: { value: string; count: number }[];
  group: { id: string; key: string; name: Named }[];
}
export interface Dependencies {
  needs: Needs | null;
  usedBy: User[];
}
/** Where versions of something are kept: `/definitions/levels`, `/tags/<id>`, `/audiences/<id>`. */
export type SavedPlace = `/${'definitions' | 'tags' | 'audiences'}/${string}`;
export const saved = {
  versions: (place: SavedPlace) => get<{ items: Version[] }>(`${place}/versions`),
  restore: (place: SavedPlace, version: number) => post<void>(`${place}/restore`, { version }),
  dependencies: (place: SavedPlace) => get<Dependencies>(`${place}/dependencies`),
};

export interface Definitions {
  stages: Definition[];
  tiers: Definition[];
  levels: Definition[];
  tags: TagDefinition[];
}

export type LadderKind = 'stages' | 'tiers' | 'levels';

export interface Audience {
  id: string;
  name: string;
  rule: Rule;
  live: boolean;
  description?: string | null;
  frozen?: AudienceAbout['frozen'] | null;
  count?: number | null;
  createdAt?: string;
  updatedAt?: string;
}

export interface Preview {
  count: number;
  elapsedMs: number;
  total?: number;
  sample?: { id: string; name?: string | null; level?: string | null; stage?: string | null }[];
  warnings?: { path: string; message: string }[];
  sentence?: Named;
}

export const audiences = {
  list: () => get<Page<Audience>>('/audiences', { limit: 200 }),
  get: (id: string) => get<Audience>(`/audiences/${id}`),
  create: (audience: { name: string; rule: Rule; live: boolean }) => post<Audience>('/audiences', audience),
  change: (id: string, change: Partial<{ name: string; rule: Rule; live: boolean }>) => patch<Audience>(`/audiences/${id}`, change),
  remove: (id: string) => remove<void>(`/audiences/${id}`),
  members: (id: string, cursor?: string) => get<Page<{ personId: string; since: string }>>(`/audiences/${id}/members`, { cursor }),
  overlap: (ids: string[]) => post<Overlap>('/audiences/overlap', { ids }),
  compare: (a: string, b: string) => post<AudienceComparison>('/audiences/compare', { a, b }),
  people: (rule: Rule, cursor?: string) =>
    post<Page<{ id: string; name: string | null; stage: string | null; tier: string | null; level: string | null }>>('/audiences/people', {
      rule,
      cursor,
    }),
  trend: (id: string, days: number) => get<{ items: { at: string; day: string; count: number }[] }>(`/audiences/${id}/trend`, { days }),
  freeze: (id: string, body: { name: string; sample?: { n?: number; percent?: number; seed: string } }) =>
    post<{ id: string; name: string; job: string }>(`/audiences/${id}/freeze`, body),
  files: (id: string) => get<{ items: FileView[] }>(`/audiences/${id}/files`),
  makeFile: (id: string, what: Partial<FileAsk>) => post<FileView>(`/audiences/${id}/files`, what),
  preview: (rule: Rule, signal?: AbortSignal) => post<Preview>('/audiences/preview', { rule }, signal),
};

export const definitions = {
  get: () => get<Definitions>('/definitions'),
  put: (kind: LadderKind, items: Definition[]) => put<unknown>(`/definitions/${kind}`, { items }),
  preview: (kind: LadderKind, items: Definition[], signal?: AbortSignal) =>
    post<OrderedPreview>(
      `/definitions/${kind}/preview`,
      { items: items.map(({ key, name, rule }) => ({ key, name, rule: rule ?? { all: [] } })) },
      signal,
    ),
  addTag: (tag: { key: string; name: Named; rule: Rule | null; about?: TagAbout }) => post<TagDefinition>('/tags', tag),
  tag: (id: string) => get<TagDetail>(`/tags/${id}`),
  tagHistory: (id: string, days: number) => get<{ items: DayOfTag[] }>(`/tags/${id}/history`, { days }),
  giveTag: (id: string, of: { audience: string; value?: string; remove?: boolean }) => post<{ job: string }>(`/tags/${id}/people`, of),
  importTag: (id: string, rows: { identity: { type: string; id: string }; value?: string }[], remove: boolean) =>
    post<{ rows: number; people: number; rejected: { row: number; reason: string }[] }>(`/tags/${id}/import`, { rows, remove }),
  interests: () =>
    get<{ settings: InterestSettings; threshold: number; items: { topic: string; people: number; all: number; score: number }[] }>(
      '/interests',
    ),
  interestsOf: (personId: string) => get<{ items: Interest[]; halfLifeDays: number }>(`/people/${personId}/interests`),
  setInterests: (settings: InterestSettings) => put<InterestSettings>('/interests', settings),
  changeTag: (id: string, change: Partial<{ name: Named; rule: Rule | null; about: TagAbout }>) =>
    patch<TagDefinition>(`/tags/${id}`, change),
  removeTag: (id: string) => remove<void>(`/tags/${id}`),
  recompute: () => post<{ id: string }>('/definitions/recompute'),
};
