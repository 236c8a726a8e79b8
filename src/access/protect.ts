import type { FastifyRequest } from 'fastify';
import { type App, type Clock, type Log, type Pg, problem } from '../base/index.ts';
import { writeAudit } from './audit.ts';
import { type Authenticate, keyMayFollow } from './authenticate.ts';
import { isRouteWord, type Permission } from './permissions.ts';

export interface RouteEntry {
  method: string;
  url: string;
  /** A permission, `public` or `ingest`. */
  permission: string;
}

interface Seen {
  method: string | string[];
  url: string;
  config?: { permission?: string | undefined };
}

const tables = new WeakMap<object, Seen[]>();

/** Every route of a protected server, once it is ready: for tests that walk them all. */
export function routeTable(app: App): RouteEntry[] {
  const seen = tables.get(app.server);
  if (!seen) throw new Error('routeTable: this server is not protected');
  return seen.flatMap(({ method, url, config }) =>
    [method].flat().map((one) => ({ method: one, url, permission: config?.permission ?? '(none)' })),
  );
}

/**
 * Lets nobody in who may not: to be called on the server before any route is added. Every route must say in `config.permission` what its
 * caller must be allowed to do; a server with a route that says nothing, or a word that no role knows, does not start.
 */
export function protect(app: App, deps: { pg: Pg; clock: Clock; log: Log; authenticate: Authenticate }): void {
  const seen: Seen[] = [];
  tables.set(app.server, seen);
  app.addHook('onRoute', (route) => {
    seen.push(route);
  });
  app.addHook('onReady', async () => {
    const wrong = routeTable(app).filter((route) => !isRouteWord(route.permission));
    if (wrong.length === 0) return;
    const lines = wrong.map((route) => `  ${route.method} ${route.url}: ${route.permission}`);
    throw new Error(`Routes without a known config.permission (see access/permissions.ts):\n${lines.join('\n')}`);
  });

  app.decorateRequest('auth', null as never);
  app.addHook('onRequest', async (req, reply) => {
    if (req.is404) return;
    const permission = req.routeOptions.config.permission!;
    if (permission === 'public') return;
    if (permission === 'ingest' && keyMayFollow(req)) return;
    req.auth = permission === 'ingest' ? await deps.authenticate.writer(req, reply) : await deps.authenticate.caller(req, reply);
    if (permission === 'ingest' || req.auth.can(permission as Permission)) return;
    throw problem(403, 'Not allowed', {
      code: 'not_allowed',
      detail: `This needs the permission ${permission}, which ${
        req.auth.actor.kind === 'member'
          ? `the role ${req.auth.role} does not have. An owner can change the role`
          : 'API keys do not have. Sign in to the console'
      }.`,
    });
  });

  app.addHook('preHandler', async (req, reply) => {
    if (req.is404 || req.auth || req.routeOptions.config.permission !== 'ingest') return;
    req.auth = await deps.authenticate.writer(req, reply);
  });

  // Whatever is changed through a door leaves a trace before it is answered, unless the verb itself writes a fuller one.
  app.addHook('onSend', async (req, reply, payload) => {
    if (isChange(req) && reply.statusCode < 400) {
      const params = (req.params ?? {}) as Record<string, string>;
      await writeAudit(deps.pg, deps.clock, {
        workspaceNo: req.auth.workspaceNo,
        actor: req.auth.actor,
        action: `${req.method} ${req.routeOptions.url}`,
        target: params.id,
      }).catch((error: unknown) => deps.log.error({ err: error, route: req.routeOptions.url }, 'audit entry not written'));
    }
    return payload;
  });
}

function isChange(req: FastifyRequest): boolean {
  if (req.method === 'GET' || req.method === 'HEAD' || req.is404 || !req.auth) return false;
  const { permission, audit } = req.routeOptions.config;
  return audit !== 'own' && permission !== 'ingest' && !permission!.endsWith('.read');
}
