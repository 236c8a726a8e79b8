import type { PolicyChange, Policy as ServerPolicy } from '../../channels/index.ts';
import { get, type Page, patch, post, put, remove } from './http.ts';

export type Role = 'owner' | 'operator' | 'analyst' | 'assistant';
export const ROLES: Role[] = ['owner', 'operator', 'analyst', 'assistant'];

export interface Workspace {
  id: string;
  name: string;
  role?: Role;
  timezone: string;
  currency: string;
}

export interface Me {
  user: { id: string; email: string; name: string };
  workspaces: Workspace[];
  workspace: Workspace;
  permissions: string[];
}

export interface Member {
  id: string;
  email: string;
  name: string;
  role: Role;
  createdAt?: string;
}

export interface Key {
  id: string;
  kind: 'api' | 'write';
  name: string;
  prefix: string;
  /** Of an API key: whether it is answered with phones, e-mails and the like in clear; else masked. */
  personal: boolean;
  secret?: string;
  createdAt: string;
  lastUsedAt?: string | null;
}

export const access = {
  me: () => get<Me>('/me'),
  signIn: (email: string, password: string) => post<unknown>('/auth/sign-in/email', { email, password }),
  signOut: () => post<unknown>('/auth/sign-out'),
  members: () => get<Page<Member>>('/members'),
  addMember: (member: { email: string; name: string; role: Role; password?: string }) =>
    post<Member & { password?: string }>('/members', member),
  changeMember: (id: string, change: Partial<Pick<Member, 'name' | 'role'>>) => patch<Member>(`/members/${id}`, change),
  newPassword: (id: string) => post<{ password: string }>(`/members/${id}/password`),
  changePassword: (currentPassword: string, newPassword: string) =>
    post<unknown>('/auth/change-password', { currentPassword, newPassword }),
  removeMember: (id: string) => remove<void>(`/members/${id}`),
  keys: () => get<Page<Key>>('/keys'),
  addKey: (key: { kind: Key['kind']; name: string; personal?: boolean }) => post<Key>('/keys', key),
  removeKey: (id: string) => remove<void>(`/keys/${id}`),
  changeWorkspace: (change: Partial<Pick<Workspace, 'name' | 'timezone' | 'currency'>>) => patch<Workspace>('/workspace', change),
  addWorkspace: (workspace: Pick<Workspace, 'name'> & Partial<Workspace>) => post<Workspace>('/workspaces', workspace),
};

export type Policy = ServerPolicy;
export type { PolicyChange };

export const policy = {
  get: () => get<Policy>('/policy'),
  put: (value: PolicyChange) => put<Policy>('/policy', value),
};
