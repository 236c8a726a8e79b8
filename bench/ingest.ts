import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectCh } from '../src/base/index.ts';
import { migrations } from '../src/events/index.ts';
import { eventNames, sampleRules } from './definitions.ts';
import { report, round } from './report.ts';
import { startServer, writeKey } from './server.ts';

export const people = 20_000;
/** So many senders at once, as a shop's pages, mini programs and servers are. */
const connections = 100;
const perBatch = 100;

export function message(i: number): Record<string, unknown> {
  return {
    type: 'track',
    event: eventNames[(i * 7919) % 20],
    userId: `user-${(i * 48271) % people}`,
    messageId: randomUUID(),
    timestamp: new Date(Date.now() - (i % 60) * 1000).toISOString(),
    properties: { product_id: `sku-${i % 500}`, category: `c${i % 12}`, revenue: (i % 1000) / 10, title: '商品详情' },
    context: {
      library: { name: 'analytics.js', version: '1.0' },
      ip: '203.0.113.7',
      userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)',
    },
  };
}

/** (a) Events a second over HTTP, durable, identified, with live rules; beside what bare ClickHouse takes from one Node thread. */
export async function benchIngest(events = 400_000): Promise<void> {
  const bare = await bareInserts(200_000);
  const server = await startServer();
  try {
    for (const [i, rule] of sampleRules(50).entries()) await server.api('POST', '/api/audiences', { name: `rule ${i}`, rule, live: true });
    // Everyone is known, and the rules have told what is true of them, before the clock starts: the steady state of a pool.
    await load(server.url, inBatches(people * 1.2, message));
    await caughtUp(server.url);
    const measured = inBatches(events, (i) => message(1_000_000 + i));
    const before = server.usage();
    const began = performance.now();
    await load(server.url, measured);
    const seconds = (performance.now() - began) / 1000;
    const after = server.usage();
    const rate = events / seconds;
    report({
      id: 'a',
      what: `ingest over HTTP, batches of 100 from ${connections} connections, durable, identified, 50 live rules, events/s`,
      value: round(rate),
      target: '30,000',
      met: rate >= 30_000,
    });
    report({
      id: 'a',
      what: 'the same against bare chDB (JSONEachRow, 10,000 a time, fsync) from one Node thread, rows/s',
      value: round(rate),
      reference: round(bare),
      ratio: round(rate / bare, 2),
      target: '≥ 0.40',
      met: rate / bare >= 0.4,
    });
    report({ id: 'a', what: 'CPU of the server a thousand events, ms', value: round(((after.cpu - before.cpu) * 1e6) / events, 1) });
    const settled = performance.now();
    await caughtUp(server.url);
    report({ id: 'a', what: 'rules caught up after the last event, s', value: round((performance.now() - settled) / 1000, 1) });
  } finally {
    await server.stop();
  }
}

export async function caughtUp(url: string): Promise<void> {
  while (/yutang_consumer_lag_batches\{[^}]*\} [1-9]/.test(await (await fetch(`${url}/metrics`)).text()))
    await new Promise((r) => setTimeout(r, 100));
}

/** Bodies of batches of 100 (the last may have less). */
export function inBatches(count: number, make: (i: number) => object): Buffer[] {
  return Array.from({ length: Math.ceil(count / perBatch) }, (_, b) => {
    const size = Math.min(perBatch, count - b * perBatch);
    return Buffer.from(JSON.stringify({ batch: Array.from({ length: size }, (_, i) => make(b * perBatch + i)) }));
  });
}

/** Posts every body over some kept-alive connections, as fast as they are acknowledged. */
export async function load(url: string, list: Buffer[]): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const authorization = `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`;
  let next = 0;
  const post = (body: Buffer) =>
    new Promise<void>((resolve, reject) => {
      const req = request(
        `${url}/v1/batch`,
        { method: 'POST', agent, headers: { authorization, 'content-type': 'application/json', 'content-length': body.length } },
        (res) => {
          res.resume();
          res.on('end', () => (res.statusCode === 200 ? resolve() : reject(new Error(`status ${res.statusCode}`))));
        },
      );
      req.on('error', reject);
      req.end(body);
    });
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (next < list.length) await post(list[next++]!);
    }),
  );
  agent.destroy();
}

async function bareInserts(rows: number): Promise<number> {
  const dir = mkdtempSync(join(tmpdir(), 'yutang-bare-'));
  const ch = await connectCh({ path: dir });
  try {
    for (const statement of migrations.flatMap((m) => m.ch ?? [])) await ch.command(statement);
    const blocks = Array.from({ length: rows / 10_000 }, (_, b) =>
      Array.from({ length: 10_000 }, (_, i) => {
        const m = message(b * 10_000 + i);
        return JSON.stringify({
          workspace_no: 1,
          person_no: (i * 48271) % people,
          time: Date.now(),
          type: 'track',
          event: m.event,
          message_id: m.messageId,
          key: b * 10_000 + i,
          batch: b,
          received_at: Date.now(),
          source: 'http',
          carrier: 'web',
          properties: m.properties,
          context: JSON.stringify(m.context),
        });
      }).join('\n'),
    );
    await ch.insertText('events', blocks[0]!);
    const began = performance.now();
    for (const block of blocks) await ch.insertText('events', block);
    return rows / ((performance.now() - began) / 1000);
  } finally {
    await ch.close();
    rmSync(dir, { recursive: true, force: true });
  }
}
