import { type Clock, newId, notFound, type Pg } from '../base/index.ts';
import { writeAudit } from './audit.ts';
import type { Actor } from './auth.ts';
import type { Keyring } from './keyring.ts';
import { insertMember } from './members.ts';
import type { Role } from './permissions.ts';

export interface Workspace {
  /** The number by which every table is scoped; never shown outside. */
  no: number;
  id: string;
  name: string;
  timezone: string;
  currency: string;
  settings: Record<string, unknown>;
}

export interface NewWorkspace {
  name: string;
  timezone?: string | undefined;
  currency?: string | undefined;
}

export interface Membership {
  workspace: Workspace;
  memberId: string;
  memberName: string;
  role: Role;
}

export type WorkspaceChange = Partial<Pick<Workspace, 'name' | 'timezone' | 'currency' | 'settings'>>;

export interface Workspaces {
  all(): Promise<Workspace[]>;
  get(no: number): Promise<Workspace>;
  /** The workspaces that an account opens, oldest first. */
  of(userId: string): Promise<Membership[]>;
  create(workspace: NewWorkspace, owner: { userId: string; name: string }): Promise<Workspace>;
  /** `settings` are merged key by key; null takes a key away. */
  change(no: number, actor: Actor, change: WorkspaceChange): Promise<Workspace>;
  /** Called after a workspace came into being, so that other rooms can furnish it. */
  onCreated(fn: (workspace: Workspace) => Promise<void>): void;
}

const columns = 'w.no, w.id, w.name, w.timezone, w.currency, w.settings';

export function createWorkspaces({ pg, clock, keyring }: { pg: Pg; clock: Clock; keyring: Keyring }): Workspaces {
  const listeners: ((workspace: Workspace) => Promise<void>)[] = [];
  return {
    all: () => pg.query<Workspace>(`SELECT ${columns} FROM workspaces w ORDER BY w.no`),
    get: async (no) => {
      const [row] = await pg.query<Workspace>(`SELECT ${columns} FROM workspaces w WHERE w.no = $1`, [no]);
      if (!row) throw notFound('Workspace');
      return row;
    },
    of: async (userId) => {
      const rows = await pg.query<Workspace & { memberId: string; memberName: string; role: Role }>(
        `SELECT ${columns}, m.id AS "memberId", m.name AS "memberName", m.role
         FROM members m JOIN workspaces w ON w.no = m.workspace_no WHERE m.user_id = $1 ORDER BY w.no`,
        [userId],
      );
      return rows.map(({ memberId, memberName, role, ...workspace }) => ({ workspace, memberId, memberName, role }));
    },
    create: async (input, owner) => {
      const created = await pg.tx(async (tx) => {
        const workspace = await insertWorkspace(tx, clock, input);
        const memberId = await insertMember(tx, clock, { workspaceNo: workspace.no, ...owner, role: 'owner' });
        const actor: Actor = { kind: 'member', id: memberId!, name: owner.name };
        await writeAudit(tx, clock, { workspaceNo: workspace.no, actor, action: 'workspace.created', target: workspace.id });
        return workspace;
      });
      for (const tell of listeners) await tell(created);
      return created;
    },
    change: async (no, actor, change) => {
      const row = await pg.tx(async (tx) => {
        const [changed] = await tx.query<Workspace>(
          `UPDATE workspaces w SET name = coalesce($2, name), timezone = coalesce($3, timezone), currency = coalesce($4, currency),
             settings = jsonb_strip_nulls(settings || $5) WHERE no = $1 RETURNING ${columns}`,
          [no, change.name ?? null, change.timezone ?? null, change.currency ?? null, change.settings ?? {}],
        );
        if (!changed) throw notFound('Workspace');
        const fields = Object.keys(change).filter((key) => change[key as keyof WorkspaceChange] !== undefined);
        await writeAudit(tx, clock, { workspaceNo: no, actor, action: 'workspace.changed', target: changed.id, details: { fields } });
        return changed;
      });
      keyring.forget();
      return row;
    },
    onCreated: (fn) => {
      listeners.push(fn);
    },
  };
}

export async function insertWorkspace(pg: Pg, clock: Clock, workspace: NewWorkspace): Promise<Workspace> {
  const [row] = await pg.query<Workspace>(
    `INSERT INTO workspaces AS w (id, name, timezone, currency, created_at) VALUES ($1, $2, $3, $4, $5) RETURNING ${columns}`,
    [newId('ws', clock.ms()), workspace.name, workspace.timezone ?? 'Asia/Shanghai', workspace.currency ?? 'CNY', clock.now()],
  );
  return row!;
}
