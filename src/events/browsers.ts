import type { App } from '../base/index.ts';

/**
 * Pages of any site may send to these doors: who sends is told by the write key alone, no cookie is looked at. Allowing credentials only keeps
 * those SDKs working that ask the browser to add them. To be called first in a scope: its answers, refusals too, can be read by the page.
 */
export function forBrowsers(scope: App, preflights: string[]): void {
  scope.addHook('onSend', async (req, reply, payload) => {
    const origin = req.headers.origin;
    if (origin === undefined) return payload;
    reply.header('access-control-allow-origin', origin).header('vary', 'Origin').header('access-control-allow-credentials', 'true');
    reply.header('access-control-expose-headers', 'Retry-After');
    return payload;
  });
  for (const url of preflights) {
    scope.options(url, { config: { permission: 'public' }, schema: { hide: true } }, (_req, reply) =>
      reply
        .code(204)
        .header('access-control-allow-methods', 'GET, POST, OPTIONS')
        .header('access-control-allow-headers', 'authorization, content-type, content-encoding, x-requested-with')
        .header('access-control-max-age', '86400')
        .header('access-control-allow-private-network', 'true')
        .send(),
    );
  }
}
