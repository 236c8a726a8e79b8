import type { Clock } from '../../base/index.ts';
import { CallbackCryptoError, type Decrypted, decodeAesKey, decrypt, signature, signatureMatches } from './crypto.ts';

/** Opens a signed callback: signature, then time window, then replay, then the envelope itself. */

export interface CallbackQuery {
  msg_signature: string;
  timestamp: string;
  nonce: string;
}

export interface CallbackKeys {
  token: string;
  encodingAesKey: string;
  receiveId: string;
}

const WINDOW_MS = 5 * 60_000;

export interface NonceCache {
  seen(key: string): boolean;
  remember(key: string): void;
}

/** Nonces need remembering only as long as their timestamp would still be accepted. */
export function createNonceCache(clock: Clock, most = 100_000): NonceCache {
  const until = new Map<string, number>();
  const sweep = () => {
    // Entries lie in the order of their expiry, because every one of them lives equally long.
    for (const [key, expiry] of until) {
      if (expiry > clock.ms() && until.size <= most) break;
      until.delete(key);
    }
  };
  return {
    seen: (key) => (until.get(key) ?? 0) > clock.ms(),
    remember(key) {
      until.delete(key);
      until.set(key, clock.ms() + 2 * WINDOW_MS);
      sweep();
    },
  };
}

/** The signature and the time. The nonce is looked up, and remembered by what comes back. */
export function checkSigned(
  deps: { clock: Clock; nonces: NonceCache },
  scope: string,
  expected: string,
  query: { given: string; timestamp: string; nonce: string },
): () => void {
  if (!signatureMatches(expected, query.given)) throw new CallbackCryptoError('the signature does not match');
  if (!/^\d{1,12}$/.test(query.timestamp) || Math.abs(deps.clock.ms() - Number(query.timestamp) * 1000) > WINDOW_MS) {
    throw new CallbackCryptoError('the timestamp is more than five minutes away');
  }
  const nonceKey = `${scope}:${query.timestamp}:${query.nonce}`;
  if (deps.nonces.seen(nonceKey)) throw new CallbackCryptoError('the nonce was used before');
  return () => deps.nonces.remember(nonceKey);
}

export interface OpenedCallback extends Decrypted {
  /** Call when the event is safely stored: until then the platform may send the same request again. */
  accept(): void;
}

export function openCallback(
  deps: { clock: Clock; nonces: NonceCache },
  scope: string,
  keys: CallbackKeys,
  query: CallbackQuery,
  encrypted: string,
): OpenedCallback {
  const { timestamp, nonce, msg_signature: given } = query;
  const accept = checkSigned(deps, scope, signature(keys.token, timestamp, nonce, encrypted), { given, timestamp, nonce });
  const opened = decrypt(decodeAesKey(keys.encodingAesKey), encrypted, keys.receiveId);
  return { ...opened, accept };
}
