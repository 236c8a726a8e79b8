import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from './base/index.ts';

const files = ['web.js', 'web.mjs', 'miniprogram.js', 'picker.js'] as const;

/** What runs at the customer's, as built into `dir`: any site may load it. A page asks once an hour whether there is a newer one. */
export function sdkRoutes(app: App, dir: string): void {
  for (const file of files) {
    const path = join(dir, file);
    if (!existsSync(path)) continue;
    const body = readFileSync(path);
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
    app.get(`/sdk/${file}`, { config: { permission: 'public' }, schema: { hide: true } }, (req, reply) => {
      reply
        .header('etag', etag)
        .header('cache-control', 'public, max-age=3600, stale-while-revalidate=86400')
        .header('access-control-allow-origin', '*')
        .header('cross-origin-resource-policy', 'cross-origin')
        .header('x-content-type-options', 'nosniff');
      if (req.headers['if-none-match'] === etag) return reply.code(304).send();
      return reply.type('text/javascript; charset=utf-8').send(body);
    });
  }
}
