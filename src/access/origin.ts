import type { FastifyRequest } from 'fastify';
import { problem } from '../base/index.ts';

const changesNothing = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * A cookie travels with requests that other sites make the browser send. A request that changes something and is signed in by cookie must
 * therefore show that it comes from our own pages: by `Sec-Fetch-Site`, which browsers do not let pages forge, or by `Origin`.
 */
export function refuseForeign(req: FastifyRequest, publicUrl: string | undefined, options: { absentIsFine?: boolean } = {}): void {
  if (changesNothing.has(req.method)) return;
  const site = req.headers['sec-fetch-site'];
  const origin = req.headers.origin;
  if (site === undefined && origin === undefined && options.absentIsFine) return;
  if (site === undefined ? isOurs(origin, req, publicUrl) : site === 'same-origin') return;
  throw problem(403, 'This request comes from another site', {
    code: 'foreign_origin',
    detail: 'Signed-in changes are taken from the console alone. A program uses an API key: Authorization: Bearer <key>.',
  });
}

function isOurs(origin: string | undefined, req: FastifyRequest, publicUrl: string | undefined): boolean {
  if (origin === undefined || !URL.canParse(origin)) return false;
  const { host, origin: exact } = new URL(origin);
  if (publicUrl !== undefined && exact === new URL(publicUrl).origin) return true;
  // By name and port alone: behind a proxy that ends TLS the scheme differs.
  return host !== '' && host === req.headers.host;
}
