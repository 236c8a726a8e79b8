import { get, type Page, post, put } from './http.ts';
import type { Person } from './people.ts';

export interface Identity {
  type: string;
  id: string;
}
export interface Brief {
  id: string;
  name: string | null;
}
export interface Actor {
  kind: string;
  id: string;
  name: string;
}

export interface HistoryEntry {
  kind: 'attached' | 'repointed' | 'merged' | 'split' | 'conflict' | 'quarantined';
  at: string;
  identities: Identity[];
  person: string | null;
  messageId: string | null;
  actor: Actor | null;
  reason: string | null;
  forced: boolean;
}

export interface Conflict {
  id: number;
  identity: Identity;
  reason: 'limit' | 'apart';
  heldBy: Brief | null;
  person: Brief;
  firstAt: string;
  lastAt: string;
  times: number;
  messageId: string;
}

export interface Quarantined {
  id: number;
  identity: Identity;
  reason: 'repointed' | 'conflicts';
  people: number;
  at: string;
  own: string | null;
  glued: (Brief & { since: string })[];
  released: { at: string; actor: Actor | null } | null;
}

export interface TypeRule {
  type: string;
  strong: boolean;
  limit: number;
  scoped: boolean;
  own: boolean;
}

export interface IdentityPolicy {
  types: TypeRule[];
  blocked: Record<string, string[]>;
  blockedEverywhere: string[];
  quarantine: { people: number; days: number };
}

export interface Largest extends Brief {
  identities: number;
  merged: number;
  types: Record<string, number>;
}

export interface Hindrances {
  limits: { type: string; values: string[]; most: number }[];
  apart: boolean;
}

export const identity = {
  history: (person: string) => get<{ items: HistoryEntry[] }>(`/people/${person}/identity-history`),
  split: (person: string, identities: Identity[], reason?: string) =>
    post<{ person: Person; newPerson: Person }>(`/people/${person}/split`, { identities, ...(reason ? { reason } : {}) }),
  hindrances: (person: string, other: string) => get<Hindrances>(`/people/${person}/merge-check`, { with: other }),
  merge: (person: string, other: string, force: boolean, reason?: string) =>
    post<{ person: Person }>(`/people/${person}/merge`, { with: other, force, ...(reason ? { reason } : {}) }),
  conflicts: (query: { cursor?: string; limit?: number; type?: string }) => get<Page<Conflict>>('/identity/conflicts', query),
  dismiss: (id: number) => post<void>(`/identity/conflicts/${id}/dismiss`),
  quarantine: (query: { cursor?: string; limit?: number; released?: boolean }) => get<Page<Quarantined>>('/identity/quarantine', query),
  release: (id: number) => post<void>(`/identity/quarantine/${id}/release`),
  largest: () => get<{ items: Largest[] }>('/identity/largest', { limit: 30 }),
  policy: () => get<IdentityPolicy>('/identity/policy'),
  savePolicy: ({ types, blocked, quarantine }: IdentityPolicy) =>
    put<IdentityPolicy>('/identity/policy', { types: types.map(({ own: _, ...rest }) => rest), blocked, quarantine }),
};
