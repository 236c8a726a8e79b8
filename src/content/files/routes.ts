import multipart from '@fastify/multipart';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type App, badInput } from '../../base/index.ts';
import type { FileOut, Files } from './files.ts';
import { mostBytes } from './look.ts';

const tags = ['content'];
export const fileView = z.object({
  id: z.string(),
  kind: z.enum(['image', 'video', 'audio']),
  mime: z.string(),
  name: z.string(),
  bytes: z.number(),
  width: z.number().nullable(),
  height: z.number().nullable(),
  durationMs: z.number().nullable(),
});

export async function fileRoutes(app: App, files: Files): Promise<void> {
  await app.register(async (scope: App) => {
    await scope.register(multipart, { limits: { fileSize: mostBytes + 1, files: 1, fields: 4 } });
    scope.post(
      '/api/content/files',
      {
        config: { permission: 'content.write' },
        schema: {
          tags,
          summary:
            'Takes in a picture, film or sound (multipart field `file`): what it is, its bytes say; the same bytes again are the same file',
          consumes: ['multipart/form-data'],
          response: { 201: fileView },
        },
      },
      async (req, reply) => {
        if (!req.isMultipart()) throw missing();
        const file = await req.file();
        if (!file) throw missing();
        const by = req.auth.actor.name;
        return reply.code(201).send(await files.add(req.auth.workspaceNo, file.file, { name: file.filename ?? '', by }));
      },
    );
  });
  const open = { config: { permission: 'public' } };
  const params = z.object({ id: z.string().max(64) });
  const send = async (req: FastifyRequest<{ Params: { id: string } }>, reply: FastifyReply) =>
    answer(req, reply, await files.get(req.params.id));
  app.get('/api/content/files/:id', { ...open, schema: { tags, summary: 'A file, for whoever was given its address', params } }, send);
  // Pictures went out under this address before there were other files, and are still looked at.
  app.get('/api/content/pictures/:id', { ...open, schema: { tags, summary: 'The same, as it was called before', params } }, send);
  app.get(
    '/api/content/files/:id/thumb',
    { ...open, schema: { tags, summary: 'A small picture of a picture, as WebP', params } },
    async (req, reply) =>
      guarded(reply)
        .type('image/webp')
        .send(await files.thumb(req.params.id)),
  );
}

const missing = () => badInput([{ field: 'file', reason: 'is missing; send multipart/form-data with the file in the field "file"' }]);

/** Whatever it is, a browser shows it and runs nothing of it; it never changes under its address. */
const guarded = (reply: FastifyReply): FastifyReply =>
  reply
    .header('cache-control', 'public, max-age=31536000, immutable')
    .header('content-security-policy', "default-src 'none'; sandbox")
    .header('cross-origin-resource-policy', 'cross-origin')
    .header('x-content-type-options', 'nosniff');

/** Films and sounds are asked for in parts: a phone jumps about in them. */
function answer(req: FastifyRequest, reply: FastifyReply, file: FileOut): FastifyReply {
  guarded(reply).header('accept-ranges', 'bytes').type(file.mime);
  const asked = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(req.headers.range ?? '');
  if (!asked || (asked[1] === '' && asked[2] === '')) return reply.header('content-length', file.bytes).send(file.open());
  const start = asked[1] === '' ? Math.max(0, file.bytes - Number(asked[2])) : Number(asked[1]);
  const end = asked[1] === '' || asked[2] === '' ? file.bytes - 1 : Math.min(Number(asked[2]), file.bytes - 1);
  if (start > end || start >= file.bytes) return reply.code(416).header('content-range', `bytes */${file.bytes}`).send('');
  return reply
    .code(206)
    .header('content-range', `bytes ${start}-${end}/${file.bytes}`)
    .header('content-length', end - start + 1)
    .send(file.open({ start, end }));
}
