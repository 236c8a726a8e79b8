import { z } from 'zod';
import type { App } from '../../base/index.ts';
import type { Channels } from '../room.ts';
import { limitChange, limitList, limitView } from './schema.ts';

const params = z.object({ key: z.string().max(100) });

export function limitRoutes(app: App, channels: Channels): void {
  const tags = ['channels'];
  const write = { permission: 'policy.write' };
  app.get(
    '/api/limits',
    {
      config: { permission: 'policy.read' },
      schema: { tags, summary: 'The rules of the platforms, where each comes from, and what holds here', response: { 200: limitList } },
    },
    async (req) => ({ items: await channels.limits.list(req.auth.workspaceNo) }),
  );
  app.put(
    '/api/limits/:key',
    {
      config: write,
      schema: {
        ...{ tags, summary: 'What the own account is allowed; what is left out stays as published', params },
        ...{ body: limitChange, response: { 200: limitView } },
      },
    },
    (req) => channels.limits.set(req.auth.workspaceNo, req.params.key, req.body, req.auth.actor),
  );
  app.delete(
    '/api/limits/:key',
    { config: write, schema: { tags, summary: 'Back to what the platform publishes', params, response: { 200: limitView } } },
    (req) => channels.limits.reset(req.auth.workspaceNo, req.params.key),
  );
}
