import { createCipheriv, createDecipheriv, hash, hkdfSync, randomBytes, randomFillSync } from 'node:crypto';

/** Bytes: format (1), nonce (12), tag (16), body. The format is the first byte so that another cipher can stand beside this one. */
const FORMAT = 1;
const HEAD = 29;

/** Seals a text under a 32-byte key. `about` is bound to it: sealed for one thing it cannot be opened as another. */
export function sealText(key: Buffer, text: string | Buffer, about: string): Buffer {
  const plain = typeof text === 'string' ? Buffer.from(text, 'utf8') : text;
  const sealed = Buffer.allocUnsafe(HEAD + plain.length);
  sealed[0] = FORMAT;
  nonce().copy(sealed, 1);
  const cipher = createCipheriv('aes-256-gcm', key, sealed.subarray(1, 13));
  cipher.setAAD(Buffer.from(about, 'utf8'));
  cipher.update(plain).copy(sealed, HEAD);
  // In this mode nothing is left for the end but the tag.
  cipher.final();
  cipher.getAuthTag().copy(sealed, 13);
  return sealed;
}

/** Random bytes are asked for in bulk: values are sealed in the path of events. */
const pool = Buffer.alloc(12 * 512);
let used = pool.length;
function nonce(): Buffer {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += 12;
  return pool.subarray(used - 12, used);
}

/** Opens what `sealText` sealed; throws when the key, the bytes or what it is about are not the same. */
export function openText(key: Buffer, sealed: Buffer, about: string): Buffer {
  if (sealed[0] !== FORMAT || sealed.length < HEAD) throw new Error('sealed in a format that this version does not know');
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 13), { authTagLength: 16 });
  decipher.setAAD(Buffer.from(about, 'utf8'));
  decipher.setAuthTag(sealed.subarray(13, HEAD));
  return Buffer.concat([decipher.update(sealed.subarray(HEAD)), decipher.final()]);
}

export const newDataKey = (): Buffer => randomBytes(32);

/** The key that wraps data keys, made of a master key. */
const wrapping = (master: string): Buffer => Buffer.from(hkdfSync('sha256', master, '', 'yutang data keys', 32));

/** A short name of a master key, safe to store: it tells which one wrapped a data key. */
const nameOf = (master: string): string => Buffer.from(hkdfSync('sha256', master, '', 'yutang master key name', 6)).toString('hex');

/** Names of the master keys at hand, the current one first. */
export const masterNames = (masters: readonly string[]): string[] => masters.map(nameOf);

export function wrapKey(master: string, key: Buffer, about: string): Buffer {
  return sealText(wrapping(master), key, about);
}

/** Opens a wrapped key with whichever of the master keys it was wrapped with; undefined when none fits. */
export function unwrapKey(masters: readonly string[], by: string, wrapped: Buffer, about: string): Buffer | undefined {
  const master = masters.find((m) => nameOf(m) === by);
  return master === undefined ? undefined : openText(wrapping(master), wrapped, about);
}

/**
 * A function that turns a value into 128 bits of HMAC-SHA-256, 22 letters: the same value gives the same letters, and without the key nobody can try
 * values. Written out (RFC 2104) over the one-shot hash, which takes a third of the time of an Hmac object.
 */
export function blinder(key: Buffer): (value: string) => string {
  const pad = (byte: number): Buffer => {
    const block = Buffer.alloc(64, byte);
    for (let i = 0; i < key.length; i++) block[i] = key[i]! ^ byte;
    return block;
  };
  const [inner, outer] = [pad(0x36), pad(0x5c)];
  return (value) => {
    const inside = hash('sha256', Buffer.concat([inner, Buffer.from(value, 'utf8')]), 'buffer');
    return hash('sha256', Buffer.concat([outer, inside]), 'buffer').toString('base64url', 0, 16);
  };
}
