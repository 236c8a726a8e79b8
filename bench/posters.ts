import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCanvas } from '@napi-rs/canvas';
import { report, round } from './report.ts';
import { type Server, startServer, writeKey } from './server.ts';

const batchOf = Number(process.env.BENCH_POSTERS ?? 2_000);
const looks = Math.min(200, batchOf);

interface Batch {
  id: string;
  done: number;
  failed: number;
  total: number;
  parts: number;
  state: string;
}

/** (r) A person's own poster, new and again, each with one other that is asked for at the same time; and those of an audience, killed half-way and taken up again. */
export async function benchPosters(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'yutang-posters-'));
  let server = await startServer({}, dir);
  try {
    const point = await server.api<{ id: string }>('POST', '/api/touchpoints', {
      kind: 'short_link',
      name: 'Invite',
      url: 'https://example.com/',
    });
    const { items } = await server.api<{ items: { key: string; doc: object }[] }>('GET', '/api/posters/ready');
    const doc = { ...items.find((one) => one.key === 'invite')!.doc, leadsTo: { touchpointId: point.id } };
    const poster = await server.api<{ id: string }>('POST', '/api/posters', { name: 'Invite', doc });
    await people(server);
    const found = await server.api<{ items: { id: string }[] }>('GET', `/api/people?limit=${looks}`);
    const addresses: string[] = [];
    for (const { id } of found.items)
      addresses.push(
        new URL((await server.api<{ picture: string }>('POST', `/api/posters/${poster.id}/link`, { personId: id })).picture).pathname,
      );

    // The first starts the thread and reads the fonts.
    await timed(server, addresses.slice(0, 2));
    const fresh = await timed(server, addresses.slice(2));
    const again = await timed(server, addresses);
    const bare = empty(20);
    const line = (what: string, times: number[], most: number) =>
      report({
        ...{
          id: 'r',
          what,
          value: `${round(at(times, 0.5))} / ${round(at(times, 0.95))}`,
          target: `< ${most} (p95)`,
          met: at(times, 0.95) < most,
        },
        ...{ reference: `${round(bare)} (an empty canvas of the size, as JPEG)`, ratio: round(at(times, 0.5) / bare, 2) },
      });
    line(`a person's own poster, 750 × 1334, new, ${fresh.length} of them, two at a time, p50 / p95, ms`, fresh, 1_000);
    line('the same again, p50 / p95, ms', again, 300);

    await benchBatch(server, poster.id, async () => {
      await server.kill();
      server = await startServer({}, dir);
      return server;
    });
  } finally {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function benchBatch(first: Server, posterId: string, restart: () => Promise<Server>): Promise<void> {
  let server = first;
  const { id: audienceId } = await server.api<{ id: string }>('POST', '/api/audiences', {
    ...{ name: 'All', live: false, rule: { trait: 'wave', op: '=', value: 'bench' } },
  });
  const rest = server.usage().rss;
  let [peak, cpu, from] = [rest, 0, server.usage().cpu];
  const { id } = await server.api<Batch>('POST', `/api/posters/${posterId}/batches`, { audienceId });
  const until = async (enough: (batch: Batch) => boolean): Promise<Batch> => {
    for (;;) {
      const batch = await server.api<Batch>('GET', `/api/poster-batches/${id}`);
      peak = Math.max(peak, server.usage().rss);
      if (batch.state !== 'running' || enough(batch)) return batch;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };
  const began = performance.now();
  await until((batch) => batch.done >= batchOf / 2);
  const half = (performance.now() - began) / 1000;
  cpu += server.usage().cpu - from;
  server = await restart();
  from = server.usage().cpu;
  const resumed = performance.now();
  const done = await until(() => false);
  const seconds = half + (performance.now() - resumed) / 1000;
  cpu += server.usage().cpu - from;
  let pictures = 0;
  for (let part = 1; part <= done.parts; part++) {
    const zip = await fetch(`${server.url}/api/poster-batches/${id}/parts/${part}`, { headers: server.headers });
    pictures +=
      Buffer.from(await zip.arrayBuffer())
        .toString('latin1')
        .split('PK\x01\x02').length - 2;
  }
  report({
    ...{
      id: 'r',
      what: `posters of an audience of ${round(batchOf)}, killed half-way and resumed: pictures in the archives`,
      value: round(pictures),
    },
    ...{ target: 'every one', met: pictures === batchOf && done.state === 'done' },
  });
  report({
    id: 'r',
    what: 'the same: pictures/s / processor time each, ms / memory above rest at its peak, databases included, MB / at this pace 100,000 take, min',
    value: `${round(batchOf / seconds, 1)} / ${round((cpu / batchOf) * 1000, 1)} / ${round(peak - rest)} / ${round((100_000 / batchOf) * (seconds / 60))}`,
  });
}

async function people(server: Server): Promise<void> {
  for (let i = 0; i < batchOf; i += 100) {
    const batch = Array.from({ length: Math.min(100, batchOf - i) }, (_, j) => ({
      ...{ type: 'identify', userId: `u${i + j}`, messageId: `m${i + j}`, traits: { name: `客人${i + j}`, wave: 'bench' } },
    }));
    const answer = await fetch(`${server.url}/v1/batch`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`, 'content-type': 'application/json' },
      body: JSON.stringify({ batch }),
    });
    if (!answer.ok) throw new Error(`people: ${answer.status} ${await answer.text()}`);
  }
  for (;;) {
    const { total } = await server.api<{ total: number }>('GET', '/api/people?limit=1');
    if (total >= batchOf) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Two people at a time, each after the other. */
async function timed(server: Server, addresses: readonly string[]): Promise<number[]> {
  const left = [...addresses];
  const times: number[] = [];
  const one = async (): Promise<void> => {
    for (let path = left.shift(); path; path = left.shift()) {
      const began = performance.now();
      const answer = await fetch(server.url + path);
      await answer.arrayBuffer();
      if (answer.status !== 200) throw new Error(`a poster answered ${answer.status}`);
      times.push(performance.now() - began);
    }
  };
  await Promise.all([one(), one()]);
  return times.sort((a, b) => a - b);
}

/** What the least of it costs on this machine, ms. */
function empty(times: number): number {
  const began = performance.now();
  for (let i = 0; i < times; i++) {
    const canvas = createCanvas(750, 1334);
    const ctx = canvas.getContext('2d');
    ctx.fillStyle = '#ffffff';
    ctx.fillRect(0, 0, 750, 1334);
    canvas.encodeSync('jpeg', 90);
  }
  return (performance.now() - began) / times;
}

const at = (sorted: readonly number[], part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!;
