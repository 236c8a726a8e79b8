import { get, type Page, post, put, remove } from './http.ts';

export interface Revealed {
  identities: { type: string; id: string }[];
  traits: Record<string, unknown>;
  notes: { id: string; text: string }[];
}
export interface Job {
  id: string;
  state: 'queued' | 'running' | 'done' | 'failed';
  progress: { done: number; total?: number } | null;
  error: string | null;
  result: { fileUrl?: string } | null;
}
export interface Consent {
  purpose: string;
  channel: string;
  granted: boolean;
  at: string;
}
export interface Consents {
  items: Consent[];
  history: (Consent & { source: string; by: string | null; note: string | null })[];
}
export interface PrivacyState {
  key: { dataKey: number; since: string; masterKey: string };
  values: number;
  older: number;
  erased: number;
  /** How far the values are that stood in clear. */
  plain: { sealed: number; done: boolean };
  traits: string[];
  properties: string[];
}
export interface Erasure {
  id: string;
  personId: string;
  state: 'asked' | 'removed' | 'done';
  askedAt: string;
  doneAt: string | null;
  by: { name: string };
  reason: string | null;
  removed: { rows?: Record<string, number>; events?: { month: string; event: string; count: number }[] };
}
export interface AuditEntry {
  id: string;
  at: string;
  actor: { kind: string; name: string };
  action: string;
  target: string | null;
  details: Record<string, unknown>;
}

export const privacy = {
  reveal: (id: string, fields: string[], reason: string) =>
    post<Revealed>(`/people/${id}/reveal`, { fields, ...(reason ? { reason } : {}) }),
  export: (id: string) => post<{ exportId: string; jobId: string }>(`/people/${id}/export`, {}),
  erase: (id: string, reason: string) =>
    remove<{ jobId: string; erasureId: string }>(`/people/${id}${reason ? `?reason=${encodeURIComponent(reason)}` : ''}`),
  job: (id: string) => get<Job>(`/jobs/${id}`),
  consents: (id: string) => get<Consents>(`/people/${id}/consents`),
  setConsent: (id: string, consent: { purpose: string; channel: string; granted: boolean }) =>
    put<Consents>(`/people/${id}/consents`, { consents: [consent] }),
  state: () => get<PrivacyState>('/privacy'),
  rotate: () => post<{ jobId: string }>('/privacy/rotate'),
  erasures: (cursor?: string) => get<Page<Erasure>>('/erasures', { cursor }),
  audit: (cursor?: string, action?: string) => get<Page<AuditEntry>>('/audit', { cursor, action }),
};
