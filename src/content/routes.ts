import { z } from 'zod';
import { type App, pageQuery, reasonsFor } from '../base/index.ts';
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
  app.post(
    '/api/content/pictures',
    {
      config: write,
      bodyLimit: 3_000_000,
      schema: {
        tags,
        summary: 'Takes in a picture for cards: PNG or JPEG, as base64',
        body: z.object({ data: z.string().min(1, { error: 'must be a PNG or JPEG picture' }) }),
        response: { 201: z.object({ id: z.string() }) },
      },
    },
    async (req, reply) => reply.code(201).send({ id: await content.addPicture(req.auth.workspaceNo, req.body.data) }),
  );
  app.get(
    '/api/content/pictures/:id',
    { config: { permission: 'public' }, schema: { tags, summary: 'A picture, for whoever was given its address', params } },
    async (req, reply) => {
      const { mime, bytes } = await content.picture(req.params.id);
      return reply
        .header('cache-control', 'public, max-age=31536000, immutable')
        .header('content-security-policy', "default-src 'none'")
        .header('x-content-type-options', 'nosniff')
        .type(mime)
        .send(bytes);
    },
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
    async (req) => {
      const shown = await content.preview(req.auth.workspaceNo, req.params.id, req.body?.personId);
      return { ...shown, errors: reasonsFor(req, shown.errors) };
    },
  );
}
