/** The day a certificate expired or becomes valid, for the message: Node's error lacks it, and the certificate is gone with the connection. */
import type { X509Certificate } from 'node:crypto'
import { TLSSocket } from 'node:tls'

/** A chain is short; this stops a server that sends an endless one. */
const longestChain = 10

/** Sets `certificateDay` on the error of a connection refused for that reason. For a socket whose handshake has not begun. */
export function noteCertificateDay(socket: unknown): void {
  if (!(socket instanceof TLSSocket)) return
  let day: Date | null = null
  // Before Node checks the certificate and closes the connection.
  socket.prependOnceListener('secure', () => {
    day = firstOutOfDate(socket.getPeerX509Certificate(), Date.now())
  })
  socket.prependOnceListener('error', (error) => {
    if (day !== null) Object.assign(error, { certificateDay: day })
  })
}

function firstOutOfDate(leaf: X509Certificate | undefined, now: number): Date | null {
  let at = leaf
  for (let depth = 0; at !== undefined && depth < longestChain; depth += 1) {
    if (at.validToDate.getTime() < now) return at.validToDate
    if (at.validFromDate.getTime() > now) return at.validFromDate
    at = at.issuerCertificate
  }
  return null
}
