import { z } from 'zod';
import { type App, notFound } from '../../base/index.ts';
import type { InsightDeps } from '../deps.ts';
import { contentEffect } from './effect.ts';
import { contentRadar } from './radar.ts';
import { effectQuestion } from './schema.ts';

export type ContentEffectDeps = InsightDeps & { touchpoints(workspaceNo: number): Promise<readonly { id: string; name: string }[]> };

export function contentEffectRoutes(app: App, deps: ContentEffectDeps): void {
  const config = { permission: 'insight.read' };
  const tags = ['insight'];
  app.post(
    '/api/insight/content',
    {
      config,
      schema: {
        tags,
        summary: 'What came of content, by channel, journey, scene, door, level or stage, with intervals',
        body: effectQuestion,
      },
    },
    (req) => contentEffect(deps, req.auth, req.body),
  );
  app.get(
    '/api/insight/content/:id/radar',
    {
      config,
      schema: {
        tags,
        summary: 'Who opened a content, read how long, passed it on, and through whom',
        params: z.object({ id: z.string().max(64) }),
      },
    },
    async (req) => {
      const known = (await deps.contents?.(req.auth.workspaceNo)) ?? [];
      if (!known.some((one) => one.id === req.params.id)) throw notFound('Content');
      return contentRadar(deps, req.auth, req.params.id);
    },
  );
}
