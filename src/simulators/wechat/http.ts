import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { ZodError } from 'zod';
import { answerApi } from './api/answer.ts';
import { type Context, ControlError } from './context.ts';
import { commands } from './control.ts';
import { OAUTH_PATH, oauthPage } from './oauth_page.ts';
import { servePage } from './page.ts';
import { isPay } from './pay/index.ts';
import type { WechatControl } from './simulator.ts';
import { answerWx, isWx } from './wx/answer.ts';
import { isWxPage, serveWxPage } from './wx_page.ts';

const MOST_BODY_BYTES = 32 * 1024 * 1024;

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BODY_BYTES) throw new ControlError('body', 'too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const addressOf = (request: IncomingMessage): string => request.socket.remoteAddress?.replace('::ffff:', '') ?? '';

function send(response: ServerResponse, status: number, contentType: string, body: string | Buffer): void {
  response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' }).end(body);
}

const sendJson = (response: ServerResponse, status: number, body: unknown) =>
  send(
    response,
    status,
    'application/json; charset=UTF-8',
    JSON.stringify(body ?? {}, (_key, value) => (value instanceof Map ? [...value] : value)),
  );

async function serveControl(control: WechatControl, name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const command = commands[name];
  if (!command) return sendJson(response, 404, { error: 'no such command', commands: Object.keys(commands) });
  const raw = await readBody(request);
  // A page of another site can send a form or plain text to a local port, but not JSON without asking first.
  const isJson = request.headers['content-type']?.startsWith('application/json') ?? false;
  if (request.method === 'POST' && raw.length > 0 && !isJson) return sendJson(response, 415, { error: 'send application/json' });
  if (request.method !== 'POST' && request.method !== 'GET') return sendJson(response, 405, { error: 'use POST' });
  let body: unknown = Object.fromEntries(new URL(request.url ?? '', 'http://x').searchParams);
  try {
    if (raw.length > 0) body = JSON.parse(raw.toString('utf8'));
  } catch {
    return sendJson(response, 400, { error: 'not JSON', field: 'body' });
  }
  try {
    sendJson(response, 200, await command.run(control, body));
  } catch (error) {
    if (error instanceof ControlError) return sendJson(response, 400, { error: error.message, field: error.field });
    if (error instanceof ZodError) {
      const issue = error.issues[0];
      return sendJson(response, 400, { error: issue?.message ?? 'invalid', field: issue?.path.join('.') ?? '' });
    }
    throw error;
  }
}

async function servePay(control: WechatControl, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, headers, body } = control.pay.answer({
    method: request.method ?? 'GET',
    url: request.url ?? '/',
    headers: request.headers,
    raw: await readBody(request),
    ip: addressOf(request),
  });
  if (status === undefined) request.socket.destroy();
  else response.writeHead(status, headers).end(body);
}

export function createHttpServer(ctx: Context, control: WechatControl): Server {
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://simulator');
    const { pathname: path } = url;
    const wx = isWx(ctx, path, url.searchParams.get('access_token'));
    if (path.startsWith('/_control/')) return serveControl(control, path.slice('/_control/'.length), request, response);
    if (isPay(path)) return servePay(control, request, response);
    if (!path.startsWith('/cgi-bin/') && !wx) {
      const page =
        path === OAUTH_PATH
          ? oauthPage(ctx, control, url)
          : await (isWxPage(path) ? serveWxPage : servePage)(ctx, control, request.method ?? 'GET', url, () => readBody(request));
      response.writeHead(page.status, { 'cache-control': 'no-store', ...page.headers }).end(page.body);
      return;
    }
    const answer = await (wx ? answerWx : answerApi)(ctx, {
      method: request.method ?? 'GET',
      path,
      query: Object.fromEntries(url.searchParams),
      raw: await readBody(request),
      contentType: request.headers['content-type'] ?? '',
      ip: addressOf(request),
    });
    if (answer.kind === 'cut') request.socket.destroy();
    else if (answer.kind === 'bytes') send(response, 200, answer.reply.contentType, answer.reply.body);
    else sendJson(response, answer.status, answer.body);
  }

  return createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      ctx.log.warn({ path: request.url?.split('?')[0], error: String(error) }, 'simulator failed');
      if (!response.headersSent) sendJson(response, error instanceof ControlError ? 400 : 500, { error: String(error) });
      else response.destroy();
    });
  });
}
