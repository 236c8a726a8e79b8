import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** Which addresses a webhook may reach: the public internet, and nothing that lies inside. */

const refused4 = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  // Link-local, with the metadata service of most clouds.
  ['169.254.0.0', 16],
  // The host agent of one cloud, on an address that looks public.
  ['168.63.129.16', 32],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  refused4.addSubnet(net, bits, 'ipv4');
}

const public6 = new BlockList();
public6.addSubnet('2000::', 3, 'ipv6');
/** Inside the public range, but tunnels to IPv4, or documentation. IPv4-mapped, ULA and link-local lie outside of it anyway. */
const refused6 = new BlockList();
refused6.addSubnet('2001::', 23, 'ipv6');
refused6.addSubnet('2001:db8::', 32, 'ipv6');
refused6.addSubnet('2002::', 16, 'ipv6');
refused6.addSubnet('3fff::', 20, 'ipv6');

export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !refused4.check(address, 'ipv4');
  if (isIPv6(address)) return !address.includes('%') && public6.check(address, 'ipv6') && !refused6.check(address, 'ipv6');
  return false;
}
