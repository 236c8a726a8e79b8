import { createCipheriv, createDecipheriv, createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** The callback envelope of WeCom: AES-256-CBC over random(16) + length(4) + message + receiveId, padded to blocks of 32. */

const BLOCK = 32;
const HEAD = 20;

export class CallbackCryptoError extends Error {
  readonly reason: string;
  constructor(reason: string) {
    super(`callback refused: ${reason}`);
    this.name = 'CallbackCryptoError';
    this.reason = reason;
  }
}

export function decodeAesKey(encodingAesKey: string): Buffer {
  if (!/^[A-Za-z0-9+/]{43}$/.test(encodingAesKey)) throw new CallbackCryptoError('the EncodingAESKey must be 43 base64 characters');
  return Buffer.from(`${encodingAesKey}=`, 'base64');
}

/** Token, timestamp and nonce; in safe mode the ciphertext as well. */
export function signature(...given: [token: string, timestamp: string, nonce: string, encrypted?: string]): string {
  const parts = given.map((part) => Buffer.from(part ?? '')).sort(Buffer.compare);
  return createHash('sha1').update(Buffer.concat(parts)).digest('hex');
}

/** Compares in constant time, whatever was sent. */
export function signatureMatches(expected: string, given: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(expected), digest(given));
}

function unpad(padded: Buffer): Buffer {
  const pad = padded[padded.length - 1];
  if (pad === undefined || pad < 1 || pad > BLOCK || pad > padded.length) throw new CallbackCryptoError('the padding is not valid');
  for (let i = padded.length - pad; i < padded.length; i++) {
    if (padded[i] !== pad) throw new CallbackCryptoError('the padding is not valid');
  }
  return padded.subarray(0, padded.length - pad);
}

export interface Decrypted {
  message: string;
  random: string;
  receiveId: string;
}

export function decrypt(key: Buffer, encrypted: string, receiveId: string): Decrypted {
  const sealed = Buffer.from(encrypted, 'base64');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encrypted) || sealed.length === 0 || sealed.length % 16 !== 0) {
    throw new CallbackCryptoError('the ciphertext is not whole base64 blocks');
  }
  const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  const plain = unpad(Buffer.concat([decipher.update(sealed), decipher.final()]));
  if (plain.length < HEAD) throw new CallbackCryptoError('the plaintext is too short');
  const length = plain.readUInt32BE(16);
  if (length > plain.length - HEAD) throw new CallbackCryptoError('the length field is larger than the message');
  const owner = plain.subarray(HEAD + length).toString('utf8');
  if (!signatureMatches(receiveId, owner)) throw new CallbackCryptoError('the receiver is another account');
  return {
    message: plain.subarray(HEAD, HEAD + length).toString('utf8'),
    random: plain.subarray(0, 16).toString('latin1'),
    receiveId: owner,
  };
}

export function encrypt(key: Buffer, message: string, receiveId: string, random: Buffer = randomBytes(16)): string {
  const body = Buffer.from(message, 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  const plain = Buffer.concat([random, length, body, Buffer.from(receiveId, 'utf8')]);
  const pad = BLOCK - (plain.length % BLOCK);
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  return Buffer.concat([cipher.update(plain), cipher.update(Buffer.alloc(pad, pad)), cipher.final()]).toString('base64');
}
