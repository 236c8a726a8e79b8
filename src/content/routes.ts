import { z } from 'zod';
import { type App, pageQuery, reasonsFor } from '../base/index.ts';
import type { Content } from './content.ts';
import { docKeys } from './doc.ts';
import { fileRoutes } from './files/routes.ts';
import { importRoutes } from './import/routes.ts';
import { reviewActs } from './review.ts';
import { contentChange, contentItem, newContent, rendered } from './schema.ts';
import { facetKeys, facetQuery, findQuery } from './search/find.ts';
import { variantChannels } from './variants.ts';

const params = z.object({ id: z.string().max(64) });
const read = { permission: 'content.read' };
const write = { permission: 'content.write' };
const tags = ['content'];

const piece = z.object({ text: z.string(), hit: z.boolean() });
const foundItem = contentItem.extend({ highlight: z.object({ name: z.array(piece), words: z.array(piece) }).optional() });
const counts = z.array(z.object({ value: z.string(), count: z.number() }));
const named = z.object({ id: z.string(), name: z.string(), kind: z.string() });
const what = z.enum(['text', 'picture']);

export async function routes(app: App, content: Content): Promise<void> {
  itemRoutes(app, content);
  reviewRoutes(app, content);
  twinRoutes(app, content);
  await fileRoutes(app, content.files);
  await importRoutes(app, content);
}

function itemRoutes(app: App, content: Content): void {
  app.get(
    '/api/content',
    {
      config: read,
      schema: {
        tags,
        summary: 'Content: found by words in Chinese and English, and by any of its marks (several after commas); best first, else newest',
        querystring: findQuery,
        response: { 200: z.object({ items: z.array(foundItem), nextCursor: z.string().nullable() }) },
      },
    },
    (req) => content.list(req.auth.workspaceNo, req.query),
  );
  app.get(
    '/api/content/facets',
    {
      config: read,
      schema: {
        tags,
        summary: 'How many items each further choice would show',
        querystring: facetQuery,
        response: { 200: z.object({ total: z.number(), ...Object.fromEntries(facetKeys.map((key) => [key, counts])) }) },
      },
    },
    (req) => content.facets(req.auth.workspaceNo, req.query),
  );
  app.post(
    '/api/content',
    { config: write, schema: { tags, summary: 'New content; the body is Liquid', body: newContent, response: { 201: contentItem } } },
    async (req, reply) => reply.code(201).send(await content.create(req.auth.workspaceNo, req.body, req.auth.actor.name)),
  );
  app.get('/api/content/:id', { config: read, schema: { tags, summary: 'One item', params, response: { 200: contentItem } } }, (req) =>
    content.get(req.auth.workspaceNo, req.params.id),
  );
  app.patch(
    '/api/content/:id',
    {
      config: write,
      schema: { tags, summary: 'Change an item: a version more', params, body: contentChange, response: { 200: contentItem } },
    },
    (req) => content.change(req.auth.workspaceNo, req.params.id, req.body, req.auth.actor.name),
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
        summary: 'What a person would read, on a channel or in general',
        params,
        body: z.object({ personId: z.string().max(64).optional(), channel: z.enum(variantChannels).optional() }).nullish(),
        response: { 200: rendered },
      },
    },
    async (req) => {
      const shown = await content.preview(req.auth.workspaceNo, req.params.id, req.body?.personId, req.body?.channel);
      return { ...shown, errors: reasonsFor(req, shown.errors) };
    },
  );
  const version = z.object({
    ...{ version: z.number(), changed: z.array(z.string()), at: z.string(), by: z.string().nullable() },
    item: contentItem.pick(Object.fromEntries(docKeys.map((key) => [key, true])) as { [K in (typeof docKeys)[number]]: true }),
  });
  app.get(
    '/api/content/:id/versions',
    { config: read, schema: { tags, summary: 'All that an item was', params, response: { 200: z.object({ items: z.array(version) }) } } },
    async (req) => ({ items: await content.versions(req.auth.workspaceNo, req.params.id) }),
  );
  app.post(
    '/api/content/:id/restore',
    {
      config: write,
      schema: {
        tags,
        summary: 'An earlier version becomes the newest',
        params,
        body: z.object({ version: z.number().int().positive() }),
        response: { 200: contentItem },
      },
    },
    (req) => content.restore(req.auth.workspaceNo, req.params.id, req.body.version, req.auth.actor.name),
  );
}

function reviewRoutes(app: App, content: Content): void {
  const body = z.object({
    version: z.number().int().positive(),
    note: z.string().max(1000, { error: 'must have at most 1,000 characters' }).optional(),
  });
  for (const act of reviewActs)
    app.post(
      `/api/content/:id/${act}`,
      {
        config: act === 'approve' || act === 'reject' ? { permission: 'content.approve' } : write,
        schema: { tags, summary: `Review: ${act}`, params, body, response: { 200: contentItem } },
      },
      (req) => content.review(req.auth.workspaceNo, req.params.id, { act, ...req.body }, req.auth.actor.name),
    );
  const settings = z.object({ onlyApproved: z.boolean() });
  app.get(
    '/api/content/settings',
    { config: read, schema: { tags, summary: 'What the workspace has decided about its library', response: { 200: settings } } },
    (req) => content.settings.get(req.auth.workspaceNo),
  );
  app.put(
    '/api/content/settings',
    {
      config: { permission: 'content.approve' },
      schema: { tags, summary: 'Whether only approved content is sent', body: settings, response: { 200: settings } },
    },
    async (req) => {
      await content.settings.set(req.auth.workspaceNo, req.body);
      return req.body;
    },
  );
  const needs = z.object({
    ...{ inReview: z.number(), rightsExpired: z.number(), twins: z.number(), unapproved: z.number() },
    rightsSoon: z.array(z.object({ id: z.string(), name: z.string(), until: z.string() })),
  });
  app.get(
    '/api/content/needs',
    { config: read, schema: { tags, summary: 'What of the library waits for a hand', response: { 200: needs } } },
    (req) => content.needs(req.auth.workspaceNo),
  );
}

function twinRoutes(app: App, content: Content): void {
  const twin = z.object({ id: z.string(), name: z.string(), what, likeness: z.number() });
  app.post(
    '/api/content/twins',
    {
      config: read,
      schema: {
        tags,
        summary: 'What says or shows the same as this would',
        body: newContent.extend({ except: z.string().max(64).optional() }),
        response: { 200: z.object({ items: z.array(twin) }) },
      },
    },
    async (req) => {
      const { except, ...given } = req.body;
      return { items: await content.twins.of(req.auth.workspaceNo, given, except) };
    },
  );
  const pair = z.object({ a: named, b: named, what, likeness: z.number() });
  app.get(
    '/api/content/twins',
    {
      config: read,
      schema: {
        tags,
        summary: 'Pairs of items that are alike, the most alike first',
        querystring: pageQuery,
        response: { 200: z.object({ items: z.array(pair), nextCursor: z.string().nullable() }) },
      },
    },
    (req) => content.twins.list(req.auth.workspaceNo, req.query),
  );
  app.post(
    '/api/content/twins/dismiss',
    {
      config: write,
      schema: {
        tags,
        summary: 'Both of a pair stay',
        body: z.object({ a: z.string().max(64), b: z.string().max(64) }),
        response: { 204: z.null() },
      },
    },
    async (req, reply) => {
      await content.twins.dismiss(req.auth.workspaceNo, req.body.a, req.body.b);
      return reply.code(204).send(null);
    },
  );
}
