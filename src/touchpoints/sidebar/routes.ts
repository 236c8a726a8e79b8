import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { type App, notFound, problem } from '../../base/index.ts';
import { AT, createCallers, customerId } from './callers.ts';
import { chatCard } from './chat-card.ts';
import { couponRoutes } from './coupons.ts';
import type { Prepared, SidebarDeps } from './ports.ts';
import { signInRoutes } from './sign-in.ts';
import { taskRoutes } from './tasks/routes.ts';
import { readView, type SidebarView } from './view.ts';

const tags = ['sidebar'];
const customer = z.object({ id: customerId });

export function sidebarRoutes(app: App, deps: SidebarDeps): void {
  const callers = createCallers(deps);
  const read = { permission: 'people.read' };
  const write = { permission: 'notes.write' };
  signInRoutes(app, deps);
  taskRoutes(app, deps, callers);
  couponRoutes(app, deps, callers);

  app.get(
    `${AT}signature`,
    {
      config: read,
      schema: { tags, summary: 'What a page inside WeCom proves itself with', querystring: z.object({ url: z.url().max(2000) }) },
    },
    async (req) => {
      const { id } = await callers.account(req);
      const account = await deps.wecom.account(id);
      if (!account) throw notFound('WeCom account');
      const ours = new URL(deps.publicUrl).host;
      if (new URL(req.query.url).host !== ours)
        throw problem(400, 'Only pages of this server are signed', { errors: [{ field: 'url', reason: `must be at ${ours}` }] });
      const tickets = await deps.wecom.tickets(account.id);
      const timestamp = Math.floor(deps.clock.ms() / 1000);
      const nonce = randomBytes(12).toString('hex');
      const signature = (ticket: string) => ({
        timestamp,
        nonceStr: nonce,
        signature: deps.wecom.signPage({ ticket, nonce, timestamp, url: req.query.url }),
      });
      return { corpId: account.corpId, agentId: account.agentId, config: signature(tickets.corp), agentConfig: signature(tickets.agent) };
    },
  );
  app.get(
    `${AT}customers/:id`,
    { config: read, schema: { tags, summary: 'Everything about one customer of WeCom, in one answer', params: customer } },
    async (req): Promise<SidebarView> => {
      const { no, staff } = await callers.customer(req, req.params.id);
      const view = await readView(deps, req.auth, no, staff);
      if (!view) throw notFound('Customer');
      return view;
    },
  );
  app.get(
    `${AT}customers/:id/more`,
    { config: read, schema: { tags, summary: 'How ready a customer is, and their last orders', params: customer } },
    async (req) => {
      const { no } = await callers.customer(req, req.params.id);
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
      const { no } = await callers.customer(req, req.params.id);
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
      const { no } = await callers.customer(req, req.params.id);
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
      const { no, staff, corpId, accountId } = await callers.customer(req, req.params.id);
      const { workspaceNo } = req.auth;
      const { contentId } = req.body;
      // The picture first: what cannot be sent whole is not written down as begun.
      const card = await chatCard(deps, { workspaceNo, accountId, personNo: no }, await deps.card(workspaceNo, contentId));
      const prepared = await deps.prepare(workspaceNo, {
        personNo: no,
        contentId,
        accountId,
        address: `${corpId}:${req.params.id}`,
        staffId: staff?.id ?? req.auth.actor.id,
      });
      return { ...prepared, card };
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
      const { no } = await callers.customer(req, req.params.id);
      await deps.sent(req.auth.workspaceNo, req.params.message, no, req.body.sent);
      return reply.code(204).send();
    },
  );
}
