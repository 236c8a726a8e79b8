import { hkdfSync, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Transform, type TransformCallback } from 'node:stream';
import { openText, sealText } from './seal.ts';

/** Keys by number, and which of them new files are sealed with. */
export interface FileKeys {
  current: number;
  data: ReadonlyMap<number, Buffer>;
}

/** A file that is sealed: where it lies, the keys at hand, and what it is. Sealed as one thing it cannot be opened as another. */
export interface SealedPlace {
  path: string;
  keys: FileKeys;
  about: string;
}

/**
 * A file: `YTS1`, the number of the key (4), a salt (32), then pieces: length (4), what `sealText` makes of it. Each file has a key of its own, made of the
 * salt; each piece is bound to its place, so that pieces cannot change places. A file can be appended to, and cut where a piece ends.
 */
const magic = Buffer.from('YTS1');
const HEAD = 40;
/** What sealing adds to a piece. */
const MORE = 4 + 29;
/** Pieces of streams are all of this size, so that any place in them is found by counting. */
const PIECE = 64 * 1024;
const mostPiece = 1024 * 1024;

const derive = (key: Buffer, salt: Buffer): Buffer => Buffer.from(hkdfSync('sha256', key, salt, 'yutang file', 32));

function newHead(keys: FileKeys): { head: Buffer; key: Buffer } {
  const head = Buffer.alloc(HEAD);
  magic.copy(head);
  head.writeUInt32BE(keys.current, 4);
  const salt = randomBytes(32);
  salt.copy(head, 8);
  return { head, key: derive(keys.data.get(keys.current)!, salt) };
}

function keyOf(head: Buffer, keys: FileKeys): Buffer {
  if (head.length < HEAD || !head.subarray(0, 4).equals(magic)) throw new Error('is not a sealed file of this version');
  const key = keys.data.get(head.readUInt32BE(4));
  if (!key) throw new Error('is sealed under a key that is not at hand');
  return derive(key, head.subarray(8, HEAD));
}

function piece(key: Buffer, plain: Buffer, about: string, at: number): Buffer {
  const sealed = sealText(key, plain, `${about} ${at}`);
  const length = Buffer.allocUnsafe(4);
  length.writeUInt32BE(sealed.length);
  return Buffer.concat([length, sealed]);
}

/** A stream that seals what passes through it; what comes out is the whole of a new file. */
export function sealing({ keys, about }: SealedPlace): Transform {
  const { head, key } = newHead(keys);
  let at = HEAD;
  let waiting: Buffer[] = [];
  let bytes = 0;
  const put = (stream: Transform, plain: Buffer): void => {
    const out = piece(key, plain, about, at);
    at += out.length;
    stream.push(out);
  };
  return new Transform({
    construct(done) {
      this.push(head);
      done();
    },
    transform(chunk: Buffer | string, _encoding, done: TransformCallback) {
      const buffer = typeof chunk === 'string' ? Buffer.from(chunk, 'utf8') : chunk;
      waiting.push(buffer);
      bytes += buffer.length;
      if (bytes >= PIECE) {
        const all = Buffer.concat(waiting);
        let from = 0;
        for (; all.length - from >= PIECE; from += PIECE) put(this, all.subarray(from, from + PIECE));
        // A copy: a view would keep the whole.
        waiting = [Buffer.from(all.subarray(from))];
        bytes = all.length - from;
      }
      done();
    },
    flush(done) {
      if (bytes > 0) put(this, Buffer.concat(waiting));
      done();
    },
  });
}

/** Writes a sealed file bit by bit. */
export class SealedWriter {
  readonly #fd: number;
  readonly #key: Buffer;
  readonly #about: string;
  #length: number;

  /** @param keep goes on with the file behind so many bytes, and cuts the rest off; 0 begins anew */
  constructor({ path, keys, about }: SealedPlace, keep = 0) {
    this.#about = about;
    this.#fd = openSync(path, keep > 0 ? 'r+' : 'w', 0o600);
    try {
      if (keep > 0) {
        const head = Buffer.alloc(HEAD);
        const read = readSync(this.#fd, head, 0, HEAD, 0);
        this.#key = keyOf(head.subarray(0, read), keys);
        ftruncateSync(this.#fd, keep);
        this.#length = keep;
      } else {
        const { head, key } = newHead(keys);
        this.#key = key;
        this.#length = writeSync(this.#fd, head, 0, HEAD, 0);
      }
    } catch (error) {
      closeSync(this.#fd);
      throw error;
    }
  }

  /** Bytes of the file. */
  get length(): number {
    return this.#length;
  }

  write(plain: string): void {
    const all = Buffer.from(plain, 'utf8');
    for (let from = 0; from < all.length; from += mostPiece) {
      const out = piece(this.#key, all.subarray(from, from + mostPiece), this.#about, this.#length);
      writeSync(this.#fd, out, 0, out.length, this.#length);
      this.#length += out.length;
    }
  }

  sync(): void {
    fsyncSync(this.#fd);
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/**
 * The clear bytes of a sealed file, piece by piece.
 * @param torn ends where the last piece is not whole, as a process that was killed while it wrote leaves it; otherwise that is an error
 */
export async function* readSealed({ path, keys, about }: SealedPlace, { torn = false } = {}): AsyncGenerator<Buffer> {
  const file = await open(path);
  try {
    const start = await take(file, 0, HEAD + 4);
    if (start.length < HEAD && torn) return;
    const key = keyOf(start, keys);
    let length = start.subarray(HEAD);
    for (let at = HEAD; length.length > 0; ) {
      const size = length.length === 4 ? length.readUInt32BE() : Number.POSITIVE_INFINITY;
      // The next piece's length comes along.
      const bytes = size <= mostPiece + MORE ? await take(file, at + 4, size + 4) : Buffer.alloc(0);
      if (bytes.length < size) {
        if (torn) return;
        throw new Error('is a sealed file that breaks off');
      }
      yield openText(key, bytes.subarray(0, size), `${about} ${at}`);
      at += 4 + size;
      length = bytes.subarray(size);
    }
  } finally {
    await file.close();
  }
}

/** A sealed file that was written as a stream, opened to be read at any place. */
export async function openSealed({ path, keys, about }: SealedPlace) {
  const file = await open(path);
  try {
    const key = keyOf(await take(file, 0, HEAD), keys);
    const body = (await file.stat()).size - HEAD;
    const size = body - Math.ceil(body / (PIECE + MORE)) * MORE;
    return {
      /** Clear bytes. */
      size,
      async *read(from: number, to: number): AsyncGenerator<Buffer> {
        const end = Math.min(to, size);
        for (let n = Math.floor(from / PIECE); n * PIECE < end; n++) {
          const at = HEAD + n * (PIECE + MORE);
          const bytes = await take(file, at + 4, Math.min(PIECE, size - n * PIECE) + MORE - 4);
          const plain = openText(key, bytes, `${about} ${at}`);
          yield plain.subarray(Math.max(0, from - n * PIECE), end - n * PIECE);
        }
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function take(file: FileHandle, at: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(bytes);
  let done = 0;
  while (done < bytes) {
    const { bytesRead } = await file.read(buffer, done, bytes - done, at + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return buffer.subarray(0, done);
}
