import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { connectCh } from '../src/base/index.ts';

/** The engine in a process of its own, spoken to as a ClickHouse server is: as much of its door as the product uses. The folder comes as an argument; the port is told to who started it. */
const ch = await connectCh({ path: process.argv[2]! });

const server = createServer((req, res) => {
  const parts: Buffer[] = [];
  req.on('data', (part: Buffer) => parts.push(part));
  req.on('end', () => {
    const sent = Buffer.concat(parts);
    answer(new URL(req.url!, 'http://here').searchParams, req.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent).then(
      (body) => res.end(body),
      (error: Error) => res.writeHead(500).end(error.message),
    );
  });
});

async function answer(asked: URLSearchParams, body: Buffer): Promise<Buffer | string> {
  const insert = /^INSERT INTO (\S+) FORMAT JSONEachRow/.exec(asked.get('query') ?? '');
  if (insert) {
    const token = asked.get('insert_deduplication_token');
    await ch.insertText(insert[1]!, body, token ? { token } : {});
    return '';
  }
  const sql = `${asked.get('query') ?? ''}${body.toString()}`.replace(/\{(\w+):(\w+)[^}]*\}/g, (_, name: string, type: string) => {
    const value = asked.get(`param_${name}`) ?? '';
    return type === 'String' ? `'${value.replace(/['\\]/g, '\\$&')}'` : value;
  });
  const format = /\sFORMAT (\w+)\s*$/.exec(sql);
  if (format) return ch.bytes(sql.slice(0, format.index), format[1]!);
  await ch.command(sql);
  return '';
}

// Who asks keeps connections for longer than Node's server would.
server.keepAliveTimeout = 120_000;
server.listen(0, '127.0.0.1', () => process.send!((server.address() as { port: number }).port));
process.on('disconnect', () => ch.close().then(() => process.exit()));
