import { createReadStream } from 'node:fs';
import multipart from '@fastify/multipart';
import { z } from 'zod';
import { type App, badInput } from '../base/index.ts';
import { personId } from '../people/index.ts';
import { chosen, codeView, previewAnswer, previewBody, scanBody } from './live/schema.ts';
import { codePng } from './pictures/png.ts';
import { codeSvg } from './pictures/svg.ts';
import {
  batchSchema,
  bulkBody,
  figureSchema,
  figuresQuery,
  listQuery,
  newTouchpoint,
  pictureQuery,
  touchpointChange,
  touchpointSchema,
  warningSchema,
} from './schema.ts';
import { settingsSchema } from './settings.ts';
import type { Touchpoints } from './touchpoints.ts';
import { newTrial, trialSchema } from './trials.ts';

const read = { permission: 'touchpoints.read' };
const write = { permission: 'touchpoints.write' };
const tags = ['touchpoints'];
const params = z.object({ id: z.string().max(64) });
const dayMs = 86_400_000;

export async function routes(app: App, room: Touchpoints): Promise<void> {
  pointRoutes(app, room);
  codeRoutes(app, room);
  bulkRoutes(app, room);
  trialRoutes(app, room);
  settingsRoutes(app, room);
  await app.register(async (scope) => {
    await scope.register(multipart, { limits: { fileSize: 8 * 1024 * 1024, files: 1, fields: 0 } });
    pictureRoutes(scope as unknown as App, room);
  });
}

function pointRoutes(app: App, room: Touchpoints): void {
  app.get(
    '/api/touchpoints',
    {
      config: read,
      schema: {
        tags,
        summary: 'Touchpoints, newest first',
        querystring: listQuery,
        response: { 200: z.object({ items: z.array(touchpointSchema), nextCursor: z.string().nullable(), total: z.number() }) },
      },
    },
    (req) => room.list(req.auth.workspaceNo, req.query),
  );
  app.post(
    '/api/touchpoints',
    { config: write, schema: { tags, summary: 'New touchpoint', body: newTouchpoint, response: { 201: touchpointSchema } } },
    async (req, reply) => reply.code(201).send(await room.create(req.auth.workspaceNo, req.body)),
  );
  app.get(
    '/api/touchpoints/figures',
    {
      config: read,
      schema: {
        tags,
        summary: 'What came in by each touchpoint; the last 30 days if nothing is said',
        querystring: figuresQuery,
        response: { 200: z.object({ from: z.string(), to: z.string(), items: z.array(figureSchema) }) },
      },
    },
    async (req) => {
      const range = rangeOf(req.query);
      const items = await room.figures(req.auth.workspaceNo, range, req.query.ids?.split(',').filter(Boolean).slice(0, 200));
      return { from: range.from.toISOString(), to: range.to.toISOString(), items };
    },
  );
  app.get(
    '/api/touchpoints/warnings',
    {
      config: read,
      schema: {
        tags,
        summary: 'Codes that need somebody: dying, full, not made',
        response: { 200: z.object({ items: z.array(warningSchema) }) },
      },
    },
    async (req) => ({ items: await room.watch(req.auth.workspaceNo) }),
  );
  app.get(
    '/api/touchpoints/:id',
    { config: read, schema: { tags, summary: 'One touchpoint', params, response: { 200: touchpointSchema } } },
    (req) => room.get(req.auth.workspaceNo, req.params.id),
  );
  app.patch(
    '/api/touchpoints/:id',
    {
      config: write,
      schema: { tags, summary: 'Change a touchpoint', params, body: touchpointChange, response: { 200: touchpointSchema } },
    },
    (req) => room.change(req.auth.workspaceNo, req.params.id, req.body),
  );
  app.delete(
    '/api/touchpoints/:id',
    { config: write, schema: { tags, summary: 'Close a door; what happened stays told', params, response: { 204: z.null() } } },
    async (req, reply) => {
      await room.archive(req.auth.workspaceNo, req.params.id);
      return reply.code(204).send(null);
    },
  );
  app.get(
    '/api/touchpoints/:id/days',
    {
      config: read,
      schema: {
        tags,
        summary: 'Entrances by day, the last 30 days',
        params,
        response: {
          200: z.object({ items: z.array(z.object({ day: z.string(), scans: z.number(), friends: z.number(), joins: z.number() })) }),
        },
      },
    },
    async (req) => {
      await room.get(req.auth.workspaceNo, req.params.id);
      return { items: await room.perDay(req.auth.workspaceNo, req.params.id, rangeOf({})) };
    },
  );

  app.get(
    '/api/touchpoints/:id/sharers',
    {
      config: read,
      schema: {
        tags,
        summary: 'Through whose own codes people came, the last 30 days; null: somebody who was erased',
        params,
        response: {
          200: z.object({ items: z.array(z.object({ personId: z.string().nullable(), scans: z.number(), people: z.number() })) }),
        },
      },
    },
    async (req) => {
      await room.get(req.auth.workspaceNo, req.params.id);
      const items = await room.personal.sharers(req.auth.workspaceNo, req.params.id, rangeOf({}));
      return { items: items.map(({ personNo, ...rest }) => ({ personId: personNo === null ? null : personId(personNo), ...rest })) };
    },
  );

  /** Days in the server's own reckoning: a figure of 30 days does not hang on the hour at which it begins. */
  function rangeOf(query: { from?: string | undefined; to?: string | undefined }): { from: Date; to: Date } {
    const to = query.to ? new Date(Date.parse(query.to) + dayMs) : room.now();
    const from = query.from ? new Date(query.from) : new Date(to.getTime() - 30 * dayMs);
    if (from >= to) throw badInput([{ field: 'to', reason: 'must not be before from' }]);
    return { from, to };
  }
}

function codeRoutes(app: App, room: Touchpoints): void {
  app.get(
    '/api/touchpoints/:id/code',
    { config: read, schema: { tags, summary: 'A live code: its rules and how its targets stand', params, response: { 200: codeView } } },
    (req) => room.code(req.auth.workspaceNo, req.params.id),
  );
  app.post(
    '/api/touchpoints/:id/preview',
    {
      config: read,
      schema: { tags, summary: 'Who would get what, now or then', params, body: previewBody.nullish(), response: { 200: previewAnswer } },
    },
    (req) => room.preview(req.auth.workspaceNo, req.params.id, req.body ?? {}),
  );
  app.post(
    '/api/touchpoints/:id/scan',
    {
      config: write,
      schema: {
        tags,
        summary: 'A scan by somebody whom your program knows: takes a place and says where it leads',
        params,
        body: scanBody,
        response: { 200: chosen },
      },
    },
    (req) => room.scan(req.auth.workspaceNo, req.params.id, req.body),
  );
  app.post(
    '/api/touchpoints/:id/provision',
    {
      config: write,
      schema: { tags, summary: 'Asks the platform for every code that is still missing', params, response: { 200: touchpointSchema } },
    },
    (req) => room.provision(req.auth.workspaceNo, req.params.id),
  );
  app.get(
    '/api/touchpoints/:id/picture',
    { config: read, schema: { tags, summary: 'The picture of its code, SVG or PNG', params, querystring: pictureQuery } },
    async (req, reply) => {
      const point = await room.get(req.auth.workspaceNo, req.params.id);
      const { format, width, level, frame, caption, logo } = req.query;
      reply.header('cache-control', 'private, no-cache');
      if (!point.content) {
        const made = await room.pictureOf(req.auth.workspaceNo, point.id);
        if (!made) throw badInput([{ field: 'id', reason: point.fault ?? 'has no code yet; the platform makes it' }]);
        return reply.type('image/png').send(made);
      }
      const mark = logo === '1' ? await room.logo(req.auth.workspaceNo) : undefined;
      const wish = { text: point.content, level, logo: mark, frame: frame === '1' ? { caption: caption || point.name } : undefined };
      return format === 'svg' ? reply.type('image/svg+xml').send(codeSvg(wish)) : reply.type('image/png').send(await codePng(wish, width));
    },
  );
}

function bulkRoutes(app: App, room: Touchpoints): void {
  app.get(
    '/api/touchpoint-batches',
    { config: read, schema: { tags, summary: 'Batches of codes', response: { 200: z.object({ items: z.array(batchSchema) }) } } },
    async (req) => ({ items: await room.bulk.list(req.auth.workspaceNo) }),
  );
  app.post(
    '/api/touchpoint-batches',
    {
      config: write,
      schema: { tags, summary: 'Up to 10,000 codes at once, with a ZIP of their pictures', body: bulkBody, response: { 202: batchSchema } },
    },
    async (req, reply) => reply.code(202).send(await room.bulk.start(req.auth.workspaceNo, req.body)),
  );
  app.get(
    '/api/touchpoint-batches/:id',
    { config: read, schema: { tags, summary: 'One batch', params, response: { 200: batchSchema } } },
    (req) => room.bulk.get(req.auth.workspaceNo, req.params.id),
  );
  app.get(
    '/api/touchpoint-batches/:id/file',
    { config: read, schema: { tags, summary: 'The pictures, as a ZIP', params } },
    async (req, reply) => {
      const { path, name, bytes } = await room.bulk.file(req.auth.workspaceNo, req.params.id);
      return reply
        .type('application/zip')
        .header('content-length', bytes)
        .header('content-disposition', `attachment; filename="codes.zip"; filename*=UTF-8''${encodeURIComponent(name)}.zip`)
        .send(createReadStream(path));
    },
  );
}

function trialRoutes(app: App, room: Touchpoints): void {
  app.get(
    '/api/code-trials',
    {
      config: read,
      schema: { tags, summary: 'Trials of live against static codes', response: { 200: z.object({ items: z.array(trialSchema) }) } },
    },
    async (req) => ({ items: await room.trials.list(req.auth.workspaceNo) }),
  );
  app.post(
    '/api/code-trials',
    { config: write, schema: { tags, summary: 'Shows one code or the other by lot', body: newTrial, response: { 201: trialSchema } } },
    async (req, reply) => reply.code(201).send(await room.trials.create(req.auth.workspaceNo, req.body)),
  );
  app.post(
    '/api/code-trials/:id/end',
    { config: write, schema: { tags, summary: 'Ends a trial', params, response: { 200: trialSchema } } },
    (req) => room.trials.end(req.auth.workspaceNo, req.params.id),
  );
}

function settingsRoutes(app: App, room: Touchpoints): void {
  app.get(
    '/api/touchpoint-settings',
    { config: read, schema: { tags, summary: 'How people at the doors are known', response: { 200: settingsSchema } } },
    (req) => room.settings.get(req.auth.workspaceNo),
  );
  app.put(
    '/api/touchpoint-settings',
    {
      config: write,
      schema: { tags, summary: 'Changes how people at the doors are known', body: settingsSchema, response: { 200: settingsSchema } },
    },
    async (req) => {
      await room.settings.set(req.auth.workspaceNo, req.body);
      return room.settings.get(req.auth.workspaceNo);
    },
  );
  // The platform looks for it where people are sent: at the root of this address.
  app.get(
    '/:file(^MP_verify_[A-Za-z0-9]+\\.txt$)',
    { config: { permission: 'public' }, schema: { hide: true, params: z.object({ file: z.string().max(90) }) } },
    async (req, reply) => {
      const text = await room.settings.domainFile(req.params.file);
      return text === undefined ? reply.callNotFound() : reply.type('text/plain; charset=utf-8').send(text);
    },
  );
}

function pictureRoutes(app: App, room: Touchpoints): void {
  const bytesOf = async (req: { file(): Promise<{ toBuffer(): Promise<Buffer> } | undefined> }): Promise<Buffer> => {
    const file = await req.file();
    if (!file) throw badInput([{ field: 'file', reason: 'is missing; send the picture as multipart' }]);
    return file.toBuffer();
  };
  app.post(
    '/api/touchpoints/read-picture',
    {
      config: { permission: 'touchpoints.read' },
      schema: {
        tags,
        summary: 'What the QR code in a picture says',
        response: { 200: z.object({ content: z.string().nullable(), groupCode: z.boolean() }) },
      },
    },
    async (req) => room.read(await bytesOf(req as never)),
  );
  app.put(
    '/api/touchpoints/:id/picture',
    {
      config: write,
      schema: { tags, summary: 'Another code in place of this static one, from a picture', params, response: { 200: touchpointSchema } },
    },
    async (req) => room.replacePicture(req.auth.workspaceNo, req.params.id, await bytesOf(req as never)),
  );
  app.get(
    '/api/code-logo',
    { config: read, schema: { tags, summary: 'The logo for codes', response: { 200: z.object({ logo: z.string().nullable() }) } } },
    async (req) => ({
      logo: (await room.logo(req.auth.workspaceNo)) ?? null,
    }),
  );
  app.put(
    '/api/code-logo',
    { config: write, schema: { tags, summary: 'A logo for codes', response: { 204: z.null() } } },
    async (req, reply) => {
      await room.setLogo(req.auth.workspaceNo, await bytesOf(req as never));
      return reply.code(204).send(null);
    },
  );
}
