import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Harness, harness } from './harness.ts';
import { importOptions } from './index.ts';

let h: Harness;
beforeAll(async () => {
  h = await harness();
});
afterAll(() => h.close());

const upload = async (text: string) => (await h.imports.upload(1, { name: 'f.csv', stream: Readable.from([Buffer.from(text)]) })).uploadId;
const start = (uploadId: string) => h.imports.start(1, { uploadId, kind: 'people', options: importOptions.parse({}) });

it('what was uploaded before somebody asks to be erased is imported to its end, or removed', async () => {
  const rows = 'user_id,phone\nu1,13912340001\n,not a phone 13912340001\n,not a phone 13912340002\n';
  const waiting = await upload(rows);
  const queued = await start(await upload(rows));
  h.stopAt('import.checkpoint');
  const failed = await start(await upload('user_id,phone\nu2,13912340001\n'));
  await h.imports.work(failed.id).catch(() => {});
  h.stopAt(undefined);
  const now = new Date('2026-03-01T00:00:00Z');
  expect(await h.imports.get(1, failed.id)).toMatchObject({ state: 'failed' });
  // What is uploaded later is not touched.
  expect(await h.imports.finish(2, now)).toBe(0);
  expect(await h.imports.finish(1, new Date(now.getTime() - 1))).toBe(0);
  expect(await h.imports.inspect(1, waiting)).toMatchObject({ rows: 3 });

  expect(await h.imports.finish(1, now)).toBe(2);
  expect(await h.imports.get(1, queued.id)).toMatchObject({ state: 'done', rows: { accepted: 1, rejected: 2 } });
  await expect(h.imports.inspect(1, waiting)).rejects.toMatchObject({ status: 404 });
  await expect(start(waiting)).rejects.toMatchObject({ status: 404 });
  await expect(h.imports.resume(1, failed.id)).rejects.toMatchObject({ errors: [{ field: 'id' }] });
  expect((await h.imports.get(1, failed.id)).error).toContain('upload it again');

  expect(await h.imports.forget(1, ['+8613912340001'])).toBe(1);
  const left = await h.rejected(queued.id);
  expect(left).not.toContain('13912340001');
  expect(left).toContain('13912340002');
  expect(left).toContain('row,reason');
});
