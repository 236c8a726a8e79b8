import { get, type Page, post, type Query, remove } from './http.ts';

export interface PersonTag {
  key: string;
  value?: string | null;
  since?: string;
  by?: string;
}

export interface Person {
  id: string;
  identities: { type: string; id: string; firstSeenAt?: string }[];
  traits: Record<string, unknown>;
  tags: PersonTag[];
  stage: string | null;
  tier: string | null;
  level: string | null;
  createdAt: string;
  lastSeenAt: string | null;
  orders: { count: number; revenueFen: number; refundFen: number; lastAt: string | null };
}

export interface Happening {
  messageId: string;
  type: string;
  event: string;
  timestamp: string;
  receivedAt: string;
  personId: string;
  source?: string;
  properties: Record<string, unknown>;
  context?: Record<string, unknown>;
}

export interface PeopleFilters {
  query?: string;
  externalId?: string;
  stage?: string;
  tier?: string;
  level?: string;
  tag?: string;
  audience?: string;
}

export interface PeoplePage extends Page<Person> {
  total?: number | null;
}

export type Facets = Record<'stage' | 'tier' | 'level' | 'tag', Record<string, number>>;

export const people = {
  list: (filters: PeopleFilters & { cursor?: string; limit?: number }) => get<PeoplePage>('/people', filters as Query),
  facets: (filters: PeopleFilters) => get<Facets>('/people/facets', filters as Query),
  get: (id: string) => get<Person>(`/people/${id}`),
  events: (id: string, query: { cursor?: string; event?: string; group?: string; from?: string; to?: string; limit?: number } = {}) =>
    get<Page<Happening>>(`/people/${id}/events`, query),
  tag: (ids: string[], key: string) => post<unknown>('/people/tags', { personIds: ids, key }),
  untag: (ids: string[], key: string) => remove<unknown>('/people/tags', { personIds: ids, key }),
};

const text = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');

/** What to call a person on screen: a name, else the strongest identity, else the id. */
export function nameOf(person: Pick<Person, 'id'> & Partial<Person> & { name?: string | null }): string {
  const traits = person.traits ?? {};
  const named = text(person.name) || text(traits.name) || text(traits.nickname) || [text(traits.lastName), text(traits.firstName)].join('');
  if (named) return named;
  const known = person.identities?.find((identity) => identity.type !== 'anonymous_id') ?? person.identities?.[0];
  return known?.id ?? person.id;
}

export const avatarOf = (person: Partial<Person>): string | undefined => text(person.traits?.avatar) || undefined;
