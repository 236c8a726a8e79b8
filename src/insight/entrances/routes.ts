import { z } from 'zod';
import type { App } from '../../base/index.ts';
import type { Entrances } from './entrances.ts';
import { waysQuestion } from './schema.ts';

export function entranceRoutes(app: App, entrances: Entrances): void {
  const config = { permission: 'insight.read' };
  const tags = ['insight'];
  app.post(
    '/api/insight/ways',
    {
      config,
      schema: { tags, summary: 'How long the way is from first touch to order, and where people are lost on it', body: waysQuestion },
    },
    (req) => entrances.ways(req.auth, req.body),
  );
  app.get(
    '/api/insight/code-trials/:id',
    {
      config,
      schema: { tags, summary: 'Live against static codes, drawn by lot, with an interval', params: z.object({ id: z.string().max(64) }) },
    },
    (req) => entrances.codes(req.auth, req.params.id),
  );
}
