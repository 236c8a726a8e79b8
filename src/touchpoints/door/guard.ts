import { isAllowedHost, isInternalAddress } from '../../base/index.ts';

/** Names that lead inside wherever they are looked up. */
const inside = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|test|invalid)$/i;

/**
 * Why a link may not lead there: a person's phone follows it, so only web addresses of the outside will do, without a name and password in them.
 * Opening an app is done by the page behind the link. The door leads only to addresses that stand in the touchpoint, never to one in the request.
 */
export function checkLink(text: string, allow: readonly string[]): string[] {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return ['must be a full address such as https://example.com/page'];
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return ['must begin with https:// or http://'];
  if (url.username || url.password) return ['must not hold a name or password'];
  if (isAllowedHost(url.hostname, url.port || (url.protocol === 'https:' ? 443 : 80), allow)) return [];
  if (isInternalAddress(url.hostname) || inside.test(url.hostname) || !/[.:]/.test(url.hostname))
    return ['must be an address of the public internet'];
  return [];
}
