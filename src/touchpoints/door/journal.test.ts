import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { silentLog } from '../../base/index.ts';
import { commonText, createJournal } from './journal.ts';

it('scans are counted once, whoever dies: what a door answered is in the journal, and the next process lands it under the same ids', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'yutang-scans-'));
  const common = commonText({ ws: 1, event: 'Touchpoint Entered', carrier: 'web', properties: { touchpoint: '门店' } });
  const mark = (n: number) => ({ id: `scan:x:${n}`, ms: n, visitor: 'v' });
  const half: string[] = [];
  const dying = createJournal({
    ...{ dir, log: silentLog },
    land: async (lines) => {
      half.push(...lines.map((l) => l.id));
      throw new Error('gone in the middle');
    },
  });
  await Promise.all(Array.from({ length: 300 }, (_, n) => dying.add(mark(n), common)));
  await expect(dying.flush()).rejects.toThrow('gone in the middle');
  await dying.add(mark(300), common);
  await dying.stop();
  // The last line of a process that was cut off in the middle of it was never answered.
  const [file] = readdirSync(join(dir, '0')).filter((f) => f.endsWith('.jsonl'));
  appendFileSync(join(dir, '0', file!), '{"id":"scan:x:9');
  const landed: string[] = [];
  const next = createJournal({ dir, log: silentLog, land: async (lines) => void landed.push(...lines.map((l) => l.id)) });
  await next.flush();
  await next.stop();
  expect([new Set(landed).size, landed.length, new Set([...half, ...landed]).size]).toEqual([301, 301, 301]);
  expect(readdirSync(join(dir, '0')).filter((f) => f.endsWith('.jsonl'))).toEqual([]);
  rmSync(dir, { recursive: true });
});
