import multipart, { type MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type App, badInput, decodeCursor, pageQuery, reasonsFor } from '../../base/index.ts';
import type { Imports } from './imports.ts';
import {
  importKinds,
  importOptions,
  importView,
  inspectBody,
  inspection,
  mapping,
  product,
  rejectedRows,
  startBody,
  targetsView,
} from './schema.ts';
import { notStorable, storable } from './storable.ts';
import { describeTargets } from './targets.ts';
import { maxFileBytes } from './upload.ts';

const ids = z.object({ id: z.string().max(100) });
const cursor = z.string().refine(storable, notStorable);

/** Why an import failed, in the caller's language. */
const said = <T extends { error: string | null }>(req: FastifyRequest, one: T): T => ({ ...one, error: one.error && req.say(one.error) });

/** The import door: look at a file, begin, watch, fetch what was rejected; and the products that came with it. */
export async function importRoutes(app: App, imports: Imports): Promise<void> {
  const read = { permission: 'imports.read' };
  const write = { permission: 'imports.write' };
  // Uploads are streamed to disk; the parser is needed on these routes alone.
  await app.register(async (scope: App) => {
    await scope.register(multipart, { limits: { fileSize: maxFileBytes, files: 1, fields: 20, fieldSize: 256 * 1024 } });
    scope.post(
      '/api/imports/inspect',
      {
        config: write,
        schema: {
          tags: ['imports'],
          summary:
            'Looks at a file (multipart field `file`; XLSX, or CSV or JSONL, plain or gzip; field `sheet`; or JSON with uploadId and sheet): columns, examples, probable kind and mapping',
          consumes: ['multipart/form-data', 'application/json'],
          response: { 200: inspection },
        },
      },
      async (req) => {
        if (!req.isMultipart()) {
          const again = inspectBody.safeParse(req.body);
          if (!again.success) throw noFile();
          return imports.inspect(req.auth.workspaceNo, again.data.uploadId, again.data.sheet);
        }
        const form = await readForm(req, imports);
        if (!form.uploadId) throw noFile();
        return imports.inspect(req.auth.workspaceNo, form.uploadId, form.sheet);
      },
    );
    scope.post(
      '/api/imports',
      {
        config: write,
        schema: {
          tags: ['imports'],
          summary: 'Begins an import: multipart with file, kind, mapping?, options?, sheet?, dryRun?; or JSON with uploadId and the same',
          consumes: ['multipart/form-data', 'application/json'],
          response: { 202: z.object({ id: z.string() }) },
        },
      },
      async (req, reply) => {
        const given = req.isMultipart() ? await readForm(req, imports) : req.body;
        if (req.isMultipart() && !(given as { uploadId?: string }).uploadId) throw noFile();
        const parsed = startBody.safeParse(given);
        if (!parsed.success) {
          throw badInput(parsed.error.issues.map((i) => ({ field: i.path.join('.') || 'body', reason: i.message })));
        }
        return reply.code(202).send(await imports.start(req.auth.workspaceNo, { ...parsed.data, createdBy: req.auth.actor.name }));
      },
    );
  });
  app.get(
    '/api/imports',
    {
      config: read,
      schema: {
        tags: ['imports'],
        summary: 'Imports, newest first',
        querystring: pageQuery,
        response: { 200: z.object({ items: z.array(importView), nextCursor: z.string().nullable() }) },
      },
    },
    async (req) => {
      const page = await imports.list(req.auth.workspaceNo, decodeCursor(req.query.cursor, cursor), req.query.limit);
      return { ...page, items: page.items.map((one) => said(req, one)) };
    },
  );
  app.get(
    '/api/imports/targets',
    {
      config: read,
      schema: { tags: ['imports'], summary: 'The fields that rows of each kind can fill', response: { 200: targetsView } },
    },
    () => ({ items: importKinds.map(describeTargets) }),
  );
  app.get(
    '/api/imports/:id/rejected-rows',
    {
      config: read,
      schema: {
        tags: ['imports'],
        summary: 'The first of the rejected rows',
        params: ids,
        querystring: z.object({ limit: z.coerce.number().int().min(1).max(200).default(20) }),
        response: { 200: rejectedRows },
      },
    },
    async (req) => ({ items: reasonsFor(req, await imports.firstRejected(req.auth.workspaceNo, req.params.id, req.query.limit)) }),
  );
  app.get(
    '/api/imports/:id',
    { config: read, schema: { tags: ['imports'], summary: 'One import and how far it is', params: ids, response: { 200: importView } } },
    async (req) => said(req, await imports.get(req.auth.workspaceNo, req.params.id)),
  );
  app.post(
    '/api/imports/:id/resume',
    { config: write, schema: { tags: ['imports'], summary: 'Goes on with an import that failed', params: ids, response: { 202: ids } } },
    async (req, reply) => reply.code(202).send(await imports.resume(req.auth.workspaceNo, req.params.id)),
  );
  app.get(
    '/api/imports/:id/rejected',
    {
      config: read,
      schema: { tags: ['imports'], summary: 'Rejected rows as CSV: row number, reason, and the columns as they came', params: ids },
    },
    async (req, reply) => {
      const file = await imports.rejected(req.auth.workspaceNo, req.params.id, (text) => req.say(text));
      return reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="${file.name}"`)
        .send(file.stream);
    },
  );
  app.get(
    '/api/products',
    {
      config: read,
      schema: {
        tags: ['imports'],
        summary: 'Products, by id',
        querystring: pageQuery.extend({ query: z.string().max(200).optional() }),
        response: { 200: z.object({ items: z.array(product), nextCursor: z.string().nullable() }) },
      },
    },
    (req) =>
      imports.products(req.auth.workspaceNo, {
        query: req.query.query,
        after: decodeCursor(req.query.cursor, cursor),
        limit: req.query.limit,
      }),
  );
}

const noFile = () => badInput([{ field: 'file', reason: 'is missing; send multipart/form-data with the file in the field "file"' }]);

interface Form {
  uploadId?: string;
  kind?: unknown;
  mapping?: unknown;
  options?: unknown;
  sheet?: string;
  dryRun?: boolean;
}

/** Reads a multipart form; its file goes to disk as it comes in, so fields may stand before or after it. */
async function readForm(req: FastifyRequest, imports: Imports): Promise<Form> {
  if (!req.isMultipart()) throw noFile();
  const form: Form = {};
  for await (const part of req.parts()) {
    if (part.type === 'file') {
      const { uploadId } = await imports.upload(req.auth.workspaceNo, {
        name: part.filename?.replaceAll('\0', '').toWellFormed() || 'file',
        stream: whole(part),
      });
      form.uploadId = uploadId;
    } else if (part.fieldname === 'kind') form.kind = readKind(part.value);
    else if (part.fieldname === 'mapping') form.mapping = readJson('mapping', part.value, mapping);
    else if (part.fieldname === 'options') form.options = readJson('options', part.value, importOptions);
    else if (part.fieldname === 'sheet') form.sheet = String(part.value);
    else if (part.fieldname === 'dryRun') form.dryRun = readFlag(part.value);
    else
      throw badInput([
        { field: part.fieldname, reason: 'is not a field of an import; it has file, kind, mapping, options, sheet, dryRun' },
      ]);
  }
  return form;
}

/** The part's stream; a file that reaches the size limit ends with an error and not silently. */
function whole(part: MultipartFile): MultipartFile['file'] {
  part.file.on('limit', () => part.file.destroy(badInput([{ field: 'file', reason: 'is larger than 4 GB; split it' }])));
  return part.file;
}

function readKind(value: unknown): unknown {
  if (typeof value === 'string' && (importKinds as readonly string[]).includes(value)) return value;
  throw badInput([{ field: 'kind', reason: `must be one of ${importKinds.join(', ')}` }]);
}

function readFlag(value: unknown): boolean {
  if (value === 'true' || value === '1') return true;
  if (value === 'false' || value === '0' || value === '') return false;
  throw badInput([{ field: 'dryRun', reason: 'must be true or false' }]);
}

function readJson<T>(field: string, value: unknown, shape: z.ZodType<T>): T {
  let parsed: unknown;
  try {
    parsed = typeof value === 'string' ? JSON.parse(value) : value;
  } catch {
    throw badInput([{ field, reason: 'must be JSON, such as {"order_id":"订单号"}' }]);
  }
  const fits = shape.safeParse(parsed);
  if (fits.success) return fits.data;
  throw badInput(fits.error.issues.map((i) => ({ field: [field, ...i.path].join('.'), reason: i.message })));
}
