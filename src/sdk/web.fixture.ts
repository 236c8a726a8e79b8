import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page, Request } from 'playwright-core';
import { buildSdk } from '../../scripts/sdk.ts';
import { type Json, type Running, until } from '../../test/running.ts';

/** The SDKs built into a folder of their own. */
export async function builtSdk(): Promise<{ dir: string; remove(): void }> {
  const dir = mkdtempSync(join(tmpdir(), 'yutang-sdk-'));
  await buildSdk(dir);
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

export interface Shop {
  url: string;
  /** What a path answers. */
  pages: Record<string, string | { html: string; headers: Record<string, string> }>;
  close(): Promise<void>;
}

/** A customer's site: on another origin than Yutang. */
export async function shop(pages: Shop['pages']): Promise<Shop> {
  const server: Server = createServer((req, res) => {
    const page = pages[(req.url ?? '/').split('?')[0]!];
    if (page === undefined) return void res.writeHead(404).end();
    const { html, headers } = typeof page === 'string' ? { html: page, headers: {} } : page;
    res.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers }).end(html);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pages,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}

export const script = (yutang: string, key: string, more = ''): string =>
  `<script src="${yutang}/sdk/web.js" data-write-key="${key}" ${more}></script>`;

export const html = (body: string, head = ''): string =>
  `<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>茶铺</title>${head}</head><body>${body}</body></html>`;

/** Every byte that a browser sends to Yutang: addresses, headers, bodies. */
export function wire(context: BrowserContext, yutang: string): { bytes(): string; bodies(): string[] } {
  const seen: Request[] = [];
  context.on('request', (request) => {
    if (request.url().startsWith(yutang)) seen.push(request);
  });
  return {
    bytes: () => seen.map((r) => `${r.method()} ${r.url()} ${JSON.stringify(r.headers())} ${r.postData() ?? ''}`).join('\n'),
    bodies: () => seen.map((r) => r.postData() ?? '').filter(Boolean),
  };
}

/** Asks the SDK to send what waits, and waits until it has. */
export async function flushed(page: Page): Promise<void> {
  await page.evaluate(() => (window as unknown as { yutang: { flush(): void } }).yutang.flush());
  await page.waitForFunction(() => !Object.keys(localStorage).some((key) => key.includes('.q.')));
}

export const anonymous = (page: Page): Promise<string> =>
  page.evaluate(() => (window as unknown as { yutang: { anonymousId(): string } }).yutang.anonymousId());

/** What an SDK said of a visitor, oldest first, once there is so much of it. What the program itself tells of them is left out. */
export async function told(y: Running, externalId: string, atLeast: number): Promise<Json[]> {
  const person = await y.person(externalId);
  return until(`${atLeast} events`, async () => {
    const { items } = (await y.get(`/api/people/${person.id}/events?limit=200`)).body;
    const said = items.filter((e: Json) => e.context?.library).reverse();
    return said.length >= atLeast && said;
  });
}
