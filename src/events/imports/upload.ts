import { createWriteStream, mkdirSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { badInput, openSealed, problem, readSealed, type SealedPlace, sealing } from '../../base/index.ts';
import { head } from './files.ts';
import { workbook } from './table.ts';

export const maxFileBytes = 4 * 1024 ** 3;

/**
 * Streams a file to disk, sealed, and makes it plain UTF-8 without a byte order mark, whatever it was:
 * gzip is unpacked, UTF-16 and GB18030 (what Chinese Excel saves) are decoded. A workbook stays as it is. Returns what it was.
 */
export async function storeUpload(place: SealedPlace, from: Readable): Promise<{ bytes: number; encoding: string }> {
  mkdirSync(dirname(place.path), { recursive: true, mode: 0o700 });
  try {
    await pipeline(from, sealing(place), createWriteStream(place.path, { mode: 0o600 }));
    const encoding = (await unpack(place)) === 'workbook' ? workbook : await toUtf8(place);
    return { bytes: await sizeOf(place), encoding };
  } catch (error) {
    await rm(place.path, { force: true });
    throw error;
  }
}

async function sizeOf(place: SealedPlace): Promise<number> {
  const file = await openSealed(place);
  await file.close();
  return file.size;
}

async function unpack(place: SealedPlace): Promise<'text' | 'workbook'> {
  const start = await head(place, 4);
  if (start[0] === 0x1f && start[1] === 0x8b) {
    let size = 0;
    const limit = new Transform({
      transform(chunk: Buffer, _enc, done) {
        size += chunk.length;
        done(size > maxFileBytes ? problem(413, 'The file is too large', { detail: 'Unpacked it is over 4 GB: split it.' }) : null, chunk);
      },
    });
    try {
      await rewrite(place, createGunzip(), limit);
    } catch (error) {
      if (typeof (error as { errno?: unknown }).errno === 'number' && String((error as { code?: string }).code).startsWith('Z_'))
        throw badInput([{ field: 'file', reason: 'is a gzip file that breaks off; pack it again' }]);
      throw error;
    }
  } else if (start[0] === 0x50 && start[1] === 0x4b) {
    return 'workbook';
  } else if (start.length === 4 && start.readUInt32BE(0) === 0xd0cf11e0) {
    throw badInput([
      {
        field: 'file',
        reason: 'is an old Excel workbook (.xls), or one with a password; save it as .xlsx without a password and send that',
      },
    ]);
  }
  return 'text';
}

async function toUtf8(place: SealedPlace): Promise<string> {
  const start = await head(place, 3);
  if (start.length >= 2 && start[0] === 0xff && start[1] === 0xfe) return decode(place, 'utf-16le');
  if (start.length >= 2 && start[0] === 0xfe && start[1] === 0xff) return decode(place, 'utf-16be');
  if (await reads(place, 'utf-8')) {
    // The decoder leaves the byte order mark out.
    if (start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf) await decode(place, 'utf-8');
    return 'utf-8';
  }
  if (await reads(place, 'gb18030')) return decode(place, 'gb18030');
  throw badInput([{ field: 'file', reason: 'is not text in UTF-8 or GB18030; save it as CSV UTF-8 and send that' }]);
}

async function reads(place: SealedPlace, encoding: string): Promise<boolean> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  try {
    for await (const chunk of readSealed(place)) {
      if (chunk.includes(0)) return false;
      decoder.decode(chunk, { stream: true });
    }
    decoder.decode();
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

async function decode(place: SealedPlace, encoding: string): Promise<string> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  const text = new Transform({
    transform(chunk: Buffer, _enc, done) {
      try {
        done(null, decoder.decode(chunk, { stream: true }));
      } catch {
        done(badInput([{ field: 'file', reason: `is not clean ${encoding} text; save it as CSV UTF-8 and send that` }]));
      }
    },
    flush(done) {
      done(null, decoder.decode());
    },
  });
  await rewrite(place, text);
  return encoding;
}

async function rewrite(place: SealedPlace, ...through: Transform[]): Promise<void> {
  const half = `${place.path}.half`;
  try {
    // pipeline's types know only fixed counts of streams.
    await (pipeline as (...s: unknown[]) => Promise<void>)(
      readSealed(place),
      ...through,
      sealing(place),
      createWriteStream(half, { mode: 0o600 }),
    );
    await rename(half, place.path);
  } finally {
    await rm(half, { force: true });
  }
}
