/**
 * Whether a host may be asked over plain http for this machine's identity: metadata services use nothing else, and return its keys. They
 * are on the machine itself or on its own network, and are named by address. Pure.
 */
import { BlockList, isIPv4, isIPv6 } from 'node:net'
import { bareHost, isLoopback, parseHostAndPort } from '@fairlead/contract/names'

const own = new BlockList()
for (const [net, bits] of [
  ['127.0.0.0', 8],
  ['169.254.0.0', 16], // link-local: the metadata service of every cloud
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10], // shared by the machines of one provider
] as const) {
  own.addSubnet(net, bits, 'ipv4')
}
for (const [net, bits] of [
  ['::1', 128],
  ['fe80::', 10],
  ['fc00::', 7], // with fd00:ec2::254 and fd20:ce::254
] as const) {
  own.addSubnet(net, bits, 'ipv6')
}

/** Google's own name for its metadata server, resolved by Google's name servers. */
const googles = 'metadata.google.internal'

/** `host[:port]`; anything not written canonically counts as outside our network. */
export function isOnOwnNetwork(place: string): boolean {
  const host = parseHostAndPort(place)?.host
  if (host === undefined) return false
  const bare = bareHost(host)
  if (isIPv4(bare)) return own.check(bare, 'ipv4')
  if (isIPv6(bare)) return own.check(bare, 'ipv6')
  return isLoopback(host) || host === googles
}
