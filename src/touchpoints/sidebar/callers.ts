import { z } from 'zod';
import { badInput, notFound, problem } from '../../base/index.ts';
import type { SidebarDeps } from './ports.ts';
import { COOKIE, cookieOf, createSessions } from './sessions.ts';

export const AT = '/api/sidebar/';
/** Ids of actors that are members of WeCom, at the sidebar. */
const STAFF = 'staff:';
export const customerId = z.string().regex(/^[\w-]{1,100}$/, 'is not the id of a customer at WeCom');
export const accountId = z.string().regex(/^[\w-]{1,60}$/, 'is not the id of a WeCom account');

/** Who is behind a request of the sidebar, for access.admit. */
export function sidebarGuests(deps: SidebarDeps) {
  const sessions = createSessions(deps.keys, deps.clock);
  return {
    at: AT,
    who: async (req: { headers: { cookie?: string | undefined } }) => {
      const session = sessions.read(cookieOf(req.headers.cookie, COOKIE));
      if (!session) return undefined;
      const account = await deps.wecom.account(session.accountId);
      if (!account) return undefined;
      const member = await deps.staff.one(account.workspaceNo, session.staffId);
      if (member?.state === 'left') return undefined;
      return { workspaceNo: account.workspaceNo, id: `${STAFF}${session.staffId}`, name: member?.name ?? session.staffId };
    },
  };
}

interface Request {
  auth: { workspaceNo: number; actor: { id: string; name: string } };
  headers: { cookie?: string | undefined };
}

/**
 * What a caller of the sidebar may see, asked in this one place: members of WeCom those customers whom they have as friends or who are bound to them,
 * and their own tasks; whoever came by the console or a key, what their role may in the whole workspace.
 */
export function createCallers(deps: SidebarDeps) {
  const sessions = createSessions(deps.keys, deps.clock);
  const staffOf = ({ auth: { actor } }: Request) =>
    actor.id.startsWith(STAFF) ? { id: actor.id.slice(STAFF.length), name: actor.name } : null;

  /** The account that a caller works with: their session's, or the workspace's. */
  const account = async (req: Request) => {
    const session = sessions.read(cookieOf(req.headers.cookie, COOKIE));
    const found = session ? await deps.wecom.account(session.accountId) : undefined;
    if (found?.workspaceNo === req.auth.workspaceNo) return found;
    const own = await deps.wecom.ofWorkspace(req.auth.workspaceNo);
    if (!own) throw notFound('WeCom account');
    return own;
  };

  const mayPerson = async (req: Request, personNo: number, externalUserId: string | undefined): Promise<void> => {
    const staff = staffOf(req);
    if (!staff) return;
    const { workspaceNo } = req.auth;
    if (externalUserId !== undefined && (await deps.wecom.isFriend(workspaceNo, externalUserId, staff.id))) return;
    const bound = await deps.staff.binding(workspaceNo, personNo);
    if (bound?.staffId !== staff.id)
      throw problem(403, 'This is not a customer of yours', {
        code: 'not_yours',
        detail: 'You see those whom you have as friends, and those who are bound to you.',
      });
  };

  return {
    account,
    mayPerson,
    /** A customer by their id at WeCom, if the caller may see them. */
    customer: async (req: Request, externalUserId: string) => {
      const { id: accountId, corpId } = await account(req);
      const no = await deps.people.byExternalUserId(req.auth.workspaceNo, corpId, externalUserId);
      if (no === undefined) throw notFound('Customer');
      await mayPerson(req, no, externalUserId);
      return { no, staff: staffOf(req), corpId, accountId };
    },
    /** Whose tasks: a member's own; whoever is none names somebody. */
    tasksOf: async (req: Request, named: string | undefined): Promise<string> => {
      const staff = staffOf(req);
      if (staff && named !== undefined && named !== staff.id) throw problem(403, 'These are not your tasks');
      if (staff) return staff.id;
      if (named === undefined) throw badInput([{ field: 'staff', reason: 'name the staff member whose tasks are asked for' }]);
      if (!(await deps.staff.one(req.auth.workspaceNo, named))) throw notFound('Staff member');
      return named;
    },
  };
}
export type Callers = ReturnType<typeof createCallers>;
