/** Fetches the control plane's own CA over TLS and checks it against the hash in the join token, so that a single paste is sufficient and safe. */
import { createHash, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { connect, type DetailedPeerCertificate, type TLSSocket } from 'node:tls'
import { bareHost } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import type { ControlPlaneAddress } from './control-plane-address.ts'

/** Real chains are short; this stops a server that sends an endless one. */
const longestChain = 10
const timeoutMs = 10_000

/**
 * PEM of the certificate in the server's chain whose DER has this SHA-256; throws CONTROL_PLANE_TLS if there is none. Sends nothing on this
 * connection: the next one verifies against the CA.
 */
export async function fetchPinnedCa(
  address: ControlPlaneAddress,
  sha256: string,
  signal: AbortSignal,
): Promise<string> {
  const chain = await fetchChain(address, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]))
  signal.throwIfAborted()
  const ca = findPinned(chain, sha256)
  if (ca === null) throw problem('CONTROL_PLANE_TLS', { host: address.shown })
  return new X509Certificate(ca).toString()
}

/** The certificate with this hash that may sign others; a leaf with the right hash is not a CA. */
export function findPinned(chain: readonly Uint8Array[], sha256: string): Uint8Array | null {
  const found = chain.find((der) => createHash('sha256').update(der).digest('hex') === sha256)
  return found !== undefined && new X509Certificate(found).ca ? found : null
}

async function fetchChain(address: ControlPlaneAddress, signal: AbortSignal): Promise<readonly Uint8Array[]> {
  const name = bareHost(address.host)
  const { promise, resolve, reject } = Promise.withResolvers<readonly Uint8Array[]>()
  const socket: TLSSocket = connect({
    host: name,
    port: address.port,
    ...(isIP(name) === 0 && { servername: name }),
    // This connection exists to see a chain that is not trusted yet.
    rejectUnauthorized: false,
  })
  const giveUp = () => reject(problem('CONTROL_PLANE_UNREACHABLE', { host: address.shown }))
  socket.once('secureConnect', () => resolve(chainOf(socket.getPeerCertificate(true))))
  socket.once('error', giveUp)
  socket.once('close', giveUp)
  signal.addEventListener('abort', giveUp, { once: true })
  try {
    return await promise
  } finally {
    signal.removeEventListener('abort', giveUp)
    socket.destroy()
  }
}

function chainOf(leaf: DetailedPeerCertificate): readonly Uint8Array[] {
  const chain: Uint8Array[] = []
  let at: DetailedPeerCertificate | undefined = leaf
  // A self-signed certificate is its own issuer.
  while (at?.raw !== undefined && chain.length < longestChain) {
    chain.push(at.raw)
    at = at.issuerCertificate === at ? undefined : at.issuerCertificate
  }
  return chain
}
