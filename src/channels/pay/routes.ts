import { z } from 'zod';
import { type App, notFound } from '../../base/index.ts';
import { transferList, transferQuery } from './list.ts';
import type { Pay } from './room.ts';
import { transferStates } from './schema.ts';

/** What became of money: to be looked at, and taken back while its receiver has not confirmed. */
export function payRoutes(app: App, pay: Pay): void {
  const tags = ['channels'];
  app.get(
    '/api/pay/transfers',
    {
      config: { permission: 'channels.read' },
      schema: { tags, summary: 'Transfers by WeChat Pay, newest first', querystring: transferQuery, response: { 200: transferList } },
    },
    (req) => pay.list(req.auth.workspaceNo, req.query),
  );
  app.post(
    '/api/pay/transfers/:id/cancel',
    {
      config: { permission: 'channels.write' },
      schema: {
        ...{ tags, summary: 'Takes back a transfer that its receiver has not confirmed' },
        params: z.object({ id: z.string().regex(/^[0-9a-f]{32}$/, 'is not the id of a transfer') }),
        response: { 200: z.object({ id: z.string(), state: z.enum(transferStates) }) },
      },
    },
    async (req) => {
      const found = await pay.byId(req.auth.workspaceNo, req.params.id);
      if (!found) throw notFound('This transfer');
      const { id, state } = (await pay.cancel(req.auth.workspaceNo, found.key)) ?? found;
      return { id, state };
    },
  );
}
