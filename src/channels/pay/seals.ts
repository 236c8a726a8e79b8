import { Aes, Formatter, Rsa } from 'wechatpay-axios-plugin';

/**
 * Signatures and envelopes of Pay v3, by the library's parts. Its client is not used: that takes the time from the machine, so nothing could be
 * tested on a clock that is passed in, and it signs a text that it makes a second time when it sends.
 */

export interface Credentials {
  mchid: string;
  serial: string;
  privateKey: string;
}

/** The Authorization header for exactly these bytes. */
export function authorization({ mchid, serial, privateKey }: Credentials, method: string, uri: string, atMs: number, body: string): string {
  const timestamp = Math.floor(atMs / 1000);
  const nonce = Formatter.nonce();
  const signature = Rsa.sign(Formatter.request(method, uri, timestamp, nonce, body), privateKey);
  return Formatter.authorization(mchid, nonce, signature, timestamp, serial);
}

/** What a page hands to `wx.requestPayment`. */
export function paymentOf({ privateKey }: Pick<Credentials, 'privateKey'>, appId: string, prepayId: string, atMs: number) {
  const timeStamp = String(Math.floor(atMs / 1000));
  const nonceStr = Formatter.nonce();
  const packed = `prepay_id=${prepayId}`;
  const paySign = Rsa.sign(Formatter.joinedByLineFeed(appId, timeStamp, nonceStr, packed), privateKey);
  return { appId, timeStamp, nonceStr, package: packed, signType: 'RSA' as const, paySign };
}

export function isSigned(publicKey: string, signature: string, timestamp: string, nonce: string, body: string): boolean {
  try {
    return Rsa.verify(Formatter.joinedByLineFeed(timestamp, nonce, body), signature, publicKey);
  } catch {
    return false;
  }
}

/** Opens what was sealed with the APIv3 key. Throws when a byte of it is another one. */
export const openSealed = (
  key: string,
  sealed: { nonce: string; associated_data?: string | null | undefined; ciphertext: string },
): string => Aes.AesGcm.decrypt(sealed.ciphertext, key, sealed.nonce, sealed.associated_data ?? '');

/** Seals a field for the platform alone. */
export const sealField = (publicKey: string, text: string): string => Rsa.encrypt(text, publicKey);
