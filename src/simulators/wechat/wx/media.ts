import { z } from 'zod';
import { mediaPart } from '../api/media.ts';
import { newId } from '../state.ts';
import { type WxCall, wx } from './endpoint.ts';
import { WxError } from './verdict.ts';

export const uploadPath = '/cgi-bin/media/upload';
const mostBytes = 10 * 1024 * 1024;

/** A picture that was uploaded here and still lives. */
export function mustPicture({ ctx, account, nowMs }: Pick<WxCall, 'ctx' | 'account' | 'nowMs'>, id: unknown): void {
  const kept = account.media.get(String(id));
  if (!kept || kept.createdAt + ctx.rules.mediaLifeMs <= nowMs) throw new WxError(40007);
}

export const mediaEndpoints = [
  wx({
    method: 'POST',
    path: uploadPath,
    input: z.object({ type: z.enum(['image'], { error: '40004' }) }),
    async run({ ctx, account, nowMs, raw, contentType }, { type }) {
      const part = await mediaPart(raw, contentType);
      if (!part) throw new WxError(41005);
      if (part.size <= 5 || part.size > mostBytes) throw new WxError(40006);
      const media_id = newId(ctx.world, 'wxmedia', 57);
      account.media.set(media_id, { base64: Buffer.from(await part.arrayBuffer()).toString('base64'), createdAt: nowMs });
      return { type, media_id, created_at: Math.floor(nowMs / 1000) };
    },
  }),
];
