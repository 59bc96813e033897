/** Which IP addresses a socket may connect to: never link-local, metadata, unspecified or multicast; loopback only if listed (S15). */
import { BlockList, isIPv4, isIPv6 } from 'node:net'

export type AddressKind = 'public' | 'loopback' | 'refused'

const refused = new BlockList()
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['169.254.0.0', 16], // link-local, and the metadata service of every cloud
  ['192.0.0.192', 32], // metadata on Oracle
  ['100.100.100.200', 32], // metadata on Alibaba
  ['168.63.129.16', 32], // the wire server on Azure
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  refused.addSubnet(net, bits, 'ipv4')
}
for (const [net, bits] of [
  ['::', 128],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
  ['fd00:ec2::', 32], // AWS: metadata, DNS and time
  ['fd20:ce::254', 128], // Google Cloud's metadata
  ['fd00:c1::a9fe:a9fe', 128], // metadata on Oracle
  ['fd00:100::100:200', 128], // metadata on Alibaba
  ['fd00:42::42', 128], // metadata on Scaleway
  ['fd00:a9fe:a9fe::1', 128], // metadata on Akamai
] as const) {
  refused.addSubnet(net, bits, 'ipv6')
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

export function addressKind(address: string): AddressKind {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '')
  if (isIPv4(bare)) return kindOf(bare, 'ipv4')
  if (!isIPv6(bare)) return 'refused'
  const groups = ipv6Groups(bare)
  const kind = kindOf(bare, 'ipv6')
  if (kind !== 'public') return kind
  const inside = embeddedIpv4(groups)
  return inside === null ? 'public' : kindOf(inside, 'ipv4')
}

function kindOf(address: string, family: 'ipv4' | 'ipv6'): AddressKind {
  if (loopback.check(address, family)) return 'loopback'
  return refused.check(address, family) ? 'refused' : 'public'
}

/** An IPv4 address embedded in an IPv6 one: mapped, compatible, NAT64 (RFC 6052, RFC 8215), 6to4; null if there is none. */
function embeddedIpv4(groups: readonly number[]): string | null {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = groups
  const zeroTo = (end: number) => groups.slice(0, end).every((group) => group === 0)
  if (zeroTo(5) && (f === 0xffff || f === 0)) return dotted(g, h)
  if (zeroTo(4) && e === 0xffff && f === 0) return dotted(g, h)
  if (a === 0x64 && b === 0xff9b && (c === 1 || [c, d, e, f].every((group) => group === 0))) return dotted(g, h)
  if (a === 0x2002) return dotted(b, c)
  return null
}

function dotted(high: number, low: number): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

/** The eight groups of an address accepted by `isIPv6`. */
function ipv6Groups(text: string): readonly number[] {
  const withHex = text.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...parts: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = parts.slice(0, 4).map(Number)
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
  })
  const [head = '', tail] = withHex.split('::')
  const parse = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)))
  const front = parse(head)
  const back = tail === undefined ? [] : parse(tail)
  return [...front, ...Array.from({ length: 8 - front.length - back.length }, () => 0), ...back]
}
