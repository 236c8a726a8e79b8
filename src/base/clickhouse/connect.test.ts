import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { connectCh } from './connect.ts';

it('speaks to a server by HTTP: lines go as they are, with their token; whatever is asked is read to its end', async () => {
  const heard: { query: string; token: string | null; body: string }[] = [];
  const server = createServer(async (req, res) => {
    const sent = Buffer.concat(await req.toArray());
    const asked = new URL(req.url!, 'http://here').searchParams;
    const body = (req.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent).toString();
    heard.push({ query: asked.get('query') ?? '', token: asked.get('insert_deduplication_token'), body });
    if (body.includes('FORMAT RowBinary')) res.end(Buffer.from([7, 0]));
    else if (body.includes('FORMAT JSONEachRow')) res.end('{"n":1}\n');
    else if (body.includes('broken'))
      res.writeHead(400).end('Code: 27. DB::Exception: Cannot parse input. (CANNOT_PARSE_INPUT_ASSERTION_FAILED)');
    else res.end('');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const ch = await connectCh({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, path: '' });
  try {
    await ch.insertText('events', Buffer.from('{"a":"茶"}\n'), { token: 'batch-1' });
    expect(heard.at(-1)).toEqual({ query: 'INSERT INTO events FORMAT JSONEachRow', token: 'batch-1', body: '{"a":"茶"}\n' });
    await ch.insertRows('events', [{ a: 1 }, { a: 2 }]);
    expect(heard.at(-1)).toEqual({ query: 'INSERT INTO events FORMAT JSONEachRow', token: null, body: '{"a":1}\n{"a":2}' });
    await expect(ch.insertText('events', '{"a":"broken')).rejects.toThrow(/Cannot parse/);
    expect(await ch.query('SELECT 1 AS n')).toEqual([{ n: 1 }]);
    expect([...(await ch.bytes('SELECT toUInt16(7)', 'RowBinary'))]).toEqual([7, 0]);
    await ch.command('SELECT 1');
    await ch.ping();
  } finally {
    await ch.close();
    server.close();
  }
});
