import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../../base/index.ts';
import type { DoorAnswer, DoorRequest, Doors } from './door.ts';
import { headersWith, landingHeaders } from './landing.ts';

/** The doors that phones come to: `/c/` live codes, `/s/` short links, `/p/` posters that show one code or another. */
export function doorRoutes(app: App, doors: Doors): void {
  const ways: [string, (req: DoorRequest) => Promise<DoorAnswer>][] = [
    ['/c/:key', doors.code],
    ['/s/:key', doors.link],
    ['/p/:key', doors.poster],
  ];
  for (const [url, open] of ways) {
    app.get(
      url,
      {
        config: { permission: 'public' },
        schema: {
          hide: true,
          params: z.object({ key: z.string().max(40) }),
          querystring: z.looseObject({
            r: z.string().max(40).optional().catch(undefined),
            code: z.string().min(1).max(200).optional().catch(undefined),
            state: z.string().max(64).optional().catch(undefined),
          }),
        },
      },
      async (req, reply) => answer(reply, await open(asked(req as never, url.replace(':key', req.params.key), req.params.key, req.query))),
    );
  }
}

function asked(
  req: FastifyRequest,
  path: string,
  key: string,
  { r, code, state }: { r?: string | undefined; code?: string | undefined; state?: string | undefined },
): DoorRequest {
  return { key, path, headers: req.headers, looked: req.method === 'GET', region: r || undefined, code, state };
}

function answer(reply: FastifyReply, given: DoorAnswer) {
  if (given.setCookie && given.setCookie.length > 0) reply.header('set-cookie', given.setCookie);
  if ('redirect' in given)
    return reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer').redirect(given.redirect, 302);
  return reply
    .code(given.status)
    .headers(given.nonce ? headersWith(given.nonce) : landingHeaders)
    .send(given.html);
}
