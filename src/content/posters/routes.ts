import { z } from 'zod';
import type { App } from '../../base/index.ts';
import type { Shares } from '../share/index.ts';
import { openPoster } from './page.ts';
import type { Posters } from './posters.ts';
import { readyPosters } from './ready.ts';
import { batchSchema, docSchema, newPoster, posterChange, posterSchema, previewAnswer, previewBody } from './schema.ts';
import { jpeg } from './send.ts';

const read = { permission: 'content.read' };
const write = { permission: 'content.write' };
/** Pictures of many people with their names: a file of personal values. */
const take = { permission: 'people.export' };
const tags = ['posters'];
const params = z.object({ id: z.string().max(64) });
const by = (req: { auth: { actor: { name: string } } }): string => req.auth.actor.name;

export function posterRoutes(app: App, posters: Posters, shares: Shares): void {
  templateRoutes(app, posters);
  pictureRoutes(app, posters);
  batchRoutes(app, posters);
  openPoster(app, posters, shares);
}

function templateRoutes(app: App, posters: Posters): void {
  app.get(
    '/api/posters',
    {
      config: read,
      schema: { tags, summary: 'Posters, changed last first', response: { 200: z.object({ items: z.array(posterSchema) }) } },
    },
    async (req) => ({ items: await posters.list(req.auth.workspaceNo) }),
  );
  app.get(
    '/api/posters/ready',
    {
      config: read,
      schema: {
        tags,
        summary: 'Templates to begin with',
        response: {
          200: z.object({
            items: z.array(z.object({ key: z.string(), name: z.object({ zh: z.string(), en: z.string() }), doc: docSchema })),
          }),
        },
      },
    },
    async () => ({ items: readyPosters }),
  );
  app.post(
    '/api/posters',
    { config: write, schema: { tags, summary: 'New poster; its texts are Liquid', body: newPoster, response: { 201: posterSchema } } },
    async (req, reply) => reply.code(201).send(await posters.create(req.auth.workspaceNo, req.body, by(req))),
  );
  app.get('/api/posters/:id', { config: read, schema: { tags, summary: 'One poster', params, response: { 200: posterSchema } } }, (req) =>
    posters.get(req.auth.workspaceNo, req.params.id),
  );
  app.patch(
    '/api/posters/:id',
    { config: write, schema: { tags, summary: 'Change a poster', params, body: posterChange, response: { 200: posterSchema } } },
    (req) => posters.change(req.auth.workspaceNo, req.params.id, req.body, by(req)),
  );
  app.delete(
    '/api/posters/:id',
    {
      config: write,
      schema: {
        tags,
        summary: 'Remove a poster; codes on pictures that are out go on leading where they led',
        params,
        response: { 204: z.null() },
      },
    },
    async (req, reply) => {
      await posters.remove(req.auth.workspaceNo, req.params.id);
      return reply.code(204).send(null);
    },
  );
  const version = z.object({ version: z.number(), name: z.string(), doc: docSchema, at: z.string(), by: z.string().nullable() });
  app.get(
    '/api/posters/:id/versions',
    {
      config: read,
      schema: { tags, summary: 'What it was before, newest first', params, response: { 200: z.object({ items: z.array(version) }) } },
    },
    async (req) => ({ items: await posters.versions(req.auth.workspaceNo, req.params.id) }),
  );
  app.post(
    '/api/posters/:id/restore',
    {
      config: write,
      schema: {
        tags,
        summary: 'An earlier version becomes the newest',
        params,
        body: z.object({ version: z.number().int() }),
        response: { 200: posterSchema },
      },
    },
    (req) => posters.restore(req.auth.workspaceNo, req.params.id, req.body.version, by(req)),
  );
}

function pictureRoutes(app: App, posters: Posters): void {
  app.post(
    '/api/posters/preview',
    {
      config: read,
      schema: {
        tags,
        summary: 'How a document looks, for a person or nobody in particular, and what is amiss with it; personal values are masked',
        body: previewBody,
        response: { 200: previewAnswer },
      },
    },
    (req) => posters.preview(req.auth.workspaceNo, req.body.doc, req.body),
  );
  app.get('/api/posters/:id/picture', { config: read, schema: { tags, summary: 'A small picture of it', params } }, async (req, reply) =>
    jpeg(reply, req.headers['if-none-match'], await posters.thumb(req.auth.workspaceNo, req.params.id)),
  );
  app.post(
    '/api/posters/:id/link',
    {
      config: write,
      schema: {
        tags,
        summary: "The address of somebody's own poster, as a page and as a picture",
        params,
        body: z.object({ personId: z.string().max(64) }),
        response: { 200: z.object({ url: z.string(), picture: z.string() }) },
      },
    },
    (req) => posters.address(req.auth.workspaceNo, req.params.id, req.body.personId),
  );
}

function batchRoutes(app: App, posters: Posters): void {
  app.post(
    '/api/posters/:id/batches',
    {
      config: write,
      schema: {
        tags,
        summary: "Everybody's own poster of an audience, made ahead",
        params,
        body: z.object({ audienceId: z.string().max(64) }),
        response: { 201: batchSchema },
      },
    },
    async (req, reply) => reply.code(201).send(await posters.batches.start(req.auth.workspaceNo, req.params.id, req.body.audienceId)),
  );
  app.get(
    '/api/poster-batches',
    {
      config: read,
      schema: {
        tags,
        summary: 'Batches, newest first',
        querystring: z.object({ posterId: z.string().max(64).optional() }),
        response: { 200: z.object({ items: z.array(batchSchema) }) },
      },
    },
    async (req) => ({ items: await posters.batches.list(req.auth.workspaceNo, req.query.posterId) }),
  );
  app.get(
    '/api/poster-batches/:id',
    { config: read, schema: { tags, summary: 'One batch', params, response: { 200: batchSchema } } },
    (req) => posters.batches.get(req.auth.workspaceNo, req.params.id),
  );
  app.get(
    '/api/poster-batches/:id/parts/:part',
    {
      config: take,
      schema: {
        tags,
        summary: 'A thousand of its pictures as a ZIP',
        params: params.extend({ part: z.coerce.number().int().min(1).max(10_000) }),
      },
    },
    async (req, reply) => {
      const { name, stream } = await posters.batches.part(req.auth.workspaceNo, req.params.id, req.params.part);
      return reply
        .header('content-type', 'application/zip')
        .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(name)}`)
        .header('cache-control', 'no-store')
        .send(stream);
    },
  );
}
