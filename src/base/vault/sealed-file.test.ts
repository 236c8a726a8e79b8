import { createWriteStream, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { newDataKey, openSealed, readSealed, type SealedPlace, SealedWriter, sealing } from './index.ts';

const dir = mkdtempSync(join(tmpdir(), 'yutang-sealed-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const keys = { current: 2, data: new Map([1, 2].map((no) => [no, newDataKey()])) };
let serial = 0;
const fresh = (): SealedPlace => ({ path: join(dir, String(++serial)), keys, about: 'a test' });
const all = async (place: SealedPlace, options?: { torn: boolean }): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const part of readSealed(place, options)) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
};

describe('sealed files', () => {
  it.each([0, 1, 65_535, 65_536, 65_537, 200_000])('a stream of %i bytes comes back, whole and from any place', async (size) => {
    const text = '13912340001,'.repeat(Math.ceil(size / 12)).slice(0, size);
    const place = fresh();
    const bits = Array.from({ length: Math.ceil(size / 7_001) }, (_, i) => text.slice(i * 7_001, (i + 1) * 7_001));
    await pipeline(Readable.from(bits), sealing(place), createWriteStream(place.path));
    expect(readFileSync(place.path).includes('1391')).toBe(false);
    expect(await all(place)).toBe(text);
    const file = await openSealed(place);
    expect(file.size).toBe(size);
    for (const [from, to] of [
      [0, 10],
      [65_530, 65_545],
      [size - 5, size + 100],
      [0, size],
    ] as const) {
      const parts: Buffer[] = [];
      for await (const part of file.read(Math.max(0, from), to)) parts.push(part);
      expect(Buffer.concat(parts).toString()).toBe(text.slice(Math.max(0, from), Math.max(0, to)));
    }
    await file.close();
  });

  it('is appended to, and cut back to where a piece ended', async () => {
    const place = fresh();
    const first = new SealedWriter(place);
    first.write('one\n');
    const kept = first.length;
    first.write('lost\n');
    first.close();
    // The process ended in the middle of a piece.
    truncateSync(place.path, statSync(place.path).size - 3);
    await expect(all(place)).rejects.toThrow(/breaks off/);
    expect(await all(place, { torn: true })).toBe('one\n');
    const second = new SealedWriter(place, kept);
    second.write('two\n');
    second.sync();
    second.close();
    expect(await all(place)).toBe('one\ntwo\n');
  });

  it('does not open when it was changed, as something else, or without its key', async () => {
    const place = fresh();
    const file = new SealedWriter(place);
    file.write('13912340001');
    file.close();
    await expect(all({ ...place, about: 'another' })).rejects.toThrow();
    await expect(all({ ...place, keys: { current: 3, data: new Map([[3, newDataKey()]]) } })).rejects.toThrow(/not at hand/);
    const bytes = readFileSync(place.path);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(place.path, bytes);
    await expect(all(place)).rejects.toThrow();
    writeFileSync(place.path, 'plain text, longer than the head of a sealed file would be');
    await expect(all(place)).rejects.toThrow(/not a sealed file/);
  });
});
