import { z } from 'zod';
import { type App, problem } from '../../base/index.ts';
import type { Shares } from './shares.ts';

/** What a page of ours asks for itself inside WeChat. */
export function shareRoutes(app: App, shares: Shares): void {
  app.get(
    '/share/wechat',
    {
      config: { permission: 'public' },
      exposeHeadRoute: false,
      schema: { hide: true, querystring: z.object({ t: z.string().max(600), url: z.string().max(2000) }) },
    },
    async (req, reply) => {
      const signed = await shares.sign(req.query.t, req.query.url);
      if (!signed) throw problem(503, 'WeChat signs nothing now');
      return reply.header('cache-control', 'no-store').send(signed);
    },
  );
}
