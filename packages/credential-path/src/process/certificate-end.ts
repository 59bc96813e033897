/** The day on which a certificate ended, for the message: Node's error says only that it has, and the certificate goes with the connection. */
import type { X509Certificate } from 'node:crypto'
import { TLSSocket } from 'node:tls'

/** A chain is short; a server that sends an endless one gets no further. */
const longestChain = 10

/** Leaves `certificateEnded` on the error of a connection that is refused for it. For a socket whose handshake has not begun. */
export function noteCertificateEnd(socket: unknown): void {
  if (!(socket instanceof TLSSocket)) return
  let ended: Date | null = null
  // Before Node judges the certificate and closes the connection.
  socket.prependOnceListener('secure', () => {
    ended = firstEnded(socket.getPeerX509Certificate())
  })
  socket.prependOnceListener('error', (error) => {
    if (ended !== null) Object.assign(error, { certificateEnded: ended })
  })
}

function firstEnded(leaf: X509Certificate | undefined): Date | null {
  let at = leaf
  for (let depth = 0; at !== undefined && depth < longestChain; depth += 1) {
    if (at.validToDate.getTime() < Date.now()) return at.validToDate
    at = at.issuerCertificate
  }
  return null
}
