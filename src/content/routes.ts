import { z } from 'zod';
import { type App, pageQuery } from '../base/index.ts';
import type { Content } from './content.ts';
import { contentChange, contentItem, newContent, rendered } from './schema.ts';

const params = z.object({ id: z.string().max(64) });
const read = { permission: 'content.read' };
const write = { permission: 'content.write' };
const tags = ['content'];

export function routes(app: App, content: Content): void {
  app.get(
    '/api/content',
    {
      config: read,
      schema: {
        tags,
        summary: 'Content, newest first',
        querystring: pageQuery,
        response: { 200: z.object({ items: z.array(contentItem), nextCursor: z.string().nullable() }) },
      },
    },
    (req) => content.list(req.auth.workspaceNo, req.query),
  );
  app.post(
    '/api/content',
    { config: write, schema: { tags, summary: 'New content; the body is Liquid', body: newContent, response: { 201: contentItem } } },
    async (req, reply) => reply.code(201).send(await content.create(req.auth.workspaceNo, req.body)),
  );
  app.get('/api/content/:id', { config: read, schema: { tags, summary: 'One item', params, response: { 200: contentItem } } }, (req) =>
    content.get(req.auth.workspaceNo, req.params.id),
  );
  app.patch(
    '/api/content/:id',
    { config: write, schema: { tags, summary: 'Change an item', params, body: contentChange, response: { 200: contentItem } } },
    (req) => content.change(req.auth.workspaceNo, req.params.id, req.body),
  );
  app.delete(
    '/api/content/:id',
    { config: write, schema: { tags, summary: 'Remove an item that no journey sends', params, response: { 204: z.null() } } },
    async (req, reply) => {
      await content.remove(req.auth.workspaceNo, req.params.id);
      return reply.code(204).send(null);
    },
  );
  app.post(
    '/api/content/:id/render',
    {
      config: read,
      schema: {
        tags,
        summary: 'What a person would read',
        params,
        body: z.object({ personId: z.string().max(64).optional() }).nullish(),
        response: { 200: rendered },
      },
    },
    (req) => content.preview(req.auth.workspaceNo, req.params.id, req.body?.personId),
  );
}
