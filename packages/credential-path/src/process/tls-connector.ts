/** undici's connector, which tells of a certificate that has ended when that was. */
import { buildConnector } from 'undici'
import { noteCertificateEnd } from './certificate-end.ts'

export function tlsConnector(options: buildConnector.BuildOptions): buildConnector.connector {
  const connect = buildConnector({ ...options, allowH2: false })
  return (target, callback) => {
    // It returns the socket, although its type does not say so.
    const opening: unknown = connect(target, callback)
    noteCertificateEnd(opening)
  }
}
