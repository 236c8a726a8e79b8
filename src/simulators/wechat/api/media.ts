import { z } from 'zod';
import { ApiError } from '../errors.ts';
import { newId, seconds } from '../state.ts';
import { Bytes, type Call, type Endpoint, endpoint, mustMedia } from './endpoint.ts';

const MB = 1024 * 1024;
const mostBytes: Record<string, number> = { image: 10 * MB, voice: 2 * MB, video: 10 * MB, file: 20 * MB };

export async function mediaPart(raw: Buffer, contentType: string): Promise<File | undefined> {
  try {
    const form = await new Response(new Uint8Array(raw), { headers: { 'content-type': contentType } }).formData();
    const part = form.get('media');
    return part instanceof File ? part : undefined;
  } catch {
    return undefined;
  }
}

/** Takes the uploaded part in, or says what is wrong with it. */
async function keep(call: Call, type: string, most: number) {
  const part = await mediaPart(call.raw, call.contentType);
  if (!part) throw new ApiError(41005);
  if (part.size <= 5 || part.size > most) throw new ApiError(40006);
  const media_id = newId(call.ctx.world, '3', 43);
  call.corp.media.set(media_id, {
    media_id,
    type,
    filename: part.name,
    contentType: part.type || 'application/octet-stream',
    base64: Buffer.from(await part.arrayBuffer()).toString('base64'),
    createdAt: call.nowMs,
  });
  return media_id;
}

export const mediaEndpoints: Endpoint[] = [
  endpoint({
    method: 'POST',
    path: '/cgi-bin/media/upload',
    input: z.unknown(),
    async run(call) {
      const type = call.query.type ?? '';
      const most = mostBytes[type];
      if (!most) throw new ApiError(40004);
      const media_id = await keep(call, type, most);
      // A string here, unlike every other time of this API.
      return { type, media_id, created_at: String(seconds(call.nowMs)) };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/cgi-bin/media/get',
    input: z.object({ media_id: z.string({ error: '40007' }) }),
    run(call, input) {
      const media = mustMedia(call, input.media_id);
      return new Bytes(media.contentType, Buffer.from(media.base64, 'base64'));
    },
  }),
  endpoint({
    method: 'POST',
    path: '/cgi-bin/media/upload_attachment',
    input: z.unknown(),
    async run(call) {
      const { media_type = '', attachment_type = '' } = call.query;
      const most = mostBytes[media_type];
      if (!most || !['1', '2'].includes(attachment_type)) throw new ApiError(40004);
      return { type: media_type, media_id: await keep(call, media_type, most), created_at: seconds(call.nowMs) };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/cgi-bin/media/uploadimg',
    input: z.unknown(),
    async run(call) {
      return { url: `${call.ctx.baseUrl()}/img/${await keep(call, 'image', 2 * MB)}` };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/cgi-bin/media/upload_by_url',
    input: z.object({
      scene: z.literal(1),
      type: z.enum(['video', 'file'], { error: '40004' }),
      filename: z.string().min(1),
      url: z.url(),
      md5: z.string().length(32),
    }),
    run(call, input) {
      const media_id = newId(call.ctx.world, '3', 43);
      // Nothing is fetched from anywhere: the file is an empty one of that name.
      const file = { media_id, type: input.type, filename: input.filename, contentType: 'application/octet-stream', base64: '' };
      call.corp.media.set(media_id, { ...file, createdAt: call.nowMs });
      return { jobid: `job-${media_id}` };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/cgi-bin/media/get_upload_by_url_result',
    input: z.object({ jobid: z.string().min(1) }),
    run(call, input) {
      const media = mustMedia(call, input.jobid.replace(/^job-/, ''));
      return { status: 2, detail: { errcode: 0, errmsg: 'ok', media_id: media.media_id, created_at: String(seconds(media.createdAt)) } };
    },
  }),
];
