import { z } from 'zod';
import { type App, notFound } from '../../base/index.ts';
import { AT, accountId, customerId } from './callers.ts';
import type { SidebarDeps } from './ports.ts';
import { COOKIE, cookieOf, createSessions, newState, STATE_COOKIE } from './sessions.ts';

const tags = ['sidebar'];

/** How a member of WeCom gets in: to WeCom's own page and back. */
export function signInRoutes(app: App, deps: SidebarDeps): void {
  const sessions = createSessions(deps.keys, deps.clock);
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
        querystring: z.object({ account: accountId, customer: customerId.optional() }),
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
          customer: customerId.optional(),
          code: z.string().min(1).max(512),
          state: z.string().max(200),
        }),
      },
    },
    async (req, reply) => {
      const { account: id, code, state } = req.query;
      const account = await deps.wecom.account(id);
      if (!account) throw notFound('WeCom account');
      const page = (more: Record<string, string>) =>
        reply.header('cache-control', 'no-store').redirect(`/sidebar.html?${new URLSearchParams({ account: account.id, ...more })}`);
      // Only who was sent from here comes back with this.
      if (cookieOf(req.headers.cookie, STATE_COOKIE) !== state) return page({ refused: 'elsewhere' });
      const staffId = await deps.wecom.member(account.id, code);
      if (!staffId) return page({ refused: 'outsider' });
      const member = await deps.staff.one(account.workspaceNo, staffId);
      if (member?.state === 'left') return page({ refused: 'left' });
      reply.header('set-cookie', cookie(COOKIE, sessions.make({ accountId: account.id, staffId }), sessions.lifeMs / 1000, AT));
      reply.header('set-cookie', cookie(STATE_COOKIE, '', 0, AT));
      return page(req.query.customer ? { customer: req.query.customer } : {});
    },
  );
}
