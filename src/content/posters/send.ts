import type { FastifyReply } from 'fastify';

export interface Picture {
  bytes: Buffer;
  /** Names what is in it; undefined: not for keeping. */
  tag: string | undefined;
}

/** A picture that is asked for again is sent again only when it is another. */
export function jpeg(reply: FastifyReply, known: string | undefined, { bytes, tag }: Picture): FastifyReply {
  if (tag === undefined) reply.header('cache-control', 'no-store');
  else {
    reply.header('cache-control', 'private, max-age=60').header('etag', `"${tag}"`);
    if (known === `"${tag}"`) return reply.code(304).send();
  }
  return reply.header('content-type', 'image/jpeg').header('x-content-type-options', 'nosniff').send(bytes);
}
