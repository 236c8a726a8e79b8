import { randomBytes } from 'node:crypto';
import * as oracle from '@wecom/crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as simulator from '../../simulators/wechat/crypto.ts';
import { decodeAesKey, decrypt, encrypt, signature } from './crypto.ts';
import { openEncryptedData, openPayResource, pageSignature } from './signatures.ts';

test.each([
  {
    ticket: 'sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg',
    ...{ nonce: 'Wm3WZYTPz0wzccnW', timestamp: 1414587457, url: 'http://mp.weixin.qq.com?params=value#part' },
    signed: '0f9de62fce790f9a083d5c99e95740ceb90c27ed',
  },
  {
    ticket: 'HoagFKDcsGMVCIY2vOjf9nGrZ3eaM0qXs5ROFN_3k_HrGc0VocemA6wMXkvrL-Ei4IitXxwKF62CJWR8mWXZ3Q',
    ...{
      nonce: 'e7b435f73835402da44f16640ddc8696',
      timestamp: 1621348162,
      url: 'https://mp.weixin.qq.com/debug/cgi-bin/sandbox?t=jsapisign',
    },
    signed: 'b214ea1f8ae019c207f8c6ffb843c8474cbab28c',
  },
])('D: pages inside the client', ({ signed, ...page }) => {
  expect(pageSignature(page)).toBe(signed);
  const { signature: theirs } = oracle.getJsApiSignature({ ...page, url: page.url.split('#')[0] ?? '', nonceStr: page.nonce });
  expect(theirs).toBe(signed);
});

test('E1: plain mode', () => {
  expect(signature('testtoken', '1409304348', 'xxxxxx')).toBe('30d7c91db269b3e0cb3e1a131646b6d1ae4750f5');
});

test('F1: what a mini program hands over sealed', () => {
  const sealed = {
    sessionKey: 'YZJqKnNFi0KAiKUc0ggC2g==',
    iv: 'KEWv/gyiIwAfHvjrLeaX6w==',
    data: 'Gu2PVnxVWl+jK4F8c0liGxfkB5Bj3m5HRvwgEIk1Yb+36RZ3Bg7YmUnud/ooiHz0PQroipsH7GCjlGwUeT04NwmrFaP1y3dRYPLpS43ed9QZWcFIFo+8vTs3Zco6S98DUvaNEAs8duhz/BzfBOZaIHMziRqEtPFI0ZDzCgJluBirJ6Wl3UkygZ5/QLo3KA53qGdip7K48Rq8XbCwuidTCw==',
  };
  expect(openEncryptedData(sealed)).toEqual({
    ...{ phoneNumber: '186****5613', purePhoneNumber: '186****5613', countryCode: '86' },
    watermark: { timestamp: 1634545675, appid: 'wxc****17e87e0e0a7' },
  });
  expect(() => openEncryptedData({ ...sealed, sessionKey: 'AAAAAAAAAAAAAAAAAAAAAA==' })).toThrow();
});

test('G1: a notification of WeChat Pay opens, and not with one byte changed', () => {
  const key = 'b302fd4719dd26523d555e6fe392b91a';
  const ciphertext = 'bUGHWv7V1+rMtfIx4pIhD95i3J72AK+K1I0vsxBNWAUq8JLjUJ1iSY79kdqp2LCDe4IuOpPxXC0=';
  const sealed = { nonce: 'b302fd4719dd', associated_data: '26523d555e6fe392b91a', ciphertext };
  expect(openPayResource(key, sealed)).toBe('Awesome SKIT.FlurlHttpClient.Wechat.Api!');
  const bytes = Buffer.from(ciphertext, 'base64');
  for (let i = 0; i < bytes.length; i++) {
    const changed = Buffer.from(bytes);
    changed[i] = changed[i]! ^ 1;
    expect(() => openPayResource(key, { ...sealed, ciphertext: changed.toString('base64') })).toThrow();
  }
});

/** How many messages go through each other's hands: YUTANG_CRYPTO_RUNS for more. */
const runs = Number(process.env.YUTANG_CRYPTO_RUNS ?? 400);

test(`three programs seal and open each other's messages: ${runs}`, () => {
  const texts = fc.string({ unit: 'grapheme', maxLength: 300 });
  fc.assert(
    fc.property(
      texts,
      fc.string({ minLength: 1, maxLength: 40 }),
      fc.string(),
      fc.nat(),
      fc.string(),
      (message, receiveId, token, timestamp, nonce) => {
        const encodingAesKey = randomBytes(32).toString('base64').slice(0, 43);
        const key = decodeAesKey(encodingAesKey);
        const random = randomBytes(16);
        const ours = encrypt(key, message, receiveId, random);
        // The same bytes, whoever sealed them.
        expect(oracle.encrypt(encodingAesKey, message, receiveId, random)).toBe(ours);
        expect(simulator.encrypt(message, { encodingAesKey, receiveId }, random)).toBe(ours);
        expect(oracle.decrypt(encodingAesKey, ours)).toMatchObject({ message, id: receiveId });
        expect(decrypt(key, oracle.encrypt(encodingAesKey, message, receiveId), receiveId).message).toBe(message);
        expect(simulator.decrypt(ours, { encodingAesKey, receiveId }).message).toBe(message);
        expect(signature(token, String(timestamp), nonce, ours)).toBe(oracle.getSignature(token, timestamp, nonce, ours));
      },
    ),
    { numRuns: runs },
  );
});
