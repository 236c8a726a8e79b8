import { z } from 'zod';
import type { App } from '../../../base/index.ts';
import type { Pulls } from './pulls.ts';
import { pullBody, pullPatch, pullTest, pullView, runView, testView } from './schema.ts';

const ids = z.object({ id: z.string().regex(/^\w{1,60}$/, 'is not the id of a pull') });

/** Scheduled pulls from other systems' databases. */
export function pullRoutes(app: App, pulls: Pulls): void {
  const read = { permission: 'imports.read' };
  const write = { permission: 'imports.write' };
  const tags = ['sources'];
  app.get(
    '/api/pulls',
    { config: read, schema: { tags, summary: 'Scheduled pulls', response: { 200: z.object({ items: z.array(pullView) }) } } },
    async (req) => ({ items: await pulls.list(req.auth.workspaceNo) }),
  );
  app.post(
    '/api/pulls',
    {
      config: write,
      schema: { tags, summary: 'Makes a pull; its password is sealed and never told', body: pullBody, response: { 201: pullView } },
    },
    async (req, reply) => reply.code(201).send(await pulls.create(req.auth.workspaceNo, req.body, req.auth.actor.name)),
  );
  app.post(
    '/api/pulls/test',
    {
      config: write,
      schema: { tags, summary: 'Connects and shows the first rows; stores nothing', body: pullTest, response: { 200: testView } },
    },
    (req) => pulls.test(req.auth.workspaceNo, req.body),
  );
  app.get('/api/pulls/:id', { config: read, schema: { tags, summary: 'One pull', params: ids, response: { 200: pullView } } }, (req) =>
    pulls.get(req.auth.workspaceNo, req.params.id),
  );
  app.patch(
    '/api/pulls/:id',
    { config: write, schema: { tags, summary: 'Changes a pull', params: ids, body: pullPatch, response: { 200: pullView } } },
    (req) => pulls.update(req.auth.workspaceNo, req.params.id, req.body),
  );
  app.delete(
    '/api/pulls/:id',
    { config: write, schema: { tags, summary: 'Removes a pull; what it brought stays', params: ids } },
    async (req, reply) => {
      await pulls.remove(req.auth.workspaceNo, req.params.id);
      return reply.code(204).send();
    },
  );
  app.post(
    '/api/pulls/:id/run',
    { config: write, schema: { tags, summary: 'A run now', params: ids, response: { 202: z.object({ id: z.string() }) } } },
    async (req, reply) => reply.code(202).send(await pulls.run(req.auth.workspaceNo, req.params.id)),
  );
  app.get(
    '/api/pulls/:id/runs',
    { config: read, schema: { tags, summary: 'The last runs', params: ids, response: { 200: z.object({ items: z.array(runView) }) } } },
    async (req) => ({ items: await pulls.runs(req.auth.workspaceNo, req.params.id) }),
  );
}
