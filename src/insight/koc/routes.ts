import type { App } from '../../base/index.ts';
import type { Koc } from './koc.ts';
import { kocSettings } from './schema.ts';

export function kocRoutes(app: App, koc: Koc): void {
  const config = { permission: 'insight.read' };
  const write = { permission: 'definitions.write' };
  const tags = ['koc'];
  app.get(
    '/api/koc',
    { config, schema: { tags, summary: 'Who speaks for the brand, who is likely to, who rises; and by which model' } },
    (req) => koc.board(req.auth),
  );
  app.get('/api/koc/settings', { config, schema: { tags, summary: 'How KOCs are scored, and the growth path' } }, (req) =>
    koc.settings(req.auth.workspaceNo),
  );
  app.put(
    '/api/koc/settings',
    {
      config: write,
      schema: { tags, summary: 'Set how KOCs are scored, and the growth path; earlier versions are kept', body: kocSettings },
    },
    (req) => koc.state(req.auth.workspaceNo, req.auth.actor.name, req.body),
  );
  app.post('/api/koc/ranks/recompute', { config: write, schema: { tags, summary: 'Work out everybody’s rank anew' } }, async (req, reply) =>
    reply.code(202).send(await koc.recompute(req.auth.workspaceNo)),
  );
}
