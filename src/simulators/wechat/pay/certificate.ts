import { createPublicKey, sign } from 'node:crypto';

/** A self-signed X.509 certificate, written out byte by byte: Node reads them and makes none. */

const tlv = (tag: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const size = body.length;
  const head = size < 128 ? [tag, size] : size < 256 ? [tag, 0x81, size] : [tag, 0x82, size >> 8, size & 255];
  return Buffer.concat([Buffer.from(head), body]);
};
const sequence = (...parts: Buffer[]) => tlv(0x30, ...parts);
/** sha256WithRSAEncryption */
const algorithm = sequence(tlv(0x06, Buffer.from('2a864886f70d01010b', 'hex')), tlv(0x05));
const name = (text: string) => sequence(tlv(0x31, sequence(tlv(0x06, Buffer.from('550403', 'hex')), tlv(0x0c, Buffer.from(text)))));
const time = (ms: number) => tlv(0x18, Buffer.from(`${new Date(ms).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`));

export function makeCertificate(serial: string, privateKey: string, fromMs: number, untilMs: number): string {
  const owner = name('Tenpay.com simulated');
  const key = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const body = sequence(tlv(0x02, Buffer.from(serial, 'hex')), algorithm, owner, sequence(time(fromMs), time(untilMs)), owner, key);
  const bits = tlv(0x03, Buffer.from([0]), sign('sha256', body, privateKey));
  const lines = sequence(body, algorithm, bits)
    .toString('base64')
    .match(/.{1,64}/g);
  return `-----BEGIN CERTIFICATE-----\n${lines?.join('\n')}\n-----END CERTIFICATE-----\n`;
}
