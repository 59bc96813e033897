/** host[:port] in one strict ASCII grammar. Text that is not in canonical form is refused, never corrected (S3). */

export interface HostAndPort {
  /** A name in lower case, an IPv4 address in dotted form, or an IPv6 address in brackets. */
  readonly host: string
  readonly port: number | null
}

const longestLabel = 63

/** Parses host[:port]; null for any text that is not in canonical form. */
export function parseHostAndPort(text: string): HostAndPort | null {
  if (typeof text !== 'string') return null
  const end = text.startsWith('[') ? text.indexOf(']') + 1 : text.indexOf(':')
  const hostText = end === -1 ? text : text.slice(0, end)
  const portText = end === -1 ? '' : text.slice(end)
  const host = canonicalHost(hostText)
  if (host === null) return null
  if (portText === '') return { host, port: null }
  const port = canonicalPort(portText)
  return port === null ? null : { host, port }
}

export function formatHostAndPort({ host, port }: HostAndPort): string {
  return port === null ? host : `${host}:${port}`
}

/** In the form of sockets and certificates: an IPv6 address without its brackets. */
export function bareHost(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1')
}

/** Equal hosts and ports, where a missing port is the default one. Names are not resolved. */
export function sameHostAndPort(a: HostAndPort, b: HostAndPort, { defaultPort }: { defaultPort: number }): boolean {
  return a.host === b.host && (a.port ?? defaultPort) === (b.port ?? defaultPort)
}

/** `localhost`, 127.0.0.0/8 and `[::1]`; names under `localhost` are not loopback, since a resolver may say otherwise. */
export function isLoopback(host: string): boolean {
  const canonical = canonicalHost(host)
  return (
    canonical === 'localhost' || canonical === '[::1]' || (canonical !== null && /^127\.\d+\.\d+\.\d+$/.test(canonical))
  )
}

function canonicalHost(text: string): string | null {
  // Lower-cased only after the ASCII check: the Kelvin sign would become a `k`.
  if (!/^[A-Za-z0-9.:[\]-]{1,253}$/.test(text)) return null
  const lower = text.toLowerCase()
  if (lower.startsWith('[')) return isCanonicalIpv6(lower) ? lower : null
  const labels = lower.split('.')
  if (!labels.every(isLabel)) return null
  return endsInNumber(labels) && !isCanonicalIpv4(labels) ? null : lower
}

function isLabel(label: string): boolean {
  return label.length <= longestLabel && /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(label)
}

/** If the last label is a number, every URL parser reads the host as an IPv4 address (WHATWG URL, "ends in a number"). */
function endsInNumber(labels: readonly string[]): boolean {
  return /^(?:\d+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? '')
}

function isCanonicalIpv4(labels: readonly string[]): boolean {
  return labels.length === 4 && labels.every((label) => /^(?:0|[1-9]\d{0,2})$/.test(label) && Number(label) <= 255)
}

/** Bracketed, lower case, in RFC 5952 form, not IPv4-mapped; zones and dotted tails are outside the grammar. */
function isCanonicalIpv6(bracketed: string): boolean {
  const text = /^\[([0-9a-f:]{2,39})\]$/.exec(bracketed)?.[1]
  const groups = text === undefined ? null : ipv6Groups(text)
  if (groups === null || formatIpv6(groups) !== text) return false
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  return !mapped
}

function ipv6Groups(text: string): number[] | null {
  const halves = text.split('::')
  if (halves.length > 2) return null
  const [head = [], tail] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const missing = 8 - head.length - (tail?.length ?? 0)
  if (tail === undefined ? missing !== 0 : missing < 1) return null
  const groups = [...head, ...Array.from({ length: missing }, () => '0'), ...(tail ?? [])]
  return groups.every((group) => /^[0-9a-f]{1,4}$/.test(group))
    ? groups.map((group) => Number.parseInt(group, 16))
    : null
}

/** RFC 5952, section 4: no leading zeros; `::` for the longest run of two or more zeros, the first if equal. */
function formatIpv6(groups: readonly number[]): string {
  let run = { start: 0, length: 1 }
  for (let start = 0; start < groups.length; start++) {
    let length = 0
    while (groups[start + length] === 0) length++
    if (length > run.length) run = { start, length }
  }
  const hex = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':')
  if (run.length < 2) return hex(groups)
  return `${hex(groups.slice(0, run.start))}::${hex(groups.slice(run.start + run.length))}`
}

function canonicalPort(text: string): number | null {
  if (!/^:[1-9]\d{0,4}$/.test(text)) return null
  const port = Number(text.slice(1))
  return port <= 65535 ? port : null
}
