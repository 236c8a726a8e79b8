import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { type App, notFound, problem } from '../../base/index.ts';
import type { Prepared, SidebarDeps } from './ports.ts';
import { COOKIE, cookieOf, createSessions, newState, STATE_COOKIE, signPage } from './sessions.ts';
import { readView, type SidebarView } from './view.ts';

const tags = ['sidebar'];
const AT = '/api/sidebar/';
/** Ids of actors that are members of WeCom, at the sidebar. */
const STAFF = 'staff:';
const customer = z.object({ id: z.string().regex(/^[\w-]{1,100}$/, 'is not the id of a customer at WeCom') });
const accountId = z.string().regex(/^[\w-]{1,60}$/, 'is not the id of a WeCom account');

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

export function sidebarRoutes(app: App, deps: SidebarDeps): void {
  const sessions = createSessions(deps.keys, deps.clock);
  const read = { permission: 'people.read' };
  const write = { permission: 'notes.write' };
  const open = { permission: 'public' };
  const cookie = (name: string, value: string, seconds: number, path: string): string =>
    `${name}=${value}; Path=${path}; Max-Age=${seconds}; HttpOnly; SameSite=Lax${deps.publicUrl.startsWith('https:') ? '; Secure' : ''}`;

  app.get(
    `${AT}sign-in`,
    {
      config: open,
      schema: {
        tags,
        summary: 'Sends a member of WeCom to where they sign in',
        querystring: z.object({ account: accountId, customer: customer.shape.id.optional() }),
      },
    },
    async (req, reply) => {
      const account = await deps.wecom.account(req.query.account);
      if (!account) throw notFound('WeCom account');
      const state = newState();
      const back = new URL(`${AT}back`, deps.publicUrl);
      back.searchParams.set('account', account.id);
      if (req.query.customer) back.searchParams.set('customer', req.query.customer);
      const url = new URL('/connect/oauth2/authorize', deps.oauthUrl);
      for (const [key, value] of Object.entries({
        appid: account.corpId,
        redirect_uri: back.href,
        response_type: 'code',
        scope: 'snsapi_base',
        state,
      }))
        url.searchParams.set(key, value);
      if (account.agentId !== null) url.searchParams.set('agentid', String(account.agentId));
      reply.header('set-cookie', cookie(STATE_COOKIE, state, 600, AT));
      return reply.header('cache-control', 'no-store').redirect(`${url.href}#wechat_redirect`);
    },
  );
  app.get(
    `${AT}back`,
    {
      config: open,
      schema: {
        tags,
        summary: 'Where a member of WeCom comes back from signing in',
        querystring: z.object({
          account: accountId,
          customer: customer.shape.id.optional(),
          code: z.string().min(1).max(512),
          state: z.string().max(200),
        }),
      },
    },
    async (req, reply) => {
      const { account: id, code, state } = req.query;
      // Only who was sent from here comes back with this.
      if (cookieOf(req.headers.cookie, STATE_COOKIE) !== state)
        throw problem(400, 'The sign-in was begun elsewhere', { detail: 'Open the sidebar again.' });
      const account = await deps.wecom.account(id);
      if (!account) throw notFound('WeCom account');
      const staffId = await deps.wecom.member(account.id, code);
      if (!staffId)
        throw problem(403, 'You are not a member of this corp', { detail: 'The sidebar is for staff. Sign in with your WeCom account.' });
      const member = await deps.staff.one(account.workspaceNo, staffId);
      if (member?.state === 'left')
        throw problem(403, 'You are no longer of the staff', { detail: 'Whoever runs the workspace can change that.' });
      reply.header('set-cookie', cookie(COOKIE, sessions.make({ accountId: account.id, staffId }), sessions.lifeMs / 1000, AT));
      reply.header('set-cookie', cookie(STATE_COOKIE, '', 0, AT));
      const to = new URLSearchParams({ account: account.id, ...(req.query.customer ? { customer: req.query.customer } : {}) });
      return reply.header('cache-control', 'no-store').redirect(`/sidebar.html?${to}`);
    },
  );

  /** The account that a caller works with: their session's, or the workspace's. */
  const accountOf = async (req: { auth: { workspaceNo: number }; headers: { cookie?: string | undefined } }) => {
    const session = sessions.read(cookieOf(req.headers.cookie, COOKIE));
    const account = session ? await deps.wecom.account(session.accountId) : undefined;
    if (account?.workspaceNo === req.auth.workspaceNo) return account;
    const own = await deps.wecom.ofWorkspace(req.auth.workspaceNo);
    if (!own) throw notFound('WeCom account');
    return own;
  };
  /** Whom the caller may see: a member of the staff those who are their friends or bound to them. */
  const whom = async (req: Parameters<typeof accountOf>[0] & { auth: { actor: { id: string; name: string } } }, externalUserId: string) => {
    const { workspaceNo, actor } = req.auth;
    const { corpId } = await accountOf(req);
    const no = await deps.people.byExternalUserId(workspaceNo, corpId, externalUserId);
    if (no === undefined) throw notFound('Customer');
    const staff = actor.id.startsWith(STAFF) ? { id: actor.id.slice(STAFF.length), name: actor.name } : null;
    if (staff && !(await deps.wecom.isFriend(workspaceNo, externalUserId, staff.id))) {
      const bound = await deps.staff.binding(workspaceNo, no);
      if (bound?.staffId !== staff.id)
        throw problem(403, 'This is not a customer of yours', {
          code: 'not_yours',
          detail: 'You see those whom you have as friends, and those who are bound to you.',
        });
    }
    return { no, staff, corpId };
  };

  app.get(
    `${AT}signature`,
    {
      config: read,
      schema: { tags, summary: 'What a page inside WeCom proves itself with', querystring: z.object({ url: z.url().max(2000) }) },
    },
    async (req) => {
      const { id } = await accountOf(req);
      const account = await deps.wecom.account(id);
      if (!account) throw notFound('WeCom account');
      const ours = new URL(deps.publicUrl).host;
      if (new URL(req.query.url).host !== ours)
        throw problem(400, 'Only pages of this server are signed', { errors: [{ field: 'url', reason: `must be at ${ours}` }] });
      const tickets = await deps.wecom.tickets(account.id);
      const timestamp = Math.floor(deps.clock.ms() / 1000);
      const nonceStr = randomBytes(12).toString('hex');
      const signature = (ticket: string) => ({ timestamp, nonceStr, signature: signPage(ticket, req.query.url, nonceStr, timestamp) });
      return { corpId: account.corpId, agentId: account.agentId, config: signature(tickets.corp), agentConfig: signature(tickets.agent) };
    },
  );
  app.get(
    `${AT}customers/:id`,
    { config: read, schema: { tags, summary: 'Everything about one customer of WeCom, in one answer', params: customer } },
    async (req): Promise<SidebarView> => {
      const { no, staff } = await whom(req, req.params.id);
      const view = await readView(deps, req.auth, no, staff);
      if (!view) throw notFound('Customer');
      return view;
    },
  );
  app.get(
    `${AT}customers/:id/more`,
    { config: read, schema: { tags, summary: 'How ready a customer is, and their last orders', params: customer } },
    async (req) => {
      const { no } = await whom(req, req.params.id);
      const person = await deps.people.read(req.auth.workspaceNo, no);
      if (!person) throw notFound('Customer');
      return deps.more(req.auth.workspaceNo, person.id, no);
    },
  );
  app.post(
    `${AT}customers/:id/tags`,
    {
      config: write,
      schema: {
        tags,
        summary: 'Gives a customer a tag, or takes it away: one of those that are given by hand',
        params: customer,
        body: z.object({ key: z.string().min(1).max(200), remove: z.boolean().default(false) }),
      },
    },
    async (req, reply) => {
      const { workspaceNo } = req.auth;
      const { no } = await whom(req, req.params.id);
      const known = (await deps.definitions(workspaceNo)).tags.find((t) => t.key === req.body.key);
      if (!known?.byHand)
        throw problem(400, 'The tag cannot be given here', {
          errors: [{ field: 'key', reason: known ? 'follows from a rule' : 'is no tag of this workspace' }],
        });
      await deps.tag(workspaceNo, no, req.body.key, req.body.remove);
      return reply.code(204).send();
    },
  );
  app.post(
    `${AT}customers/:id/notes`,
    {
      config: write,
      schema: {
        tags,
        summary: 'Writes a note about a customer',
        params: customer,
        body: z.object({ text: z.string().trim().min(1, 'write something').max(2000, 'must have at most 2,000 characters') }),
      },
    },
    async (req, reply) => {
      const { no } = await whom(req, req.params.id);
      await deps.people.addNote(req.auth.workspaceNo, no, req.auth.actor, req.body.text);
      return reply.code(204).send();
    },
  );
  app.post(
    `${AT}customers/:id/messages`,
    {
      config: write,
      schema: {
        tags,
        summary: 'What to send a customer: the words for them, with a link of their own',
        params: customer,
        body: z.object({ contentId: z.string().max(100) }),
      },
    },
    async (req): Promise<Prepared> => {
      const { no, staff, corpId } = await whom(req, req.params.id);
      return deps.prepare(req.auth.workspaceNo, {
        personNo: no,
        contentId: req.body.contentId,
        address: `${corpId}:${req.params.id}`,
        staffId: staff?.id ?? req.auth.actor.id,
      });
    },
  );
  app.post(
    `${AT}customers/:id/messages/:message`,
    {
      config: write,
      schema: {
        tags,
        summary: 'Whether it was sent',
        params: customer.extend({ message: z.string().max(40) }),
        body: z.object({ sent: z.boolean() }),
      },
    },
    async (req, reply) => {
      const { no } = await whom(req, req.params.id);
      await deps.sent(req.auth.workspaceNo, req.params.message, no, req.body.sent);
      return reply.code(204).send();
    },
  );
}
