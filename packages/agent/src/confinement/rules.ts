/**
 * What keeps workloads from the link-local addresses of a cloud, its metadata service among them (S14). Pure: which iptables rules, in
 * which table. A socket keeps the cgroup in which it was made whatever its process becomes, so the rule holds against root and `setuid`.
 */
import type { Provider } from '@fairlead/contract/names'

export type CloudProvider = Exclude<Provider, 'local'>
export type Family = 'v4' | 'v6'
export type Rule = readonly string[]

/** The rules of our own chain in one table, and the chain of the kernel that passes packets to it. */
export interface ChainPlan {
  readonly table: 'filter' | 'raw'
  readonly from: 'OUTPUT' | 'PREROUTING'
  /** None: the chain is not wanted. */
  readonly rules: readonly Rule[]
}

/** Our own chain; in each table of each family it has this name. */
export const chainName = 'FAIRLEAD'

interface Places {
  readonly refused: readonly string[]
  /** Name servers among them. */
  readonly names: readonly string[]
}

const linkLocal = { v4: '169.254.0.0/16', v6: 'fe80::/10' } as const

/** AWS: metadata, and the credentials of pods; both also outside the link-local range of IPv6. */
const places: Readonly<Record<CloudProvider, Readonly<Record<Family, Places>>>> = {
  aws: {
    v4: { refused: [linkLocal.v4], names: ['169.254.169.253/32'] },
    v6: { refused: [linkLocal.v6, 'fd00:ec2::254/128', 'fd00:ec2::23/128'], names: [] },
  },
  gcp: {
    // Google's metadata server is its name server as well.
    v4: { refused: [linkLocal.v4], names: ['169.254.169.254/32'] },
    v6: { refused: [linkLocal.v6, 'fd20:ce::254/128'], names: ['fd20:ce::254/128'] },
  },
}

/** Where the metadata service of a cloud listens, on port 80. */
export const metadataAddresses: Readonly<Record<CloudProvider, readonly string[]>> = {
  aws: ['169.254.169.254', 'fd00:ec2::254'],
  gcp: ['169.254.169.254', 'fd20:ce::254'],
}

/**
 * What a container on the host's network sends has a socket of its cgroup, and is refused at once. What comes over a bridge has lost its
 * socket on the way, and is known by the bridge alone; it is dropped before any other rule can accept it or give it another destination.
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

// Never negated: a packet without a whole socket matches neither `--path` nor `! --path`.
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

/** Solicitations and advertisements of neighbours: without them the bridge has no IPv6. */
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
