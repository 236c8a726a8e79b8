import { randomBytes } from 'node:crypto';

/** Digits and letters without those that are taken for another: no 0 and O, no 1 and I. */
const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
const valuesByLetter = new Map([...alphabet].map((letter, value) => [letter, value]));
/** 55 random bits: with a million coupons out, one guess in thirty billion hits. */
const randomLetters = 11;

/** The field of 32 elements, x⁵ + x² + 1: any wrong letter, and any two that changed places, give another last letter. */
const twice = (value: number): number => ((value << 1) ^ (value & 16 ? 0b100101 : 0)) & 31;
const checkOf = (values: readonly number[]): number => values.reduce((sum, value) => twice(sum ^ value), 0);

/** A code that nobody can guess, with a letter that shows slips of the hand. */
export function newCode(): string {
  const values = [...randomBytes(randomLetters)].map((byte) => byte & 31);
  return [...values, checkOf(values)].map((value) => alphabet[value]).join('');
}

/** A code as it is kept: without blanks and dashes, in capitals. */
export const readCode = (typed: string): string => typed.replace(/[\s-]+/g, '').toUpperCase();

/** As people read it: in groups of four. A shop's own code is shown as it is. */
export const showCode = (code: string): string => (isOurs(code) ? code.replace(/(.{4})(?=.)/g, '$1-') : code);

/** Whether it can be one of ours; false also for one with a slip in it. */
export function isOurs(code: string): boolean {
  if (code.length !== randomLetters + 1) return false;
  const values = [...code].map((letter) => valuesByLetter.get(letter));
  if (values.some((v) => v === undefined)) return false;
  return checkOf((values as number[]).slice(0, -1)) === values.at(-1);
}
