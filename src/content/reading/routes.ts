import { randomBytes } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type App, badInput } from '../../base/index.ts';
import { shareRoutes } from '../share/routes.ts';
import { absentHtml, pageHtml, tongueOf } from './markup.ts';
import { type PageItem, pageItem } from './page-item.ts';
import type { ReadingDeps } from './ports.ts';
import { createReaders, type Reading } from './reader.ts';
import { createSeals } from './seal.ts';
import { createTelling } from './tell.ts';

const open = { permission: 'public' };
const params = z.object({ key: z.string().max(64) });
const token = z.string().max(1200);

/** Pages where content is read: `/r/…`. Whoever opens one tells by it how long they read, and who passed it on to them. */
export function readingRoutes(app: App, deps: ReadingDeps): void {
  shareRoutes(app, deps.shares);
  const seals = createSeals(deps.keys);
  const readers = createReaders(deps, seals);
  const tell = createTelling(deps, readers);
  const aboutReading = (item: PageItem) => `reading ${item.key}`;
  /** The page is what somebody wants; what could not be told of it is the lesser loss. */
  const quietly = (work: Promise<void>): Promise<void> =>
    work.catch((error: unknown) => deps.log.error({ err: error }, 'a reading was not kept'));

  app.get(
    '/r/:key',
    {
      config: open,
      exposeHeadRoute: false,
      schema: { hide: true, params, querystring: z.object({ s: token.optional(), m: token.optional() }).loose() },
    },
    async (req, reply) => {
      const item = await pageItem(deps, req.params.key);
      const nonce = randomBytes(12).toString('base64');
      const tongue = tongueOf(req.headers['accept-language']);
      if (item === undefined || item === 'gone')
        return page(reply, nonce)
          .code(item ? 410 : 404)
          .send(absentHtml(item === 'gone', nonce, tongue));
      const { reader, counted, cookies } = readers.of(req, item);
      if (req.query.m !== undefined) {
        const by = { m: req.query.m };
        if (await readers.who(item, by)) {
          // The address that stays in the browser is one to pass on: the next to open it is not taken for this reader.
          const share = readers.shareOf(item, by, null);
          return reply
            .header('set-cookie', [...cookies, readers.remember(item, by)])
            .header('cache-control', 'no-store')
            .redirect(`/r/${item.key}?s=${share}`, 302);
        }
      }
      const passed = readers.passedBy(item, req.query.s, reader);
      const reading: Reading = { id: randomBytes(12).toString('base64url'), reader, passed };
      if (cookies.length > 0) reply.header('set-cookie', cookies);
      if (item.doc.kind === 'h5' && item.doc.link) {
        if (counted) await quietly(tell.viewed(item, reading));
        return reply.header('cache-control', 'no-store').redirect(item.doc.link.url, 302);
      }
      const share = readers.shareOf(item, reader, passed);
      const sealed = seals.seal(aboutReading(item), { ...reading, counted });
      const publicUrl = deps.publicUrl.replace(/\/$/, '');
      const path = new URL(`${publicUrl}/r/${item.key}`).pathname;
      const token = await deps.shares.tokenFor(item.workspaceNo, path, req.headers['user-agent']);
      return page(reply, nonce).send(pageHtml(item, { reading: sealed, share, publicUrl, nonce, tongue, token }));
    },
  );

  const readingOf = async (key: string, sealed: string): Promise<{ item: PageItem; reading: Reading & { counted: boolean } }> => {
    const item = await pageItem(deps, key);
    const reading =
      item && item !== 'gone' ? (seals.open(aboutReading(item), sealed) as (Reading & { counted: boolean }) | undefined) : undefined;
    if (!item || item === 'gone' || !reading) throw badInput([{ field: 't', reason: 'is no reading of this page' }]);
    return { item, reading };
  };
  const answer = { 204: z.null() };
  app.post(
    '/r/:key/seen',
    {
      config: open,
      bodyLimit: 4_000,
      schema: {
        hide: true,
        params,
        body: z.object({
          t: token,
          n: z.number().int().min(0).max(60),
          seconds: z.number().int().min(0).max(3600),
          depth: z.number().min(0).max(1),
        }),
        response: answer,
      },
    },
    async (req, reply) => {
      const { t, n, seconds, depth } = req.body;
      const { item, reading } = await readingOf(req.params.key, t);
      if (reading.counted) await quietly(n === 0 ? tell.viewed(item, reading) : tell.read(item, reading, { n, seconds, depth }));
      return reply.code(204).send(null);
    },
  );
  app.post(
    '/r/:key/shared',
    { config: open, bodyLimit: 4_000, schema: { hide: true, params, body: z.object({ t: token }), response: answer } },
    async (req, reply) => {
      const { item, reading } = await readingOf(req.params.key, req.body.t);
      if (reading.counted) await quietly(tell.shared(item, reading.reader, 'button', (reading.passed?.n ?? 0) + 1));
      return reply.code(204).send(null);
    },
  );
}

/** Nothing runs on the page but its own few lines and, inside WeChat, WeChat's; nothing is fetched but from here. */
const page = (reply: FastifyReply, nonce: string): FastifyReply =>
  reply
    .header('cache-control', 'no-store')
    .header(
      'content-security-policy',
      `default-src 'none'; img-src 'self'; media-src 'self'; connect-src 'self'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    )
    .header('x-content-type-options', 'nosniff')
    .type('text/html; charset=utf-8');
