import { hash, hkdfSync, randomBytes } from 'node:crypto';

const letters = 'abcdefghijkmnpqrstuvwxyz23456789';
const random = (length: number): string => Array.from(randomBytes(length), (byte) => letters[byte & 31]).join('');

/** 160 random bits after a word that says what the key is for. */
export const newKey = (kind: 'api' | 'write'): string => `yt_${kind}_${random(32)}`;

/** 80 random bits, in letters that cannot be mistaken for one another. */
export const newPassword = (): string => [random(4), random(4), random(4), random(4)].join('-');

export const sha256 = (text: string): string => hash('sha256', text, 'hex');

/** What a list shows of a key: never more than a third of it. */
export const keyPrefix = (secret: string): string => secret.slice(0, Math.min(12, Math.floor(secret.length / 3)));

/** The key that signs sessions, apart from everything else that is made of the master key. */
export const sessionSecret = (masterKey: string): string =>
  Buffer.from(hkdfSync('sha256', masterKey, '', 'yutang sessions', 32)).toString('base64url');
