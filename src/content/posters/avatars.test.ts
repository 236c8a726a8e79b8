import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, it, onTestFinished } from 'vitest';
import { createAvatars } from './avatars.ts';
import { createShelf } from './shelf.ts';

it('a face that comes in after its owner was erased is not kept', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'yutang-faces-'));
  const png = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#c02030' } })
    .png()
    .toBuffer();
  const asked = Promise.withResolvers<void>();
  const slow = Promise.withResolvers<void>();
  const server = createServer(async (_req, res) => {
    asked.resolve();
    await slow.promise;
    res.setHeader('content-type', 'image/png').end(png);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  onTestFinished(() => {
    server.close();
    rmSync(dir, { recursive: true });
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const shelf = createShelf(dir);
  const erased = new Set<number>();
  const put = Promise.withResolvers<void>();
  const avatars = createAvatars({
    ...{ shelf, allow: [host], now: () => 0 },
    written: async (ws, person) => {
      if (erased.has(person)) await shelf.forget(ws, [person]);
      put.resolve();
    },
  });
  const coming = avatars.of(1, 7, `http://${host}/face.png`, true);
  await asked.promise;
  await shelf.forget(1, [7]);
  erased.add(7);
  slow.resolve();
  await Promise.all([coming, put.promise]);
  expect(readdirSync(dir, { recursive: true })).not.toContain(join('people', '1', '7'));
  // Of somebody who is still there it is.
  expect(await avatars.of(1, 8, `http://${host}/face.png`, true)).toMatchObject({
    file: expect.stringContaining(join('people', '1', '8')),
  });
});

it('takes a real picture of a public address alone: no way on, nothing too large, no address within', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'yutang-faces-'));
  const server = createServer((req, res) => {
    if (req.url === '/on') res.writeHead(302, { location: '/face' }).end();
    else if (req.url === '/large') res.end(Buffer.alloc(3_000_001));
    else res.end('<svg/>');
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
    rmSync(dir, { recursive: true });
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const of = (allow: string[]) => createAvatars({ shelf: createShelf(dir), allow, now: () => 0, written: async () => {} });
  for (const path of ['/on', '/large', '/svg']) expect(await of([host]).of(1, 7, `http://${host}${path}`, true)).toEqual({ late: false });
  let asked = 0;
  server.on('request', () => asked++);
  expect(await of([]).of(1, 7, `http://${host}/face`, true)).toEqual({ late: false });
  expect(asked).toBe(0);
});
