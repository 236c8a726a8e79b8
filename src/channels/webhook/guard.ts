import { lookup as dnsLookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { isPublicAddress } from './addresses.ts';

/** Keeps webhooks away from internal addresses. The check sits in the connection's own name lookup, so what was checked is what is connected to. */

export type Resolve = (host: string) => Promise<LookupAddress[]>;

export const systemResolve: Resolve = (host) =>
  new Promise((resolve, reject) =>
    dnsLookup(host, { all: true, verbatim: true }, (error, addresses) => (error ? reject(error) : resolve(addresses))),
  );

export class AddressRefused extends Error {
  readonly code = 'ADDRESS_REFUSED';
  constructor() {
    super('the address is not a public one');
  }
}

const bare = (hostname: string) =>
  hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();

/** Whether the operator of this installation has named the host as reachable. Entries are `host` or `host:port`. */
export function isAllowed(url: URL, allow: readonly string[]): boolean {
  const host = bare(url.hostname);
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  const shown = host.includes(':') ? `[${host}]` : host;
  return allow.some((entry) => [host, shown, `${shown}:${port}`].includes(entry.trim().toLowerCase()));
}

/** What is wrong with the address before any name is looked up; null if nothing is. */
export function refusal(url: URL, allow: readonly string[]): string | null {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must start with https:// or http://';
  if (url.username || url.password) return 'must not hold a user name or password';
  if (isAllowed(url, allow)) return null;
  const host = bare(url.hostname);
  if (isIP(host) && !isPublicAddress(host)) return 'points to an internal address; name the host in YUTANG_WEBHOOK_ALLOW if that is meant';
  return null;
}

/** A name lookup that gives public addresses or an error: one internal address among them refuses them all. */
export function guardedLookup(resolve: Resolve): LookupFunction {
  return (host, options, done) => {
    resolve(host).then(
      (addresses) => {
        const first = addresses[0];
        if (first === undefined || !addresses.every((entry) => isPublicAddress(entry.address))) done(new AddressRefused(), '', 0);
        else if (options.all) done(null, addresses);
        else done(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => done(error, '', 0),
    );
  };
}
