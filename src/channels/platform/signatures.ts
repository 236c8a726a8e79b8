import { createDecipheriv, createHash } from 'node:crypto';

/** The signature with which a page inside WeChat or WeCom opens the client's own functions: of the address without its `#` part. */
export function pageSignature(page: { ticket: string; nonce: string; timestamp: number; url: string }): string {
  const url = page.url.split('#')[0];
  const text = `jsapi_ticket=${page.ticket}&noncestr=${page.nonce}&timestamp=${page.timestamp}&url=${url}`;
  return createHash('sha1').update(text).digest('hex');
}

/** What a mini program hands over sealed with the key of its session (encryptedData). Throws when the key is another one. */
export function openEncryptedData(sealed: { sessionKey: string; iv: string; data: string }): unknown {
  const [key, iv, data] = [sealed.sessionKey, sealed.iv, sealed.data].map((text) => Buffer.from(text, 'base64')) as [
    Buffer,
    Buffer,
    Buffer,
  ];
  const decipher = createDecipheriv('aes-128-cbc', key, iv);
  return JSON.parse(Buffer.concat([decipher.update(data), decipher.final()]).toString('utf8'));
}

/** The sealed part of a notification of WeChat Pay v3: AES-256-GCM, the tag at its end. Throws when one byte was changed. */
export function openPayResource(key: string, sealed: { nonce: string; associated_data: string; ciphertext: string }): string {
  const bytes = Buffer.from(sealed.ciphertext, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', Buffer.from(key), Buffer.from(sealed.nonce), { authTagLength: 16 });
  decipher.setAAD(Buffer.from(sealed.associated_data)).setAuthTag(bytes.subarray(-16));
  return Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString('utf8');
}
