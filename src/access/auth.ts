import { type Permission, permissionsOf, permissionsOfKey, type Role } from './permissions.ts';

/** Who does something: a member, a key, or the program itself. */
export interface Actor {
  kind: 'member' | 'apiKey' | 'writeKey' | 'system';
  id: string;
  name: string;
}

/** What a request carries once it is let in. Every query of its handler is limited to `workspaceNo`. */
export interface Auth {
  workspaceNo: number;
  workspaceId: string;
  timezone: string;
  currency: string;
  actor: Actor;
  role: Role | 'ingest';
  /** The signed-in account, shared by all its workspaces; null for a key. */
  userId: string | null;
  can(permission: Permission): boolean;
  /** Whether answers hold personal values in clear: keys with that scope. Members see masks and reveal one by one, each time noted. */
  personal: boolean;
}

export interface WorkspaceRow {
  no: number;
  id: string;
  timezone: string;
  currency: string;
}

const place = (w: WorkspaceRow) => ({ workspaceNo: w.no, workspaceId: w.id, timezone: w.timezone, currency: w.currency });

export function memberAuth(workspace: WorkspaceRow, member: { id: string; name: string; role: Role; userId: string }): Auth {
  const granted = permissionsOf(member.role);
  return {
    ...place(workspace),
    actor: { kind: 'member', id: member.id, name: member.name },
    role: member.role,
    userId: member.userId,
    can: (permission) => granted.has(permission),
    personal: false,
  };
}

/** Somebody who signed in elsewhere, at a page that is made for them alone: what an assistant may, and only through the doors of that page. */
export function guestAuth(workspace: WorkspaceRow, guest: { id: string; name: string }): Auth {
  const granted = permissionsOf('assistant');
  return {
    ...place(workspace),
    actor: { kind: 'member', id: guest.id, name: guest.name },
    role: 'assistant',
    userId: null,
    can: (permission) => granted.has(permission),
    personal: false,
  };
}

export function keyAuth(workspace: WorkspaceRow, key: { id: string; name: string; kind: 'api' | 'write'; personal: boolean }): Auth {
  const granted = permissionsOfKey(key.kind, key.personal);
  return {
    ...place(workspace),
    actor: { kind: key.kind === 'api' ? 'apiKey' : 'writeKey', id: key.id, name: key.name },
    role: key.kind === 'api' ? 'operator' : 'ingest',
    userId: null,
    can: (permission) => granted.has(permission),
    personal: key.kind === 'api' && key.personal,
  };
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on every route whose permission is not `public`. */
    auth: Auth;
  }
  interface FastifyContextConfig {
    /** `own`: the route's verb writes its own audit entry, so the general one is left out. */
    audit?: 'own';
  }
}
