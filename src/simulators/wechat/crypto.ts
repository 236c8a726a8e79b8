import { createCipheriv, createDecipheriv, createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const PAD_BLOCK = 32;
const RANDOM_BYTES = 16;

export class CryptoError extends Error {}

/** EncodingAESKey: 43 characters of base64 whose missing last one is always `=`. */
export function decodeAesKey(encodingAesKey: string): Buffer {
  if (!/^[A-Za-z0-9+/]{43}$/.test(encodingAesKey)) throw new CryptoError('EncodingAESKey must be 43 base64 characters');
  return Buffer.from(`${encodingAesKey}=`, 'base64');
}

export function sign(token: string, timestamp: string, nonce: string, encrypted: string): string {
  const parts = [token, timestamp, nonce, encrypted].map((part) => Buffer.from(part, 'utf8'));
  return createHash('sha1')
    .update(Buffer.concat(parts.sort(Buffer.compare)))
    .digest('hex');
}

export function signatureMatches(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

export interface Sealing {
  encodingAesKey: string;
  receiveId: string;
}

/** random(16) + length(4, big endian) + message + receiveId, padded to a multiple of 32, AES-256-CBC with the key's head as IV. */
export function encrypt(message: string, { encodingAesKey, receiveId }: Sealing, random: Buffer = randomBytes(RANDOM_BYTES)): string {
  const key = decodeAesKey(encodingAesKey);
  const body = Buffer.from(message, 'utf8');
  const size = Buffer.alloc(4);
  size.writeUInt32BE(body.length);
  const plain = Buffer.concat([random, size, body, Buffer.from(receiveId, 'utf8')]);
  const pad = PAD_BLOCK - (plain.length % PAD_BLOCK);
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  return Buffer.concat([cipher.update(Buffer.concat([plain, Buffer.alloc(pad, pad)])), cipher.final()]).toString('base64');
}

export interface Opened {
  message: string;
  random: string;
  padByte: number;
}

export function decrypt(encrypted: string, { encodingAesKey, receiveId }: Sealing): Opened {
  const key = decodeAesKey(encodingAesKey);
  const sealed = Buffer.from(encrypted, 'base64');
  if (sealed.length === 0 || sealed.length % 16 !== 0) throw new CryptoError('ciphertext is not whole blocks');
  const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  const padded = Buffer.concat([decipher.update(sealed), decipher.final()]);
  const padByte = padded[padded.length - 1] ?? 0;
  if (padByte < 1 || padByte > PAD_BLOCK || padByte > padded.length) throw new CryptoError('padding out of range');
  if (!padded.subarray(-padByte).every((byte) => byte === padByte)) throw new CryptoError('padding bytes differ');
  const plain = padded.subarray(0, -padByte);
  if (plain.length < RANDOM_BYTES + 4) throw new CryptoError('too short');
  const size = plain.readUInt32BE(RANDOM_BYTES);
  const rest = plain.subarray(RANDOM_BYTES + 4);
  if (size > rest.length) throw new CryptoError('length field runs past the end');
  if (rest.subarray(size).toString('utf8') !== receiveId) throw new CryptoError('receiveId does not match');
  return { message: rest.subarray(0, size).toString('utf8'), random: plain.subarray(0, RANDOM_BYTES).toString('latin1'), padByte };
}

export interface Envelope {
  msg_signature: string;
  timestamp: string;
  nonce: string;
  encrypted: string;
}

export interface ReceiverOptions extends Sealing {
  token: string;
  clock: { ms(): number };
  windowMs?: number;
}

/** How a careful receiver opens an envelope. Tests play the product with it, so that the sending side has a strict judge. */
export function createReceiver(options: ReceiverOptions): { open(envelope: Envelope): Opened } {
  const windowMs = options.windowMs ?? 5 * 60_000;
  const seen = new Map<string, number>();
  return {
    open({ msg_signature, timestamp, nonce, encrypted }) {
      if (!signatureMatches(msg_signature, sign(options.token, timestamp, nonce, encrypted)))
        throw new CryptoError('signature does not match');
      const now = options.clock.ms();
      if (!(Math.abs(now - Number(timestamp) * 1000) <= windowMs)) throw new CryptoError('stale timestamp');
      for (const [key, at] of seen) if (now - at > 2 * windowMs) seen.delete(key);
      const once = `${timestamp}:${nonce}`;
      if (seen.has(once)) throw new CryptoError('replayed nonce');
      const opened = decrypt(encrypted, options);
      seen.set(once, now);
      return opened;
    },
  };
}
