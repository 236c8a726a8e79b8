import { createCipheriv, createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createReceiver, decodeAesKey, decrypt, encrypt, sign } from './crypto.ts';
import { stillClock } from './testkit.ts';

const a = { token: 'QDG6eK', encodingAesKey: 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C', receiveId: 'wx5823bf96d3bd56c7' };
const a1 = {
  timestamp: '1409659589',
  nonce: '263014780',
  encrypted: 'P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==',
  msg_signature: '5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3',
};
const a2 = {
  timestamp: '1409659813',
  nonce: '1372623149',
  msg_signature: '477715d11cdb4164915debcba66cb864d751f3e6',
  encrypted:
    'RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q==',
};
const b = { encodingAesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG', receiveId: 'wxb11529c136998cb6' };
const bRandom = Buffer.from('aaaabbbbccccdddd');

describe('vendor vectors', () => {
  test('A1: address verification', () => {
    expect(sign(a.token, a1.timestamp, a1.nonce, a1.encrypted)).toBe(a1.msg_signature);
    expect(decrypt(a1.encrypted, a)).toEqual({ message: '1616140317555161061', random: 'c41b64491c2468d0', padByte: 7 });
  });

  test('A2: a message whose padding is longer than 16', () => {
    expect(sign(a.token, a2.timestamp, a2.nonce, a2.encrypted)).toBe(a2.msg_signature);
    const opened = decrypt(a2.encrypted, a);
    expect(opened).toMatchObject({ random: '0960688932c47ef1', padByte: 30 });
    expect(opened.message).toBe(
      '<xml><ToUserName><![CDATA[wx5823bf96d3bd56c7]]></ToUserName>\n<FromUserName><![CDATA[mycreate]]></FromUserName>\n<CreateTime>1409659813</CreateTime>\n<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA[hello]]></Content>\n<MsgId>4561255354251345929</MsgId>\n<AgentID>218</AgentID>\n</xml>',
    );
    expect(encrypt(opened.message, a, Buffer.from(opened.random, 'latin1'))).toBe(a2.encrypted);
  });

  test('B1: multi-byte text', () => {
    const sealed = encrypt('我是中文abcd123', b, bRandom);
    expect(sealed).toBe('jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg==');
    expect(decrypt(sealed, b).message).toBe('我是中文abcd123');
  });

  test('B2: a long reply', () => {
    const message =
      '<xml><ToUserName><![CDATA[oia2Tj我是中文jewbmiOUlr6X-1crbLOvLw]]></ToUserName><FromUserName><![CDATA[gh_7f083739789a]]></FromUserName><CreateTime>1407743423</CreateTime><MsgType><![CDATA[video]]></MsgType><Video><MediaId><![CDATA[eYJ1MbwPRJtOvIEabaxHs7TX2D-HV71s79GUxqdUkjm6Gs2Ed1KF3ulAOA9H1xG0]]></MediaId><Title><![CDATA[testCallBackReplyVideo]]></Title><Description><![CDATA[testCallBackReplyVideo]]></Description></Video></xml>';
    const sealed = encrypt(message, b, bRandom);
    expect(sealed.startsWith('jn1L23DB+6ELqJ+6bruv23M2GmYfkv0xBh2h+XTB')).toBe(true);
    expect(createHash('sha256').update(sealed).digest('hex')).toBe('8077a455c38a5789d04a515b490168e915a7b98ccc09ecf0b5b750991d72e440');
  });

  test('C1: signature only', () => {
    const encrypted =
      'Q/jUxIL3/jRaFeTKesIr1QSq2SOEApDqlzcRrRM6Jlk4EbMBns3plPOR/W3gThOEq+zYI42fNSoIUb3cQwt9zyD1aLU/7D3WNLute7LQ9LSHjZEfVmx5zcIR9zvrUWGjhe1whTPH4e1WR6vbOYs8o/bDRF0vX/NcE4XK7P83Y6CzQiJoKbjVCne84s0zcw5eh+ZUDB55eaDHPSoS7kAC8kB00pfBoDF0jyfc8CUKLW97e72vJGyUWjZ0BvYN+R+tFjMgEzg/EN1imuuFnf40DMAcvB6y+C97TuaWjpgfRdowGWzn10JAFNukRfQqjdA0e2bfczJ7+t9w/t8/XSMADJOt1xbnP+I5cRX/r7ueBGmG/6ejP3myO9yTXHdujGvwrXHuWw+J7qD4VoUVjbm2vQ1qQKbrweKssr6O+3XSbanZ5R3n26EpN/gfgX+r6rcGViqsFop9Ai9xMnfJUubB6Q==';
    expect(sign('ovAkP0Tb', '1628737717', '1811081856', encrypted)).toBe('8128e41a38892d814e4aa67753425da9dc8ec2b3');
  });
});

describe('what must be refused', () => {
  const at = (timestamp: string) => createReceiver({ ...a, clock: stillClock(new Date(Number(timestamp) * 1000).toISOString()) });

  /** Seals any plaintext, well formed or not. */
  function sealRaw(plain: Buffer): string {
    const key = decodeAesKey(b.encodingAesKey);
    const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
    return Buffer.concat([cipher.update(plain), cipher.final()]).toString('base64');
  }

  test('one signature character changed', () => {
    expect(() => at(a1.timestamp).open({ ...a1, msg_signature: `6${a1.msg_signature.slice(1)}` })).toThrow('signature');
    expect(() => at(a1.timestamp).open({ ...a1, msg_signature: '' })).toThrow('signature');
  });

  test('right signature, wrong receiveId', () => {
    const receiver = createReceiver({ ...a, receiveId: 'wwother', clock: stillClock('2014-09-02T12:06:29Z') });
    expect(() => receiver.open(a1)).toThrow('receiveId');
  });

  test('length field larger than the buffer', () => {
    const plain = Buffer.alloc(64, 12);
    plain.writeUInt32BE(1000, 16);
    expect(() => decrypt(sealRaw(plain), b)).toThrow('length field');
  });

  test.each([0, 33])('pad byte %i', (pad) => {
    const plain = Buffer.alloc(64, 1);
    plain[63] = pad;
    expect(() => decrypt(sealRaw(plain), b)).toThrow('padding');
  });

  test('pad bytes that differ', () => {
    const plain = Buffer.alloc(64, 5);
    plain[60] = 4;
    expect(() => decrypt(sealRaw(plain), b)).toThrow('padding');
  });

  test.each([42, 44])('key of %i characters', (length) => {
    expect(() => decodeAesKey('a'.repeat(length))).toThrow('43');
  });

  test('stale timestamp, on both sides of the window', () => {
    for (const seconds of [-301, 301]) {
      const clock = stillClock(new Date((Number(a1.timestamp) + seconds) * 1000).toISOString());
      expect(() => createReceiver({ ...a, clock }).open(a1)).toThrow('stale');
    }
  });

  test('replayed nonce', () => {
    const receiver = at(a2.timestamp);
    expect(receiver.open(a2).message).toContain('hello');
    expect(() => receiver.open(a2)).toThrow('replayed');
  });
});
