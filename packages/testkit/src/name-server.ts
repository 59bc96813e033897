/**
 * The name server of the test machines: it answers that no name exists. The names that do exist are in `/etc/hosts`;
 * without a name server an unknown one would be an error of the network instead, seconds later.
 */
import { createSocket } from 'node:dgram'

export interface NameServer extends AsyncDisposable {
  readonly stop: () => Promise<void>
}

export async function startNameServer(address: string, port = 53): Promise<NameServer> {
  const socket = createSocket('udp4')
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  socket.once('error', (error: NodeJS.ErrnoException) => {
    // A name server of this host listens on all addresses: then the machines ask that one.
    if (error.code === 'EADDRINUSE') resolve()
    else reject(error)
  })
  socket.bind(port, address, resolve)
  await promise
  socket.on('message', (query, from) => {
    const answer = noSuchName(query)
    if (answer !== null) socket.send(answer, from.port, from.address)
  })
  const stop = (): Promise<void> => {
    const closed = Promise.withResolvers<void>()
    socket.close(() => closed.resolve())
    return closed.promise
  }
  return { stop, [Symbol.asyncDispose]: stop }
}

const headerLength = 12

/** The query with its header turned into an answer (RFC 1035, section 4.1.1); null for what is no query. */
export function noSuchName(query: Buffer): Buffer | null {
  const isQuery = query.length > headerLength && ((query[2] ?? 0) & 0x80) === 0
  const end = isQuery ? endOfQuestion(query) : null
  if (end === null) return null
  const answer = Buffer.from(query.subarray(0, end))
  const recursionDesired = (query[2] ?? 0) & 0x01
  // An answer, authoritative, recursion available, NXDOMAIN.
  answer[2] = 0x84 | recursionDesired
  answer[3] = 0x83
  answer.writeUInt16BE(1, 4)
  // No records in the three sections that follow the question: not even the query's EDNS record comes back.
  answer.fill(0, 6, headerLength)
  return answer
}

function endOfQuestion(query: Buffer): number | null {
  let at = headerLength
  while (at < query.length && query[at] !== 0) at += 1 + (query[at] ?? 0)
  const end = at + 5
  return end <= query.length ? end : null
}
