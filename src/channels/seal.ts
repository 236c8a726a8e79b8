import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** Secrets of accounts at rest: AES-256-GCM under the first of the keys; opened with whichever it was. */
export function createSeal(keys: readonly Buffer[]) {
  return {
    seal: (value: unknown): string => {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', keys[0]!, nonce);
      const body = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64');
    },
    open: (sealed: string): Record<string, unknown> => {
      const bytes = Buffer.from(sealed, 'base64');
      let refused: unknown;
      for (const key of keys) {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
        decipher.setAuthTag(bytes.subarray(12, 28));
        try {
          const body = Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]);
          return JSON.parse(body.toString('utf8')) as Record<string, unknown>;
        } catch (error) {
          // The tag does not fit: it was another key.
          refused = error;
        }
      }
      throw refused;
    },
  };
}
