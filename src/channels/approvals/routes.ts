import { z } from 'zod';
import { type App, problem } from '../../base/index.ts';
import type { Approvals } from './approvals.ts';
import { approvalAsk, approvalDetail, approvalList, approvalQuery, approvalView, approveBody, refuseBody } from './schema.ts';

const params = z.object({ id: z.string().max(64) });
const tags = ['approvals'];
const read = { permission: 'policy.read' };
/** Every step writes a fuller entry into the audit log itself. */
const ask = { permission: 'messages.write', audit: 'own' as const };
const decide = { permission: 'approvals.decide', audit: 'own' as const };

export function approvalRoutes(app: App, approvals: Approvals): void {
  app.get(
    '/api/approvals',
    {
      config: read,
      schema: {
        tags,
        summary: 'What waits for approval, and what was decided',
        querystring: approvalQuery,
        response: { 200: approvalList },
      },
    },
    (req) => approvals.list(req.auth.workspaceNo, req.query, req.auth.actor),
  );
  app.get(
    '/api/approvals/:id',
    { config: read, schema: { tags, summary: 'A request, and what it would come to now', params, response: { 200: approvalDetail } } },
    (req) => approvals.get(req.auth.workspaceNo, req.params.id, req.auth.actor),
  );
  app.post(
    '/api/approvals',
    {
      config: ask,
      schema: {
        tags,
        summary: 'Asks another member to approve what reaches many people',
        body: approvalAsk,
        response: { 201: approvalView },
      },
    },
    async (req, reply) => {
      const permission = approvals.permissionOf(req.body.kind);
      if (!req.auth.can(permission))
        throw problem(403, 'Not allowed', { code: 'not_allowed', detail: `This needs the permission ${permission}.` });
      return reply.code(201).send(await approvals.ask(req.auth.workspaceNo, req.body, req.auth.actor));
    },
  );
  app.post(
    '/api/approvals/:id/approve',
    { config: decide, schema: { tags, summary: 'Approves it, which does it', params, body: approveBody, response: { 200: approvalView } } },
    (req) => approvals.approve(req.auth.workspaceNo, req.params.id, req.body, req.auth.actor),
  );
  app.post(
    '/api/approvals/:id/refuse',
    { config: decide, schema: { tags, summary: 'Refuses it, with a word', params, body: refuseBody, response: { 200: approvalView } } },
    (req) => approvals.refuse(req.auth.workspaceNo, req.params.id, req.body.word, req.auth.actor),
  );
  app.post(
    '/api/approvals/:id/withdraw',
    { config: ask, schema: { tags, summary: 'Whoever asked takes it back', params, response: { 200: approvalView } } },
    (req) => approvals.withdraw(req.auth.workspaceNo, req.params.id, req.auth.actor),
  );
}
