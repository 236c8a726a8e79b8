import { badInput, type Clock, newId, notFound, type Pg, problem } from '../base/index.ts';
import { createAccount, dropIfAlone, emailOf, findAccount, hashPassword, setPassword } from './accounts.ts';
import { writeAudit } from './audit.ts';
import type { Actor } from './auth.ts';
import type { Role } from './permissions.ts';
import { newPassword } from './secrets.ts';

export interface Member {
  id: string;
  email: string;
  name: string;
  role: Role;
  createdAt: string;
}

export interface NewMember {
  email: string;
  name: string;
  role: Role;
  password?: string | undefined;
}

export interface Members {
  list(workspaceNo: number): Promise<Member[]>;
  /** With `password` in the answer when one was made: it is shown this once. Somebody who has an account already keeps its password. */
  add(workspaceNo: number, actor: Actor, member: NewMember): Promise<Member & { password?: string }>;
  change(workspaceNo: number, actor: Actor, id: string, change: { name?: string | undefined; role?: Role | undefined }): Promise<Member>;
  remove(workspaceNo: number, actor: Actor, id: string): Promise<void>;
  /** A new password for somebody who lost theirs, shown once. Only where the asker owns every workspace that the account opens. */
  resetPassword(workspaceNo: number, actor: Actor, id: string): Promise<{ password: string }>;
}

export function createMembers({ pg, clock }: { pg: Pg; clock: Clock }): Members {
  const read = async (db: Pg, workspaceNo: number, id?: string): Promise<(Member & { userId: string })[]> => {
    const rows = await db.query<Omit<Member, 'createdAt'> & { createdAt: Date; userId: string }>(
      `SELECT m.id, u.email, m.name, m.role, m.created_at AS "createdAt", m.user_id AS "userId"
       FROM members m JOIN auth_users u ON u.id = m.user_id
       WHERE m.workspace_no = $1 AND ($2::text IS NULL OR m.id = $2) ORDER BY m.created_at, m.id`,
      [workspaceNo, id ?? null],
    );
    return rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() }));
  };
  const one = async (db: Pg, workspaceNo: number, id: string) => {
    const [member] = await read(db, workspaceNo, id);
    if (!member) throw notFound('Member');
    return member;
  };

  return {
    list: async (workspaceNo) => (await read(pg, workspaceNo)).map(shown),

    add: async (workspaceNo, actor, member) => {
      const made = member.password === undefined ? newPassword() : undefined;
      const passwordHash = await hashPassword(member.password ?? made!);
      return pg.tx(async (tx) => {
        const fresh = await createAccount(tx, clock, { email: member.email, name: member.name, passwordHash });
        if (!fresh && member.password !== undefined) {
          throw badInput([
            { field: 'password', reason: 'this address has an account with a password of its own; leave the password out to add it here' },
          ]);
        }
        const userId = fresh ?? (await findAccount(tx, member.email));
        if (!userId) throw problem(409, 'The account was removed at this moment', { detail: 'Send the request again.' });
        const id = await insertMember(tx, clock, { workspaceNo, userId, name: member.name, role: member.role });
        if (!id) throw problem(409, 'Already a member', { errors: [{ field: 'email', reason: 'belongs to a member of this workspace' }] });
        await writeAudit(tx, clock, { workspaceNo, actor, action: 'member.added', target: id, details: { role: member.role } });
        const added = { id, email: emailOf(member.email), name: member.name, role: member.role, createdAt: clock.now().toISOString() };
        return fresh && made ? { ...added, password: made } : added;
      });
    },

    change: (workspaceNo, actor, id, change) =>
      pg.tx(async (tx) => {
        await lock(tx, workspaceNo);
        const before = await one(tx, workspaceNo, id);
        const role = change.role ?? before.role;
        if (before.role === 'owner' && role !== 'owner') await keepAnOwner(tx, workspaceNo, id);
        const name = change.name ?? before.name;
        await tx.query('UPDATE members SET name = $3, role = $4 WHERE workspace_no = $1 AND id = $2', [workspaceNo, id, name, role]);
        const details = role === before.role ? {} : { from: before.role, to: role };
        await writeAudit(tx, clock, { workspaceNo, actor, action: 'member.changed', target: id, details });
        return shown({ ...before, name, role });
      }),

    remove: (workspaceNo, actor, id) =>
      pg.tx(async (tx) => {
        await lock(tx, workspaceNo);
        const member = await one(tx, workspaceNo, id);
        if (member.role === 'owner') await keepAnOwner(tx, workspaceNo, id);
        await tx.query('DELETE FROM members WHERE workspace_no = $1 AND id = $2', [workspaceNo, id]);
        await dropIfAlone(tx, member.userId);
        await writeAudit(tx, clock, { workspaceNo, actor, action: 'member.removed', target: id, details: { role: member.role } });
      }),

    resetPassword: async (workspaceNo, actor, id) => {
      const password = newPassword();
      const passwordHash = await hashPassword(password);
      await pg.tx(async (tx) => {
        const member = await one(tx, workspaceNo, id);
        const elsewhere = await tx.query(
          `SELECT 1 FROM members theirs WHERE theirs.user_id = $1 AND NOT EXISTS (
             SELECT 1 FROM members mine JOIN members me ON me.id = $2 AND me.user_id = mine.user_id
             WHERE mine.workspace_no = theirs.workspace_no AND mine.role = 'owner')`,
          [member.userId, actor.id],
        );
        if (elsewhere.length > 0) {
          throw problem(403, 'This account also opens workspaces that are not yours', {
            detail: 'Its password can be set by someone who owns all of them, or by the person in the own account.',
          });
        }
        await setPassword(tx, clock, member.userId, passwordHash);
        await writeAudit(tx, clock, { workspaceNo, actor, action: 'member.password_reset', target: id });
      });
      return { password };
    },
  };
}

/** The id of a new membership; undefined when there is one. */
export async function insertMember(
  pg: Pg,
  clock: Clock,
  member: { workspaceNo: number; userId: string; name: string; role: Role },
): Promise<string | undefined> {
  const [row] = await pg.query<{ id: string }>(
    `INSERT INTO members (id, workspace_no, user_id, role, name, created_at) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (workspace_no, user_id) DO NOTHING RETURNING id`,
    [newId('mem', clock.ms()), member.workspaceNo, member.userId, member.role, member.name, clock.now()],
  );
  return row?.id;
}

/** Changes of a workspace's members follow one another, so that two owners cannot remove each other at the same instant. */
const lock = (tx: Pg, workspaceNo: number) => tx.query('SELECT 1 FROM workspaces WHERE no = $1 FOR UPDATE', [workspaceNo]);

async function keepAnOwner(tx: Pg, workspaceNo: number, leaving: string): Promise<void> {
  const others = await tx.query("SELECT 1 FROM members WHERE workspace_no = $1 AND role = 'owner' AND id <> $2 LIMIT 1", [
    workspaceNo,
    leaving,
  ]);
  if (others.length === 0) {
    throw problem(409, 'A workspace keeps at least one owner', { code: 'last_owner', detail: 'Make another member an owner first.' });
  }
}

function shown({ id, email, name, role, createdAt }: Member): Member {
  return { id, email, name, role, createdAt };
}
