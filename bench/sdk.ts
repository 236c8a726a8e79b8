import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSdk, sdkFiles, sizes } from '../scripts/sdk.ts';
import { openBrowser } from '../test/browser.ts';
import { report } from './report.ts';

const clicks = 1_000;

/** What the web SDK costs a page: bytes, and main-thread time for each click among 10,000 nodes, beside the same page without it. */
export async function benchSdk(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'yutang-bench-sdk-'));
  await buildSdk(dir);
  for (const [file, size] of Object.entries(sizes(dir))) {
    const { most } = sdkFiles[file as keyof typeof sdkFiles];
    report({ id: 'h', what: `${file}, gzipped`, value: `${size} bytes`, target: `≤ ${most}`, met: size <= most });
  }
  const sdk = readFileSync(join(dir, 'web.js'));
  const rows = Array.from({ length: 10_000 }, (_, i) => `<div class="row"><button class="go">第${i}行</button></div>`).join('');
  const server = createServer((req, res) => {
    // Isolated from other origins, a page is given a clock of 5 µs in place of 100 µs.
    res.setHeader('cross-origin-opener-policy', 'same-origin').setHeader('cross-origin-embedder-policy', 'require-corp');
    if (req.url === '/web.js') return void res.writeHead(200, { 'content-type': 'text/javascript' }).end(sdk);
    if (req.url?.startsWith('/v1/')) return void req.resume().on('end', () => res.writeHead(200).end('{"success":true}'));
    const script = req.url === '/with' ? '<script src="/web.js" data-write-key="bench"></script>' : '';
    return void res
      .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
      .end(`<!doctype html>${script}<main id="app"><section class="list">${rows}</section></main>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await openBrowser();
  try {
    const measure = async (path: string): Promise<number[]> => {
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
      const times = await page.evaluate(async (many) => {
        const buttons = [...document.querySelectorAll<HTMLElement>('.go')];
        const taken: number[] = [];
        for (let i = 0; i < many; i++) {
          const el = buttons[(i * 7919) % buttons.length]!;
          const press = (type: string) => el.dispatchEvent(new PointerEvent(type, { bubbles: true, composed: true }));
          const began = performance.now();
          press('pointerdown');
          press('pointerup');
          el.click();
          taken.push(performance.now() - began);
          // As people do, with the page's other work in between.
          if (i % 20 === 19) await new Promise((resolve) => setTimeout(resolve, 30));
        }
        return taken;
      }, clicks);
      await page.close();
      return times.sort((a, b) => a - b);
    };
    await measure('/with');
    const without = await measure('/without');
    const withIt = await measure('/with');
    const at = (times: number[], part: number) => times[Math.floor(times.length * part)]!;
    const show = (times: number[]) =>
      `p50 ${at(times, 0.5).toFixed(3)} ms, p95 ${at(times, 0.95).toFixed(3)} ms, p99 ${at(times, 0.99).toFixed(3)} ms`;
    report({
      id: 'h',
      what: `main-thread time of a click among 10,000 rows with the web SDK (${clicks} clicks)`,
      value: show(withIt),
      reference: `without it ${show(without)}`,
      target: 'p95 < 1 ms',
      met: at(withIt, 0.95) - at(without, 0.95) < 1,
    });
  } finally {
    await browser.close();
    await new Promise((resolve) => server.close(resolve));
    rmSync(dir, { recursive: true, force: true });
  }
}
