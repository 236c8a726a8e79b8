import { randomInt } from 'node:crypto';

/** Without letters that look alike in print. */
const letters = '0123456789abcdefghjkmnpqrstvwxyz';

/** A new tracking key: 50 random bits, short enough to stand in the `state` of a platform, which takes 30 characters. */
export function newKey(): string {
  return Array.from({ length: 10 }, () => letters[randomInt(32)]).join('');
}

export const keyShape = /^[0-9a-z]{10}$/;

/** What a platform is told to hand back: the key, and for a target of a live code its number. Opaque; no data in it. */
export const stateOf = (key: string, target?: number): string => (target === undefined ? key : `${key}.${target}`);

/** The key and target in what a platform handed back; official accounts put `qrscene_` before it. */
export function readState(state: string): { key: string; target?: number } | undefined {
  const match = /^(?:qrscene_)?([0-9a-z]{10})(?:\.(\d{1,3}))?$/.exec(state);
  if (!match) return undefined;
  return { key: match[1]!, ...(match[2] === undefined ? {} : { target: Number(match[2]) }) };
}
