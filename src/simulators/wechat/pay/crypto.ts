import { constants, createCipheriv, generateKeyPairSync, privateDecrypt, randomBytes, sign, verify } from 'node:crypto';

/** Signatures and envelopes of Pay v3, written here a second time and from the platform's side. */

export function makeKeys(): { privateKey: string; publicKey: string } {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

const rows = (...parts: string[]) => Buffer.from(parts.map((part) => `${part}\n`).join(''), 'utf8');

export const signRows = (privateKey: string, ...parts: string[]): string => sign('sha256', rows(...parts), privateKey).toString('base64');
export const checkRows = (publicKey: string, signature: string, ...parts: string[]): boolean =>
  verify('sha256', rows(...parts), publicKey, Buffer.from(signature, 'base64'));

export interface Sealed {
  algorithm: 'AEAD_AES_256_GCM';
  nonce: string;
  associated_data: string;
  ciphertext: string;
}

export function sealResource(key: string, text: string, about: string): Sealed {
  const nonce = randomBytes(6).toString('hex');
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key, 'utf8'), Buffer.from(nonce, 'utf8'));
  cipher.setAAD(Buffer.from(about, 'utf8'));
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return { algorithm: 'AEAD_AES_256_GCM', nonce, associated_data: about, ciphertext: body.toString('base64') };
}

/** A field that the merchant sealed for the platform alone. */
export const openField = (privateKey: string, sealed: string): string =>
  privateDecrypt({ key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }, Buffer.from(sealed, 'base64')).toString(
    'utf8',
  );
