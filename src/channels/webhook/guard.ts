import { isAllowedHost, isInternalAddress } from '../../base/index.ts';

/** Whether the operator of this installation has named the host as reachable. */
export function isAllowed(url: URL, allow: readonly string[]): boolean {
  return isAllowedHost(url.hostname, url.port || (url.protocol === 'https:' ? '443' : '80'), allow);
}

/** What is wrong with the address before any name is looked up; null if nothing is. */
export function refusal(url: URL, allow: readonly string[]): string | null {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must start with https:// or http://';
  if (url.username || url.password) return 'must not hold a user name or password';
  if (isAllowed(url, allow)) return null;
  if (isInternalAddress(url.hostname)) return 'points to an internal address; name the host in YUTANG_WEBHOOK_ALLOW if that is meant';
  return null;
}
