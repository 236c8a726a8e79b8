import type {
  BindingRules,
  Dispute,
  HistoryLine,
  Present,
  SavedRules,
  StaffMember,
  TakenIn,
  Transfer,
  Unit,
} from '../../touchpoints/binding/index.ts';
import type { HandedOut } from '../../touchpoints/sidebar/index.ts';
import { call, get, type Page, post, put, remove } from './http.ts';

export type { BindingRules, Dispute, HistoryLine, Present, SavedRules, StaffMember, TakenIn, Transfer, Unit };

export interface PersonBinding {
  now: Present | null;
  history: HistoryLine[];
  disputes: Dispute[];
  transfers: Transfer[];
  kept: { at: string; staff: string; holder: string | null; event: string; why: 'protected' | 'disputed' | 'no_rules' }[];
}
export interface Customer {
  personId: string;
  name: string;
  since: string;
  protectedUntil: string;
  validUntil: string | null;
  disputed: boolean;
}

const one = (id: string) => `/staff/${encodeURIComponent(id)}`;

export const binding = {
  rules: () => get<{ rules: BindingRules | null; usual: BindingRules; versions: SavedRules[] }>('/binding/rules'),
  saveRules: (rules: BindingRules, from?: string) => put<{ jobId: string | null }>('/binding/rules', { rules, ...(from ? { from } : {}) }),
  ofPerson: (id: string) => get<PersonBinding>(`/people/${id}/binding`, { touches: '1' }),
  give: (id: string, staffId: string | null, reason: string, handOver: boolean) =>
    post<{ moved: boolean }>(`/people/${id}/binding`, { staffId, reason, handOver }),
  dispute: (id: string, claimant: string, reason: string) => post<Dispute>(`/people/${id}/disputes`, { claimant, reason }),
  disputes: (state: string | undefined, cursor?: string) => get<Page<Dispute>>('/disputes', { state, cursor }),
  addEvidence: (id: string, text: string) => post<Dispute>(`/disputes/${id}/evidence`, { text }),
  decide: (id: string, note: string, staffId?: string | null) =>
    post<Dispute>(`/disputes/${id}/decide`, { note, ...(staffId === undefined ? {} : { staffId }) }),
  transfers: (cursor?: string) => get<Page<Transfer>>('/transfers', { cursor }),
  confirmTransfer: (id: string) => post<Transfer>(`/transfers/${id}/confirm`),
  cancelTransfer: (id: string) => post<Transfer>(`/transfers/${id}/cancel`),
};

/** Customers whom their staff are to see to now. */
export const handOut = (people: { id: string; text: string }[], message: { title: string; text: string }) =>
  post<HandedOut>('/staff-tasks', { people, message });

export const staff = {
  units: () => get<{ items: Unit[] }>('/org-units'),
  saveUnit: (unit: { id?: string; name: string; parentId: string | null; kind: Unit['kind']; city: string | null }) => {
    const { id, ...body } = unit;
    return id ? put<{ id: string }>(`/org-units/${id}`, body) : post<{ id: string }>('/org-units', body);
  },
  list: (query: { query?: string; unit?: string; state?: string; cursor?: string; limit?: number }) =>
    get<Page<StaffMember>>('/staff', query),
  one: (id: string) => get<StaffMember>(one(id)),
  add: (member: { id: string; name: string; unitIds: string[] }) => post<StaffMember>('/staff', member),
  change: (id: string, change: Partial<Pick<StaffMember, 'name' | 'unitIds' | 'state'>>) =>
    call<StaffMember>('PATCH', one(id), { body: change }),
  customers: (id: string, cursor?: string) => get<Page<Customer>>(`${one(id)}/customers`, { cursor }),
  succeed: (id: string, to: string[], reason: string, handOver: boolean) =>
    post<{ jobId: string }>(`${one(id)}/succession`, { to, reason, handOver }),
  back: (id: string) => remove<void>(`${one(id)}/succession`),
  takeIn: (text: string, whole: boolean, apply: boolean) => post<TakenIn>('/staff/import', { text, whole, apply }),
  sync: () => post<TakenIn>('/staff/sync'),
};
