import { createReadStream, createWriteStream, mkdirSync } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { badInput, problem } from '../../base/index.ts';
import { workbook } from './layout.ts';

export const maxFileBytes = 4 * 1024 ** 3;

/** Where files of imports lie: one folder for what came in and what was refused. */
export function uploadPath(dir: string, uploadId: string): string {
  return join(dir, 'uploads', uploadId);
}

/**
 * Streams a file to disk and makes it plain UTF-8 without a byte order mark, whatever it was:
 * gzip is unpacked, UTF-16 and GB18030 (what Chinese Excel saves) are decoded. A workbook stays as it is. Returns what it was.
 */
export async function storeUpload(dir: string, uploadId: string, from: Readable): Promise<{ bytes: number; encoding: string }> {
  mkdirSync(join(dir, 'uploads'), { recursive: true, mode: 0o700 });
  const path = uploadPath(dir, uploadId);
  try {
    await pipeline(from, createWriteStream(path, { mode: 0o600 }));
    const encoding = (await unpack(path)) === 'workbook' ? workbook : await toUtf8(path);
    return { bytes: (await stat(path)).size, encoding };
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

async function head(path: string, bytes: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const buffer = Buffer.alloc(bytes);
    const { bytesRead } = await file.read(buffer, 0, bytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function unpack(path: string): Promise<'text' | 'workbook'> {
  const start = await head(path, 4);
  if (start[0] === 0x1f && start[1] === 0x8b) {
    let size = 0;
    const limit = new Transform({
      transform(chunk: Buffer, _enc, done) {
        size += chunk.length;
        done(size > maxFileBytes ? problem(413, 'The file is too large', { detail: 'Unpacked it is over 4 GB: split it.' }) : null, chunk);
      },
    });
    try {
      await rewrite(path, createGunzip(), limit);
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

async function toUtf8(path: string): Promise<string> {
  const start = await head(path, 3);
  if (start.length >= 2 && start[0] === 0xff && start[1] === 0xfe) return decode(path, 'utf-16le');
  if (start.length >= 2 && start[0] === 0xfe && start[1] === 0xff) return decode(path, 'utf-16be');
  if (await reads(path, 'utf-8')) {
    // The decoder leaves the byte order mark out.
    if (start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf) await decode(path, 'utf-8');
    return 'utf-8';
  }
  if (await reads(path, 'gb18030')) return decode(path, 'gb18030');
  throw badInput([{ field: 'file', reason: 'is not text in UTF-8 or GB18030; save it as CSV UTF-8 and send that' }]);
}

async function reads(path: string, encoding: string): Promise<boolean> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
      if ((chunk as Buffer).includes(0)) return false;
      decoder.decode(chunk as Buffer, { stream: true });
    }
    decoder.decode();
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

async function decode(path: string, encoding: string): Promise<string> {
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
  await rewrite(path, text);
  return encoding;
}

async function rewrite(path: string, ...through: Transform[]): Promise<void> {
  const half = `${path}.half`;
  try {
    // pipeline's types know only fixed counts of streams.
    await (pipeline as (...s: unknown[]) => Promise<void>)(createReadStream(path), ...through, createWriteStream(half, { mode: 0o600 }));
    await rename(half, path);
  } finally {
    await rm(half, { force: true });
  }
}
