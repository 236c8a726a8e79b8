import { z } from 'zod';
import { ApiError } from '../errors.ts';
import { newId, seconds } from '../state.ts';
import { Bytes, type Endpoint, endpoint, mustMedia } from './endpoint.ts';

const MB = 1024 * 1024;
const mostBytes: Record<string, number> = { image: 10 * MB, voice: 2 * MB, video: 10 * MB, file: 20 * MB };

async function mediaPart(raw: Buffer, contentType: string): Promise<File | undefined> {
  try {
    const form = await new Response(new Uint8Array(raw), { headers: { 'content-type': contentType } }).formData();
    const part = form.get('media');
    return part instanceof File ? part : undefined;
  } catch {
    return undefined;
  }
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
      const part = await mediaPart(call.raw, call.contentType);
      if (!part) throw new ApiError(41005);
      if (part.size <= 5 || part.size > most) throw new ApiError(40006);
      const bytes = Buffer.from(await part.arrayBuffer());
      const media_id = newId(call.ctx.world, '3', 43);
      call.corp.media.set(media_id, {
        media_id,
        type,
        filename: part.name,
        contentType: part.type || 'application/octet-stream',
        base64: bytes.toString('base64'),
        createdAt: call.nowMs,
      });
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
];
