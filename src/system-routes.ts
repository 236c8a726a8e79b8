import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import { z } from 'zod';
import type { App, Ch, Jobs, Metrics, Pg } from './base/index.ts';
import type { Events } from './events/index.ts';

/** Health, metrics, the API's description, background jobs, and the console's files. */
export function systemRoutes(app: App, deps: { pg: Pg; ch: Ch; jobs: Jobs; metrics: Metrics; events: Events; consoleDir?: string }): void {
  const config = { permission: 'public' };
  app.get('/healthz', { config, schema: { hide: true } }, () => ({ ok: true }));
  app.get('/readyz', { config, schema: { hide: true } }, async (_req, reply) => {
    const [postgres, clickhouse] = await Promise.all([
      deps.pg.query('SELECT 1').then(
        () => true,
        () => false,
      ),
      deps.ch.ping().then(
        () => true,
        () => false,
      ),
    ]);
    return reply.code(postgres && clickhouse ? 200 : 503).send({ postgres, clickhouse });
  });
  app.get('/metrics', { config, schema: { hide: true } }, async (_req, reply) => {
    const lag = Object.entries(await deps.events.lag()).map(([name, n]) => `yutang_consumer_lag_batches{consumer="${name}"} ${n}`);
    const head =
      '# HELP yutang_consumer_lag_batches Batches of events landed but not yet consumed\n# TYPE yutang_consumer_lag_batches gauge';
    return reply.type(deps.metrics.contentType).send(`${await deps.metrics.metrics()}\n${head}\n${lag.join('\n')}\n`);
  });
  app.get('/api/openapi.json', { config, schema: { hide: true } }, () => app.swagger());
  app.get(
    '/api/jobs/:id',
    {
      config: { permission: 'jobs.read' },
      schema: {
        tags: ['jobs'],
        summary: 'A piece of background work',
        params: z.object({ id: z.string().regex(/^\w{1,60}$/, 'is not the id of a job') }),
      },
    },
    async (req) => {
      const job = await deps.jobs.get(req.auth.workspaceNo, req.params.id);
      return { ...job, error: job.error && req.say(job.error) };
    },
  );
  const dir = deps.consoleDir;
  if (dir && existsSync(join(dir, 'index.html'))) serveConsole(app, dir);
}

function serveConsole(app: App, root: string): void {
  app.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, permission: 'public' };
      route.schema = { ...route.schema, hide: true };
    });
    await scope.register(fastifyStatic, { root: join(root, 'assets'), prefix: '/assets/', immutable: true, maxAge: '365d' });
    await scope.register(fastifyStatic, {
      root,
      prefix: '/',
      decorateReply: false,
      wildcard: false,
      index: false,
      globIgnore: ['assets/**', 'index.html'],
    });
    // Every other page address is the console's own: it answers with its shell and finds the page itself.
    const shell = (_req: unknown, reply: { sendFile(name: string, root: string): unknown; header(k: string, v: string): unknown }) => {
      reply.header('cache-control', 'no-cache');
      return reply.sendFile('index.html', root);
    };
    scope.get('/', shell as never);
    scope.get('/*', ((req: { url: string }, reply: never) =>
      /^\/(api|v1|t|c|s|p|wecom|wechat|sa)\//.test(req.url)
        ? (reply as { callNotFound(): unknown }).callNotFound()
        : shell(req, reply)) as never);
  });
}
