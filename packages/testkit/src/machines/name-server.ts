/**
 * The name server of the test machines: it answers that no name exists, except those that a test defines. The usual names are in
 * `/etc/hosts`; without a name server an unknown one would be a network error instead, seconds later.
 */
import { createSocket } from 'node:dgram'

export interface NameServer extends AsyncDisposable {
  /** The IPv4 addresses of a name: the first list for the first query, and so on; the last one from then on. */
  readonly answer: (name: string, ...addresses: readonly (readonly string[])[]) => void
  readonly stop: () => Promise<void>
}

export async function startNameServer(address: string, port = 53): Promise<NameServer> {
  const socket = createSocket('udp4')
  const names = new Map<string, (readonly string[])[]>()
  let isBound = true
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  socket.once('error', (error: NodeJS.ErrnoException) => {
    // If this host has a name server on all addresses, the machines use that one.
    isBound = error.code !== 'EADDRINUSE'
    if (isBound) reject(error)
    else resolve()
  })
  socket.bind(port, address, resolve)
  await promise
  socket.on('message', (query, from) => {
    const question = questionOf(query)
    const known = question === null ? undefined : names.get(question.name)
    const addresses = question?.isForIpv4 === true ? (known?.length === 1 ? known[0] : known?.shift()) : []
    const answer = known === undefined ? noSuchName(query) : withAddresses(query, addresses ?? [])
    if (answer !== null) socket.send(answer, from.port, from.address)
  })
  const stop = (): Promise<void> => {
    const closed = Promise.withResolvers<void>()
    socket.close(() => closed.resolve())
    return closed.promise
  }
  const answer = (name: string, ...addresses: readonly (readonly string[])[]): void => {
    if (!isBound)
      throw new Error(`Another name server of this host listens on all addresses, so ${name} cannot be given one`)
    names.set(name, [...addresses])
  }
  return { answer, stop, [Symbol.asyncDispose]: stop }
}

const headerLength = 12

/** The query with its header turned into an answer (RFC 1035, section 4.1.1); null if it is not a query. */
export function noSuchName(query: Buffer): Buffer | null {
  const isQuery = query.length > headerLength && ((query[2] ?? 0) & 0x80) === 0
  const end = isQuery ? endOfQuestion(query) : null
  if (end === null) return null
  const answer = Buffer.from(query.subarray(0, end))
  const recursionDesired = (query[2] ?? 0) & 0x01
  // An answer: authoritative, recursion available, NXDOMAIN.
  answer[2] = 0x84 | recursionDesired
  answer[3] = 0x83
  answer.writeUInt16BE(1, 4)
  // No records in the three sections after the question: not even the query's EDNS record is returned.
  answer.fill(0, 6, headerLength)
  return answer
}

/** The name that a query asks for, in lower case; null if it is not a query. */
export function questionOf(query: Buffer): { name: string; isForIpv4: boolean } | null {
  const end = noSuchName(query)?.length
  if (end === undefined) return null
  const labels: string[] = []
  for (let at = headerLength; (query[at] ?? 0) !== 0; at += 1 + (query[at] ?? 0)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + (query[at] ?? 0)))
  }
  return { name: labels.join('.').toLowerCase(), isForIpv4: query.readUInt16BE(end - 4) === 1 }
}

/** The answer with these addresses, which must not be cached; null if it is not a query. */
export function withAddresses(query: Buffer, addresses: readonly string[]): Buffer | null {
  const answer = noSuchName(query)
  if (answer === null) return null
  answer[3] = 0x80
  answer.writeUInt16BE(addresses.length, 6)
  // The name as a pointer to the question; type A, class IN, a lifetime of 0 s, four bytes.
  const head = Buffer.from('c00c00010001000000000004', 'hex')
  const records = addresses.flatMap((address) => [head, Buffer.from(address.split('.').map(Number))])
  return Buffer.concat([answer, ...records])
}

function endOfQuestion(query: Buffer): number | null {
  let at = headerLength
  while (at < query.length && query[at] !== 0) at += 1 + (query[at] ?? 0)
  const end = at + 5
  return end <= query.length ? end : null
}
