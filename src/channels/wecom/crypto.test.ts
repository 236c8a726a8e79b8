import { createCipheriv, createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { manualClock } from '../../base/index.ts';
import { createNonceCache, openCallback } from '../platform/callback-guard.ts';
import { decodeAesKey, decrypt, encrypt, signature, signatureMatches } from '../platform/crypto.ts';
import { a1, a2, b1, b2, c1, setA, setB } from './vectors.fixture.ts';

const keyA = decodeAesKey(setA.encodingAesKey);
const keyB = decodeAesKey(setB.encodingAesKey);

/** Seals any bytes as they are, so that malformed plaintexts can be made. */
function sealRaw(plain: Buffer): string {
  const cipher = createCipheriv('aes-256-cbc', keyA, keyA.subarray(0, 16)).setAutoPadding(false);
  return Buffer.concat([cipher.update(plain), cipher.final()]).toString('base64');
}

function plainWith(length: number, message: string, pad: number, padByte = pad): Buffer {
  const head = Buffer.alloc(20, 'r');
  head.writeUInt32BE(length, 16);
  return Buffer.concat([head, Buffer.from(message + setA.receiveId), Buffer.alloc(pad, padByte)]);
}

describe('public vectors', () => {
  test.each([
    ['A1', a1],
    ['A2', a2],
  ])('%s opens', (_name, vector) => {
    expect(signature(setA.token, vector.timestamp, vector.nonce, vector.encrypted)).toBe(vector.signature);
    const opened = decrypt(keyA, vector.encrypted, setA.receiveId);
    expect(opened).toEqual({ message: vector.message, random: vector.random, receiveId: setA.receiveId });
  });
  test('A1 and A2 seal back to the same text', () => {
    for (const v of [a1, a2]) expect(encrypt(keyA, v.message, setA.receiveId, Buffer.from(v.random))).toBe(v.encrypted);
  });
  test('B1 seals text of several bytes a character', () => {
    expect(encrypt(keyB, b1.message, setB.receiveId, Buffer.from(setB.random))).toBe(b1.encrypted);
    expect(decrypt(keyB, b1.encrypted, setB.receiveId).message).toBe(b1.message);
  });
  test('B2 seals a whole message', () => {
    const sealed = encrypt(keyB, b2.message, setB.receiveId, Buffer.from(setB.random));
    expect(sealed.startsWith(b2.starts)).toBe(true);
    expect(createHash('sha256').update(sealed).digest('hex')).toBe(b2.sha256);
    expect(decrypt(keyB, sealed, setB.receiveId).message).toBe(b2.message);
  });
  test('C1 signature', () => {
    expect(signature(c1.token, c1.timestamp, c1.nonce, c1.encrypted)).toBe(c1.signature);
  });
  test('every message length opens again', () => {
    for (let n = 0; n < 70; n++) expect(decrypt(keyA, encrypt(keyA, '鱼'.repeat(n), 'ww1'), 'ww1').message).toBe('鱼'.repeat(n));
  });
});

describe('must fail', () => {
  const clock = () => manualClock(new Date(Number(a2.timestamp) * 1000));
  const query = { msg_signature: a2.signature, timestamp: a2.timestamp, nonce: a2.nonce };

  test('one signature character changed', () => {
    const at = clock();
    const bad = `${query.msg_signature.slice(0, -1)}7`;
    const deps = { clock: at, nonces: createNonceCache(at) };
    expect(() => openCallback(deps, 'a', setA, { ...query, msg_signature: bad }, a2.encrypted)).toThrow('signature');
    expect(() => openCallback(deps, 'a', setA, { ...query, msg_signature: '' }, a2.encrypted)).toThrow('signature');
    expect(signatureMatches(a2.signature, `${a2.signature} `)).toBe(false);
  });
  test('right signature with another receiver', () => {
    const at = clock();
    const deps = { clock: at, nonces: createNonceCache(at) };
    expect(() => openCallback(deps, 'a', { ...setA, receiveId: 'wx5823bf96d3bd56c8' }, query, a2.encrypted)).toThrow('receiver');
    expect(() => openCallback(deps, 'a', { ...setA, receiveId: '' }, query, a2.encrypted)).toThrow('receiver');
  });
  test('length field larger than the buffer', () => {
    expect(() => decrypt(keyA, sealRaw(plainWith(60, 'abcd', 6 + 16)), setA.receiveId)).toThrow('length');
    expect(() => decrypt(keyA, sealRaw(plainWith(0xffffffff, 'abcd', 6 + 16)), setA.receiveId)).toThrow('length');
  });
  test('padding of 0, of 33, uneven, or of the whole buffer', () => {
    expect(() => decrypt(keyA, sealRaw(Buffer.concat([plainWith(4, 'abcd', 21, 1), Buffer.from([0])])), setA.receiveId)).toThrow('padding');
    expect(() => decrypt(keyA, sealRaw(plainWith(9, 'abcdefghi', 33)), setA.receiveId)).toThrow('padding');
    const uneven = plainWith(4, 'abcd', 22);
    uneven[uneven.length - 3] = 1;
    expect(() => decrypt(keyA, sealRaw(uneven), setA.receiveId)).toThrow('padding');
    expect(() => decrypt(keyA, sealRaw(Buffer.alloc(16, 32)), setA.receiveId)).toThrow('padding');
    expect(() => decrypt(keyA, sealRaw(Buffer.alloc(32, 32)), setA.receiveId)).toThrow('short');
  });
  test('a key of 42 or 44 characters', () => {
    expect(() => decodeAesKey(setA.encodingAesKey.slice(1))).toThrow('43');
    expect(() => decodeAesKey(`${setA.encodingAesKey}C`)).toThrow('43');
  });
  test('ciphertext that is not base64 or not whole blocks', () => {
    for (const text of ['', '???', 'YWJj', a1.encrypted.slice(4)]) expect(() => decrypt(keyA, text, setA.receiveId)).toThrow('blocks');
  });
  test('a stale timestamp, either way, and one that is no number', () => {
    const at = clock();
    const deps = { clock: at, nonces: createNonceCache(at) };
    at.advance(5 * 60_000 + 1);
    expect(() => openCallback(deps, 'a', setA, query, a2.encrypted)).toThrow('timestamp');
    at.advance(-10 * 60_000 - 2);
    expect(() => openCallback(deps, 'a', setA, query, a2.encrypted)).toThrow('timestamp');
    const signed = signature(setA.token, 'NaN', '1', a2.encrypted);
    expect(() => openCallback(deps, 'a', setA, { msg_signature: signed, timestamp: 'NaN', nonce: '1' }, a2.encrypted)).toThrow('timestamp');
  });
  test('a replayed nonce, once the first was accepted', () => {
    const at = clock();
    const deps = { clock: at, nonces: createNonceCache(at) };
    openCallback(deps, 'a', setA, query, a2.encrypted);
    openCallback(deps, 'a', setA, query, a2.encrypted).accept();
    expect(() => openCallback(deps, 'a', setA, query, a2.encrypted)).toThrow('nonce');
    expect(openCallback(deps, 'other', setA, query, a2.encrypted).message).toBe(a2.message);
  });
  test('the nonce cache forgets what the time window refuses anyway, and stays bounded', () => {
    const at = clock();
    const nonces = createNonceCache(at, 3);
    for (const key of ['a', 'b', 'c', 'd']) nonces.remember(key);
    expect(['a', 'b', 'c', 'd'].map((key) => nonces.seen(key))).toEqual([false, true, true, true]);
    at.advance(10 * 60_000);
    expect(nonces.seen('d')).toBe(false);
  });
});
