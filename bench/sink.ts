import { createServer } from 'node:http';

export interface Sink {
  /** As YUTANG_WEBHOOK_ALLOW takes it. */
  host: string;
  /** The webhook channel's settings that lead here. */
  webhook: { url: string; secret: string; batch: boolean };
  received: ReadonlySet<string>;
  twice(): number;
  close(): void;
}

/** A receiver of webhook messages in this process, which knows each by its key. */
export async function openSink(): Promise<Sink> {
  const received = new Set<string>();
  let twice = 0;
  const server = createServer((req, res) => {
    const parts: Buffer[] = [];
    req.on('data', (part: Buffer) => parts.push(part));
    req.on('end', () => {
      const body = JSON.parse(Buffer.concat(parts).toString()) as { messages: { idempotencyKey: string }[] };
      for (const { idempotencyKey: key } of body.messages) {
        if (received.has(key)) twice += 1;
        received.add(key);
      }
      res.end('{}');
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as { port: number };
  return {
    host: `127.0.0.1:${port}`,
    webhook: { url: `http://127.0.0.1:${port}/sink`, secret: 'bench-secret-0123456789', batch: true },
    received,
    twice: () => twice,
    close: () => server.close(),
  };
}
