import { openText, sealText } from '../../base/index.ts';

/** Small texts that leave the house and come back unread and unchanged: who reads, who passed it on. */
export function createSeals(keys: readonly Buffer[]) {
  return {
    seal: (about: string, value: unknown): string => sealText(keys[0]!, JSON.stringify(value), about).toString('base64url'),
    /** What was sealed for this; undefined where it was not, or not by us. */
    open: (about: string, text: string): unknown => {
      if (text.length > 600 || !/^[\w-]+$/.test(text)) return undefined;
      for (const key of keys)
        try {
          return JSON.parse(openText(key, Buffer.from(text, 'base64url'), about).toString('utf8'));
        } catch {
          // Another key, or nobody's.
        }
      return undefined;
    },
  };
}
export type Seals = ReturnType<typeof createSeals>;
