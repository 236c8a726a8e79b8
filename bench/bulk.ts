import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import jsQR from 'jsqr';
import sharp from 'sharp';
import { open as openZip } from 'yauzl';
import { report, round } from './report.ts';
import { type Server, startServer } from './server.ts';

const count = Number(process.env.YUTANG_CODES ?? 10_000);
const contentOf = (i: number) => `https://weixin.qq.com/g/AwYAA${String(i).padStart(6, '0')}xZ`;

interface Job {
  state: string;
  error: string | null;
  progress: { done: number; total: number } | null;
}

/** Static codes in one go: killed half-way and taken up again, with memory watched, and every picture read back. */
export async function benchBulk(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'yutang-bulk-'));
  let server = await startServer({}, dir);
  try {
    const rows = Array.from({ length: count }, (_, i) => ({ name: `${i + 1}号店`, place: `城市${i % 30}`, content: contentOf(i) }));
    const rest = server.usage().rss;
    let peak = rest;
    let cpu = 0;
    const before = server.usage().cpu;
    const batch = await server.api<{ id: string; jobId: string }>('POST', '/api/touchpoint-batches', {
      name: '十城开业',
      kind: 'static_code',
      rows,
    });
    const watch = async (until: (job: Job) => boolean): Promise<Job> => {
      for (;;) {
        const job = await server.api<Job>('GET', `/api/jobs/${batch.jobId}`);
        peak = Math.max(peak, server.usage().rss);
        if (job.state === 'failed') throw new Error(job.error ?? 'failed');
        if (until(job)) return job;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    const seen = new Set<number>();
    const told = (job: Job) => seen.add(job.progress?.done ?? 0);
    // In the middle of the pictures: all touchpoints are there, the ZIP is half written.
    await watch((job) => {
      told(job);
      return (job.progress?.done ?? 0) > count * 1.4 || job.state === 'done';
    });
    cpu += server.usage().cpu - before;
    await server.kill();
    server = await startServer({}, dir);
    const again = server.usage().cpu;
    await watch((job) => {
      told(job);
      return job.state === 'done';
    });
    cpu += server.usage().cpu - again;
    const { total } = await server.api<{ total: number }>('GET', `/api/touchpoints?batchId=${batch.id}&limit=1`);
    const file = join(dir, 'codes.zip');
    await download(server, `/api/touchpoint-batches/${batch.id}/file`, file);
    const read = await readAll(file);
    const right = read.filter((text, i) => text === contentOf(i)).length;
    report({
      id: 'l',
      what: `${round(count)} static codes in one go, killed half-way and resumed: touchpoints · pictures in the ZIP that read as they should`,
      value: `${round(total)} · ${round(right)}`,
      target: `${round(count)} · ${round(count)}`,
      met: total === count && right === count && read.length === count,
    });
    report({ id: 'l', what: 'the same, processor time a code, with what was done twice, ms', value: round((cpu * 1000) / count, 2) });
    report({
      id: 'l',
      what: `the same, memory above rest at its peak, databases included, MB (progress told ${seen.size} times)`,
      value: round(peak - rest),
    });
  } finally {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function download(server: Server, path: string, to: string): Promise<void> {
  const answer = await fetch(server.url + path, { headers: server.headers });
  if (!answer.ok || !answer.body) throw new Error(`the ZIP answers ${answer.status}`);
  await pipeline(Readable.fromWeb(answer.body as never), createWriteStream(to));
}

/** What each picture says, in the order of the files: made small first, as a phone sees it from afar. */
function readAll(file: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    openZip(file, { lazyEntries: true, autoClose: true }, (error, zip) => {
      if (error) return reject(error);
      const read: string[] = [];
      zip.on('entry', (entry) => {
        if (!entry.fileName.endsWith('.png')) return zip.readEntry();
        zip.openReadStream(entry, async (failed, stream) => {
          if (failed) return reject(failed);
          const parts: Buffer[] = [];
          for await (const part of stream) parts.push(part as Buffer);
          const { data, info } = await sharp(Buffer.concat(parts))
            .resize({ width: 240 })
            .ensureAlpha()
            .raw()
            .toBuffer({ resolveWithObject: true });
          const ask = jsQR as unknown as (data: Uint8ClampedArray, width: number, height: number) => { data: string } | null;
          read.push(ask(new Uint8ClampedArray(data), info.width, info.height)?.data ?? '');
          zip.readEntry();
        });
      });
      zip.on('end', () => resolve(read));
      zip.on('error', reject);
      zip.readEntry();
    });
  });
}
