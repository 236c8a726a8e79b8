import { lookup as dnsLookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { isPublicAddress } from './addresses.ts';

/** Keeps connections that users configure away from internal addresses. The check sits in the connection's own name lookup, so what was checked is what is connected to. */

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

/** A host without brackets or a last dot, in small letters. */
export const bareHost = (hostname: string): string =>
  hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();

/** Whether the operator of this installation has named the host as reachable. Entries are `host` or `host:port`. */
export function isAllowedHost(hostname: string, port: number | string, allow: readonly string[]): boolean {
  const host = bareHost(hostname);
  const shown = host.includes(':') ? `[${host}]` : host;
  return allow.some((entry) => [host, shown, `${shown}:${port}`].includes(entry.trim().toLowerCase()));
}

/** Whether a host is written as an address that is not public. A name shows it only when it is looked up. */
export const isInternalAddress = (hostname: string): boolean => isIP(bareHost(hostname)) !== 0 && !isPublicAddress(bareHost(hostname));

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
