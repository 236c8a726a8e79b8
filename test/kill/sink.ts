import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  key: string;
  text: string;
  personId: string;
  /** How often it came under this key. */
  times: number;
}

/** A customer's system behind the webhook: it acts on a key once, and remembers all that came. */
export async function createSink() {
  const byKey = new Map<string, Received>();
  const wrong: string[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('error', () => {});
    request.on('end', () => {
      const key = String(request.headers['x-yutang-idempotency-key']);
      const body = JSON.parse(Buffer.concat(parts).toString()) as { idempotencyKey: string; text: string; personId: string };
      const before = byKey.get(key);
      if (body.idempotencyKey !== key) wrong.push(`the key of the header ${key} is not that of the body ${body.idempotencyKey}`);
      if (before && before.text !== body.text) wrong.push(`${key} came with two texts: ${before.text} / ${body.text}`);
      byKey.set(key, { key, text: body.text, personId: body.personId, times: (before?.times ?? 0) + 1 });
      response.end();
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    url: `http://127.0.0.1:${port}/messages`,
    all: (): Received[] => [...byKey.values()],
    /** What must never happen and did. */
    wrong,
    close: () =>
      new Promise<void>((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
}
export type Sink = Awaited<ReturnType<typeof createSink>>;
