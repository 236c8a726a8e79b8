import { z } from 'zod';
import { type App, problem, reasonsFor } from '../../../base/index.ts';
import type { Hooks } from './hooks.ts';
import { deliveryView, hookBody, hookPatch, hookTest, hookView, received, testView } from './schema.ts';

const ids = z.object({ id: z.string().regex(/^\w{1,60}$/, 'is not the id of a hook') });
const withSecret = hookView.extend({ secret: z.string() });
const mostBytes = 5 * 1024 * 1024;

/** Where other systems post to, and the configuration of these doors. */
export async function hookRoutes(app: App, hooks: Hooks): Promise<void> {
  const read = { permission: 'imports.read' };
  const write = { permission: 'imports.write' };
  const tags = ['sources'];
  // The body is signed as it came: it is not parsed before it is proven.
  await app.register(async (scope: App) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: mostBytes }, (_req, body, done) => done(null, body));
    scope.post(
      '/hooks/:id',
      {
        config: { permission: 'public' },
        bodyLimit: mostBytes,
        schema: {
          tags,
          summary: 'Takes a signed webhook of another system; durable when it answers',
          params: ids,
          response: { 200: received },
        },
      },
      async (req) => {
        if (!Buffer.isBuffer(req.body)) throw problem(400, 'The payload does not fit', { errors: [{ field: 'body', reason: 'is empty' }] });
        const answer = await hooks.receive(req.params.id, { headers: req.headers, body: req.body });
        return { ...answer, rejected: reasonsFor(req, answer.rejected) };
      },
    );
  });
  app.get(
    '/api/hooks',
    { config: read, schema: { tags, summary: 'Inbound webhooks', response: { 200: z.object({ items: z.array(hookView) }) } } },
    async (req) => ({ items: await hooks.list(req.auth.workspaceNo) }),
  );
  app.post(
    '/api/hooks',
    { config: write, schema: { tags, summary: 'Makes a hook; its secret is told once', body: hookBody, response: { 201: withSecret } } },
    async (req, reply) => reply.code(201).send(await hooks.create(req.auth.workspaceNo, req.body, req.auth.actor.name)),
  );
  app.post(
    '/api/hooks/test',
    {
      config: write,
      schema: { tags, summary: 'What a sample payload would become; writes nothing', body: hookTest, response: { 200: testView } },
    },
    async (req) => {
      const answer = await hooks.test(req.auth.workspaceNo, req.body);
      return { ...answer, rejected: reasonsFor(req, answer.rejected) };
    },
  );
  app.get('/api/hooks/:id', { config: read, schema: { tags, summary: 'One hook', params: ids, response: { 200: hookView } } }, (req) =>
    hooks.get(req.auth.workspaceNo, req.params.id),
  );
  app.patch(
    '/api/hooks/:id',
    { config: write, schema: { tags, summary: 'Changes a hook', params: ids, body: hookPatch, response: { 200: hookView } } },
    (req) => hooks.update(req.auth.workspaceNo, req.params.id, req.body),
  );
  app.post(
    '/api/hooks/:id/secret',
    { config: write, schema: { tags, summary: 'A new secret, told once; the old one ends', params: ids, response: { 200: withSecret } } },
    (req) => hooks.renew(req.auth.workspaceNo, req.params.id),
  );
  app.delete('/api/hooks/:id', { config: write, schema: { tags, summary: 'Removes a hook', params: ids } }, async (req, reply) => {
    await hooks.remove(req.auth.workspaceNo, req.params.id);
    return reply.code(204).send();
  });
  app.get(
    '/api/hooks/:id/deliveries',
    {
      config: read,
      schema: {
        tags,
        summary: 'The last deliveries and what came of them',
        params: ids,
        response: { 200: z.object({ items: z.array(deliveryView) }) },
      },
    },
    async (req) => {
      const items = await hooks.deliveries(req.auth.workspaceNo, req.params.id);
      return { items: items.map((one) => ({ ...one, errors: reasonsFor(req, one.errors) })) };
    },
  );
}
