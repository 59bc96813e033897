/**
 * The iptables rules that keep workloads from a cloud's link-local addresses, including its metadata service (S14), and their tables. Pure. A socket
 * keeps the cgroup it was created in whatever its process becomes, so the rule holds against root and `setuid`.
 */
import type { Provider } from '@fairlead/contract/names'

export type CloudProvider = Exclude<Provider, 'local'>
export type Family = 'v4' | 'v6'
export type Rule = readonly string[]

/** The rules of our own chain in one table, and the kernel chain that passes packets to it. */
export interface ChainPlan {
  readonly table: 'filter' | 'raw'
  readonly from: 'OUTPUT' | 'PREROUTING'
  /** Empty: the chain is not wanted. */
  readonly rules: readonly Rule[]
}

/** Our own chain; it has this name in every table of both families. */
export const chainName = 'FAIRLEAD'

interface Places {
  readonly refused: readonly string[]
  /** Includes name servers. */
  readonly names: readonly string[]
}

const linkLocal = { v4: '169.254.0.0/16', v6: 'fe80::/10' } as const

/** AWS: metadata and pod credentials; both also outside IPv6's link-local range. */
const places: Readonly<Record<CloudProvider, Readonly<Record<Family, Places>>>> = {
  aws: {
    v4: { refused: [linkLocal.v4], names: ['169.254.169.253/32'] },
    v6: { refused: [linkLocal.v6, 'fd00:ec2::254/128', 'fd00:ec2::23/128'], names: [] },
  },
  gcp: {
    // Google's metadata server is also its name server.
    v4: { refused: [linkLocal.v4], names: ['169.254.169.254/32'] },
    v6: { refused: [linkLocal.v6, 'fd20:ce::254/128'], names: ['fd20:ce::254/128'] },
  },
}

/** Where a cloud's metadata service listens, on port 80. */
export const metadataAddresses: Readonly<Record<CloudProvider, readonly string[]>> = {
  aws: ['169.254.169.254', 'fd00:ec2::254'],
  gcp: ['169.254.169.254', 'fd20:ce::254'],
}

/**
 * A packet from a container on the host's network has a socket in its cgroup, and is refused at once. A packet over a bridge has lost its socket on
 * the way and is recognised by the bridge only; it is dropped before any other rule can accept or redirect it.
 */
export function confinementRules(
  provider: CloudProvider,
  family: Family,
  cgroup: string,
  bridges: readonly string[],
): readonly ChainPlan[] {
  return [
    { table: 'filter', from: 'OUTPUT', rules: hostRules(places[provider][family], cgroup) },
    {
      table: 'raw',
      from: 'PREROUTING',
      rules: bridges.flatMap((bridge) => bridgeRules(places[provider][family], family, bridge)),
    },
  ]
}

/** Nothing of ours, in any table. */
export const noRules: readonly ChainPlan[] = [
  { table: 'filter', from: 'OUTPUT', rules: [] },
  { table: 'raw', from: 'PREROUTING', rules: [] },
]

// Never negated: a packet without a full socket matches neither `--path` nor `! --path`.
function hostRules({ refused, names }: Places, cgroup: string): readonly Rule[] {
  const ofWorkloads = ['-m', 'cgroup', '--path', cgroup]
  return [
    ...names.flatMap(nameServer).map((rule) => [...rule, ...ofWorkloads, '-j', 'RETURN']),
    ...refused.flatMap((range) => [
      ['-d', range, '-p', 'tcp', ...ofWorkloads, '-j', 'REJECT', '--reject-with', 'tcp-reset'],
      ['-d', range, ...ofWorkloads, '-j', 'REJECT'],
    ]),
  ]
}

function bridgeRules({ refused, names }: Places, family: Family, bridge: string): readonly Rule[] {
  const fromBridge = ['-i', bridge]
  return [
    ...names.flatMap(nameServer).map((rule) => [...rule, ...fromBridge, '-j', 'RETURN']),
    ...(family === 'v6' ? neighbours.map((rule) => [...rule, ...fromBridge, '-j', 'RETURN']) : []),
    ...refused.map((range) => ['-d', range, ...fromBridge, '-j', 'DROP']),
  ]
}

const nameServer = (address: string): readonly Rule[] =>
  ['udp', 'tcp'].map((protocol) => ['-d', address, '-p', protocol, '--dport', '53'])

/** Neighbour solicitations and advertisements: without them the bridge has no IPv6. */
const neighbours: readonly Rule[] = ['135', '136'].map((type) => [
  '-d',
  linkLocal.v6,
  '-p',
  'ipv6-icmp',
  '-m',
  'icmp6',
  '--icmpv6-type',
  type,
])
